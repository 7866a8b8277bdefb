"""The life of an account in the browser: a block of settings, a user with a key, and companies that fell quiet."""

import base64
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.browser import WORK
from tests.e2e.stack import Stack

BID = "38307710"  # a verified company of the story
SETTINGS = "/v1/company/settings"


class Remote:
    """One company as AutoInvoice has it, spoken to beside the portal: somebody else's changes."""

    def __init__(self, stack: Stack, bid: str) -> None:
        self.simulator = stack.simulator
        (self.company,) = self.simulator.control("GET", f"/companies?bid={bid}")
        self.url = self.simulator.credentials["ax_url"]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        token = self.simulator.token("company", self.company["id"])
        answer = requests.request(
            method, self.url + path, json=body, headers={"Authorization": f"Bearer {token}"}, timeout=30
        )
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    @property
    def settings(self) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", SETTINGS)
        return found


@pytest.fixture
def remote(stack: Stack) -> Remote:
    return Remote(stack, BID)


def open_company(page: Page, bid: str, tab: str) -> None:
    page.goto(f"/admin/companies/company/?q={bid}")
    page.locator("#result_list tbody tr:first-child th a, #result_list tbody tr:first-child td a").first.click()
    page.goto(f"{page.url.split('?')[0]}?tab={tab}")


def open_block(page: Page, title: str) -> None:
    open_company(page, BID, "settings")
    page.get_by_role("link", name=f"Change… {title}").click()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save at AutoInvoice").click()


def until(page: Page, holds: Any, what: str) -> None:
    for _ in range(300):
        if holds():
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"{what} did not come true")


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (120, 40), "teal").save(file, "PNG")
    return file.getvalue()


def test_a_logo_is_refused_at_its_field_and_the_good_one_changes_nothing_else(page: Page, remote: Remote) -> None:
    before = remote.settings
    open_block(page, "Logos")
    page.locator("input[name=pdf__content]").set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": b"%PDF-1.7 no picture"}
    )
    save(page)
    expect(page.locator(".setting-error")).to_contain_text("no picture")

    page.locator("input[name=pdf__content]").set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": png()}
    )
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".sheet img").first).to_be_visible()
    save(page)

    until(page, lambda: remote.settings["logos"], "the logo at AutoInvoice")
    after = remote.settings
    assert base64.b64decode(after.pop("logos")["pdf"]["content"]) == png()
    assert after == {name: block for name, block in before.items() if name != "logos"}


def test_a_change_meanwhile_is_told_and_only_the_changed_field_is_sent(page: Page, remote: Remote) -> None:
    ours = f"Ours {datetime.now(UTC):%H:%M:%S}"
    open_block(page, "Sending by e-mail")
    remote.call(
        "PATCH",
        SETTINGS,
        {"send_invoice_email": {"content_data": {"note_to_receiver": "Theirs"}, "reminder_frequency": 9}},
    )
    before = remote.settings
    page.get_by_label("Note to the receiver").fill(ours)
    save(page)
    expect(page.locator(".setting-error")).to_contain_text("it is Theirs now")

    save(page)

    before["send_invoice_email"]["content_data"]["note_to_receiver"] = ours
    until(page, lambda: remote.settings == before, "our note, and nothing but it")
    assert remote.settings["send_invoice_email"]["reminder_frequency"] == 9


def test_a_new_users_key_is_shown_once_and_works(page: Page, remote: Remote, stack: Stack) -> None:
    open_company(page, BID, "users")
    page.get_by_role("link", name="Add user").last.click()
    page.locator("input[name=email]").fill("erp@rannikon-sahko.example")
    page.locator("input[name=first_name]").fill("Erp")
    page.get_by_role("button", name="Add user").click()
    open_company(page, BID, "users")
    button = page.get_by_role("button", name="Show the key once erp@rannikon-sahko.example")
    until(page, lambda: page.reload() and button.count(), "the new user")

    button.click()

    key = page.locator(".key").inner_text()
    assert stack.simulator.token("company", remote.company["id"], key)
    page.reload()
    expect(page.get_by_text("has been shown already")).to_be_visible()
    assert key not in page.content()


def test_quiet_companies_are_listed_with_their_day_and_kept_alive(page: Page, stack: Stack) -> None:
    bid = "38602146"
    page.goto("/admin/companies/quietcompany/?quiet=quiet")
    expect(page.locator("#result_list")).to_contain_text("Tornion Talvilajit Oy")
    expect(page.locator("#result_list")).to_contain_text("12 months")

    page.goto(f"/admin/companies/quietcompany/?q={bid}")
    page.locator("#result_list input.action-select").first.check()
    page.locator("select[name=action]").select_option(label="Keep company active")
    page.get_by_role("button", name="Run").or_(page.locator("button[name=index]")).first.click()
    page.locator("button[form=start]").click()

    expect(page.locator("#progress .pill")).to_contain_text("Done", timeout=WORK)
    page.goto("/admin/companies/quietcompany/?quiet=quiet")
    expect(page.locator("#changelist")).not_to_contain_text("Tornion Talvilajit Oy")
    last = datetime.fromisoformat(Remote(stack, bid).company["last_activity"])
    assert last > datetime.now(UTC) - timedelta(minutes=10)
