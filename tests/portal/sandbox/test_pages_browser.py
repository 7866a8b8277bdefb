"""The pages in a real browser: readable at every width and in the dark, free of accessibility faults, and they work."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.e2e.browser import chromium, collect_errors
from tests.portal.sandbox.clients import BIDS, Ax
from tests.sandbox import Sandbox

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

T = TypeVar("T")
LOOKS = [(scheme, width) for scheme in ("light", "dark") for width in (390, 1440)]


def in_browser(act: Callable[[Browser], T]) -> T:
    """Run it in a thread: Playwright allows one sync session a thread, and other tests may hold this one's."""

    def run() -> T:
        with chromium() as browser:
            return act(browser)

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def faults(browser: Browser, address: str) -> list[str]:
    """What is wrong with a page: accessibility rules, script errors, and text wider than the screen."""
    found: list[str] = []
    for scheme, width in LOOKS:
        context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})  # type: ignore[arg-type]
        errors = collect_errors(context)
        page = context.new_page()
        page.goto(address)
        found += [f"{scheme} {width}: {item['id']}" for item in Axe().run(page).response["violations"]]
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found += [f"{scheme} {width}: {overflow} px too wide"] if overflow else []
        found += errors
        context.close()
    return found


def test_a_signer_signs_in_the_browser(ax: Ax) -> None:
    companies = [ax.register("FI", bid, name=f"Firm {bid}") for bid in BIDS["FI"][:2]]
    body = {"auth_email": "boss@example.test", "locale": "FI", "company_ids": companies}
    ax.post("/v1/companies/authorizations", body)
    address = ax.simulator.invitations()[0]["url"]

    def sign(browser: Browser) -> tuple[list[str], str]:
        page = browser.new_page()
        page.goto(address)
        shown = page.get_by_role("region", name="Companies").get_by_role("listitem").all_inner_texts()
        page.get_by_role("button", name="Sign", exact=True).click()
        return shown, page.get_by_role("status").inner_text()

    shown, told = in_browser(sign)

    assert [text.splitlines()[0] for text in shown] == ["Firm 0112038-9", "Firm 2000005-9"]
    assert told.startswith("Signed.")
    assert ax.simulator.state()["companies"] == {"VERIFIED": 3}


def test_the_pages_can_be_read_by_everybody(ax: Ax) -> None:
    company = ax.register("FI", name="A company with a rather long name that has to be broken somewhere Oy")
    body = {"auth_email": "a.rather.long.address.of.somebody@example.test", "locale": "FI", "company_ids": [company]}
    ax.post("/v1/companies/authorizations", body)
    ax.simulator.fault("503", path="/v1/invoices*")
    address = ax.simulator.invitations()[0]["url"]

    found = in_browser(lambda browser: faults(browser, address) + faults(browser, f"{ax.simulator.url}/_sandbox/"))

    assert found == []


def test_swagger_ui_shows_every_api(simulator: Sandbox) -> None:
    def read(browser: Browser) -> list[str]:
        page = browser.new_page()
        page.goto(f"{simulator.url}/docs/")
        titles = []
        for api, title in (("ax", "AutoXChange"), ("billing", "Billing"), ("payslip", "Payslip")):
            page.get_by_label("API", exact=True).select_option(api)
            page.locator(".info .title", has_text=title).wait_for()
            titles.append(api)
        return titles

    assert in_browser(read) == ["ax", "billing", "payslip"]
