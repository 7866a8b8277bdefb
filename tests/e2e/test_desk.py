"""The signature desk in the browser, with the simulator's clock moved: expiry, reminder, reissue, signed, gone."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.companies.csv_files import finnish_ids, sheet
from tests.e2e.browser import WORK, reload_until
from tests.e2e.stack import Stack

DAY = 86_400
NAMES = LATE, REMINDED, REISSUED, WRONG, PLAIN = (
    "Myöhäinen Oy", "Muistutettu Oy", "Uusi Allekirjoittaja Oy", "Väärä Henkilö Oy", "Ilman Skriptejä Oy",
)  # fmt: skip
BEAT = 30_000 + WORK  # ms; the portal looks at its own clock every 30 seconds


@pytest.fixture(scope="module")
def ids() -> dict[str, str]:
    return dict(zip(NAMES, finnish_ids(len(NAMES), first=2_440_000), strict=True))


@pytest.fixture(scope="module")
def ask(stack: Stack, ids: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., None]:
    """Ask a company's signer to sign, some days ago on the simulator's calendar and in our records."""

    def make(name: str, email: str, days_ago: int = 0) -> None:
        path = Path(tmp_path_factory.mktemp("desk")) / "asked.csv"
        path.write_bytes(sheet({"name": name, "bid": ids[name], "auth_email": email, "networks": "VISMA"}).getvalue())
        set_clock(stack, -days_ago * DAY)
        try:
            done = stack.manage("onboard", str(path))
            assert done.returncode == 0, done.stdout + done.stderr
            wait_until(lambda: email in addressed(stack), 60)
            if days_ago:
                done = stack.manage("demo_past", ids[name].replace("-", ""), "--days", str(days_ago))
                assert done.returncode == 0, done.stderr
        finally:
            set_clock(stack, 0)  # what was due on the way happens now

    return make


def set_clock(stack: Stack, seconds_from_now: float) -> None:
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds_from_now))
    stack.simulator.control("POST", "/clock", {"set": moment})


def addressed(stack: Stack) -> set[str]:
    return {invitation["email"] for invitation in stack.simulator.invitations()}


def link_of(stack: Stack, email: str) -> str:
    return str(next(one["url"] for one in stack.simulator.invitations() if one["email"] == email))


def wait_until(is_so: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.5)


def show(page: Page, tab: str, name: str) -> None:
    page.goto(f"/admin/desk/?tab={tab}&q={name}")


def row_of(name: str) -> str:
    return f"tr:has-text('{name}')"


def mails(stack: Stack) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted((stack.var / "mail").glob("*.log"))]


def test_a_signer_is_reminded_before_the_link_dies(page: Page, stack: Stack, ask: Callable[..., None]) -> None:
    page.goto("/admin/desk/reminders/")
    page.get_by_label("Remind by itself").check()
    page.get_by_label("Sender's name").fill("Salon Kirjanpito")
    page.get_by_role("button", name="Keep the rule").click()
    expect(page.get_by_text("reminds by this rule")).to_be_visible()

    ask(REMINDED, "signer@1.example", days_ago=6)

    wait_until(lambda: any("signer@1.example" in mail for mail in mails(stack)), BEAT / 1000)
    (sent,) = [mail for mail in mails(stack) if "signer@1.example" in mail]
    assert "Salon Kirjanpito" in sent
    assert "Auto-Submitted: auto-generated" in sent
    show(page, "soon", REMINDED)
    reload_until(page, lambda: page.locator(row_of(REMINDED)).get_by_text("reminded"))
    expect(page.locator(row_of(REMINDED))).to_contain_text("not known")  # whether it was opened


def test_a_request_that_nobody_signs_expires_and_its_link_says_so(
    page: Page, visitor_page: Page, stack: Stack, ask: Callable[..., None]
) -> None:
    ask(LATE, "signer@0.example", days_ago=8)
    link = link_of(stack, "signer@0.example")

    def is_expired() -> bool:
        show(page, "expired", LATE)
        return page.locator(row_of(LATE)).count() > 0

    wait_until(is_expired, BEAT / 1000)
    expect(page.locator(row_of(LATE))).to_contain_text("Ask who will really sign, then reissue.")
    visitor_page.goto(link)
    expect(visitor_page.get_by_text("This invitation has expired")).to_be_visible()


def test_a_request_is_reissued_to_another_signer_who_signs_and_it_leaves_the_desk(
    page: Page, visitor_page: Page, stack: Stack, ask: Callable[..., None]
) -> None:
    ask(REISSUED, "signer@2.example")
    show(page, "open", REISSUED)
    page.get_by_label(f"Choose {REISSUED}").check()
    page.get_by_role("button", name="Reissue…").click()
    page.get_by_label("Signer's e-mail").fill("boss@new.example")
    page.get_by_label("Signer's name").fill("Bo Boss")
    page.get_by_role("button", name="Show what would happen").click()
    page.get_by_role("button", name=re.compile("^Reissue.*1")).click()
    wait_until(lambda: "boss@new.example" in addressed(stack), WORK / 1000)
    show(page, "open", REISSUED)
    reload_until(page, lambda: page.locator(row_of(REISSUED)).get_by_text("Bo Boss"))

    visitor_page.goto(link_of(stack, "boss@new.example"))
    visitor_page.get_by_role("button", name="Sign", exact=True).click()

    def is_gone() -> bool:
        show(page, "open", REISSUED)
        return page.locator(row_of(REISSUED)).count() == 0

    wait_until(is_gone, 60)


def test_a_wrong_person_is_marked_and_found_in_its_tab(page: Page, ask: Callable[..., None]) -> None:
    ask(WRONG, "signer@3.example")
    show(page, "open", WRONG)
    page.get_by_label(f"Choose {WRONG}").check()
    page.get_by_role("button", name="Mark…").click()
    page.get_by_label("Note").fill("Left the company in May")
    page.get_by_role("button", name="Mark 1 request").click()

    show(page, "wrong", WRONG)

    expect(page.locator(row_of(WRONG))).to_contain_text("Left the company in May")


def test_a_text_with_an_unknown_placeholder_is_refused_at_its_field(page: Page) -> None:
    page.goto("/admin/desk/reminders/EN/")
    page.get_by_label("Text", exact=False).last.fill("Hello {nobody}")
    page.get_by_role("button", name="Keep the text").click()

    expect(page.locator("#div_id_body")).to_contain_text("{nobody} is none of the placeholders")


def test_the_desk_works_without_javascript_and_can_be_read_by_all(
    page: Page, page_without_javascript: Page, ask: Callable[..., None], check_accessibility: Callable[[Page], None]
) -> None:
    ask(PLAIN, "signer@4.example")
    for address in ("/admin/desk/", "/admin/desk/reminders/", "/admin/desk/reminders/SE/"):
        page.goto(address)
        check_accessibility(page)
    show(page_without_javascript, "open", PLAIN)

    page_without_javascript.get_by_label(f"Choose {PLAIN}").check()
    page_without_javascript.get_by_role("button", name="Reissue…").click()

    expect(page_without_javascript.get_by_label("Signer's e-mail")).to_be_visible()
