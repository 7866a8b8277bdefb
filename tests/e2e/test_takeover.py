"""An account of somebody else is taken over in the browser; then the company gets the scan service."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import WORK, reload_until
from tests.e2e.stack import Stack

NAME, BUSINESS_ID = "Toisen Talon Tukku Oy", "2381003-0"


@pytest.fixture(scope="module")
def elsewhere(stack: Stack) -> str:
    """A company that another software brought to AutoInvoice."""
    made = stack.simulator.control("POST", "/companies", {"bid": BUSINESS_ID, "country": "FI", "name": NAME})
    return str(made["company_id"])


def test_a_reserved_business_id_is_taken_over_and_then_scanned_for(
    page: Page, stack: Stack, elsewhere: str, check_accessibility: Callable[[Page], None]
) -> None:
    page.goto("/admin/onboard/")
    page.get_by_label("Country").select_option("FI")
    page.get_by_label("Business id").fill(BUSINESS_ID)
    page.get_by_role("link", name="Take the account over").click()

    page.get_by_label("Country").select_option("FI")
    page.get_by_label("Business id").fill(BUSINESS_ID)
    page.get_by_role("button", name="Look the id up").click()
    expect(page.get_by_label("AutoInvoice id of the account")).to_have_value(elsewhere)
    expect(page.get_by_label("Company name")).to_have_value(NAME)
    check_accessibility(page)
    page.get_by_role("button", name="Request the takeover").click()

    expect(page.locator(".steps [aria-current=step]")).to_contain_text("Request", timeout=WORK)
    reload_until(page, lambda: page.locator("button:has-text('The documents are sent')"))
    check_accessibility(page)
    page.get_by_role("button", name="The documents are sent").click()
    expect(page.locator(".steps [aria-current=step]")).to_contain_text("Documents sent")
    for takeover in stack.simulator.control("GET", "/takeovers"):
        stack.simulator.control("POST", f"/takeovers/{takeover['id']}/documents")

    page.get_by_role("link", name="Complete…").click()
    page.get_by_role("button", name="Complete the takeover").click()
    reload_until(page, lambda: page.locator("dl.facts a[href*='/company/']"))
    page.locator("dl.facts a[href*='/company/']").first.click()
    expect(page.locator(".page-title")).to_contain_text(NAME)

    _activate_visma(page)
    page.goto(f"{page.url.split('?')[0]}?tab=services")
    check_accessibility(page)
    page.get_by_role("link", name="Activate Scan service").click()
    page.get_by_label("Return e-mail").fill("returns@example.com")
    page.get_by_label("Return address: street").fill("Satamakatu 4")
    page.get_by_role("button", name="Activate").click()
    expect(page.locator("#div_id_post_code")).to_contain_text("whole")
    page.get_by_label("Post code").fill("20100")
    page.get_by_label("City").fill("Turku")
    page.get_by_role("button", name="Activate").click()

    expect(page.locator("#service-SCAN")).to_contain_text("Active", timeout=WORK)
    expect(page.get_by_text("@scan.example.test")).to_be_visible()


def _activate_visma(page: Page) -> None:
    """VISMA comes before scanning."""
    company = page.url.split("?")[0].rstrip("/").split("/")[-2]
    page.goto(f"/admin/companies/{company}/do/companies.activate_network/?network=VISMA")
    page.locator("form.card button[type=submit]").click()
