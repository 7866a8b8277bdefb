"""Collection in the browser, with the clock moved: activate, hand over, reminder, direct payment, closed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.companies.csv_files import finnish_ids
from tests.e2e import collecting
from tests.e2e.browser import WORK, reload_until
from tests.e2e.collecting import days_from, pass_days
from tests.e2e.moving import MovingStack

NAME, NUMBER = "Kuusamon Puusepät Oy", "K-2026-17"
BUSINESS_ID = finnish_ids(1, first=2_710_000)[0]
Check = Callable[[Page], None]


@pytest.fixture(scope="module")
def company(moving: MovingStack) -> int:
    """A company whose invoice falls due in five days."""
    made = collecting.onboard(moving, BUSINESS_ID, NAME)
    collecting.send_invoice(moving, BUSINESS_ID, NUMBER, days_from(moving, 5))
    return made


def test_an_unpaid_invoice_is_collected_until_it_is_paid(
    moving_page: Page, moving: MovingStack, company: int, check_accessibility: Check
) -> None:
    page = moving_page
    _activate_amili(page, moving, company, check_accessibility)
    page.goto(f"/admin/receivables/overdueinvoice/?q={NUMBER}")
    expect(page.locator("#result_list tbody tr")).to_have_count(0)  # not due yet

    pass_days(page, moving, 8)
    _hand_over(page, check_accessibility)

    page.locator("dl.facts").get_by_role("link", name=NUMBER).click()
    expect(page.locator(".page-title")).to_contain_text("Assignment")
    expect(page.get_by_text("3 days overdue")).to_be_visible()
    pass_days(page, moving, 1.5)
    page.reload()
    _look_until(page, "Reminder sent")
    check_accessibility(page)
    page.get_by_role("button", name="Mark all as seen").click()
    reload_until(page, lambda: page.locator("body:not(:has(button:has-text('Mark all as seen')))"))

    _tell_direct_payment(page, check_accessibility)
    expect(page.locator(".page > p").first).to_contain_text("Capital paid", timeout=WORK)
    pass_days(page, moving, 10)
    page.reload()
    _look_until(page, "the agency takes nothing more on it")
    expect(page.get_by_role("link", name="Direct payment")).to_have_count(0)


def test_an_agreement_that_nobody_signs_is_reminded_of_after_a_week(
    moving_page: Page, moving: MovingStack, company: int, check_accessibility: Check
) -> None:
    page, tab = moving_page, f"/admin/companies/company/{company}/change/?tab=collection"
    page.goto(tab)
    page.get_by_role("link", name="Activate Ropo").click()
    page.locator("#id_agreement_contact_email").fill("ignore@puu.example")
    page.get_by_role("button", name="Activate Ropo").click()
    expect(page.locator("#agency-ropo")).to_contain_text("Waiting for the agreement", timeout=WORK)
    expect(page.get_by_text("Nobody has signed")).to_have_count(0)

    pass_days(page, moving, 8)
    page.goto(tab)

    expect(page.get_by_text("Nobody has signed for 8 days.")).to_be_visible()
    check_accessibility(page)


def _activate_amili(page: Page, moving: MovingStack, company: int, check_accessibility: Check) -> None:
    page.goto(f"/admin/companies/company/{company}/change/?tab=collection")
    check_accessibility(page)
    page.get_by_role("link", name="Activate Amili").click()
    page.get_by_label("Perintä").check()
    for name, value in collecting.AMILI.items():
        if name not in ("service_type", "accountable_party", "billing_country"):
            page.locator(f"#id_{name}").fill(value)
    page.locator("#id_iban").fill("FI2112345600000786")
    page.get_by_role("button", name="Activate Amili").click()
    expect(page.locator("#div_id_iban")).to_contain_text("This is no IBAN")
    check_accessibility(page)
    page.locator("#id_iban").fill("FI21 1234 5600 0007 85")
    page.get_by_role("button", name="Activate Amili").click()
    expect(page.locator("#agency-amili")).to_contain_text("Active", timeout=WORK)
    expect(page.get_by_text("Perintä").first).to_be_visible()


def _hand_over(page: Page, check_accessibility: Check) -> None:
    page.goto(f"/admin/receivables/overdueinvoice/?q={NUMBER}")
    check_accessibility(page)
    page.get_by_role("link", name=NUMBER).click()
    expect(page.get_by_text("Ropo is not active for the company.")).to_be_visible()
    check_accessibility(page)
    page.get_by_role("link", name="Hand over to Amili").click()
    page.get_by_label("Reminder, then collection").check()
    page.get_by_label("Capital").fill("251,00")
    page.get_by_role("button", name="Hand over to Amili").click()
    expect(page.locator("#how")).to_contain_text("With the agency", timeout=WORK)
    check_accessibility(page)


def _tell_direct_payment(page: Page, check_accessibility: Check) -> None:
    page.get_by_role("link", name="Direct payment").click()
    check_accessibility(page)
    page.get_by_label("Amount").fill("251")
    page.get_by_role("button", name="Tell the agency").click()
    expect(page.locator("#events").locator("..")).to_contain_text("Direct payment", timeout=WORK)


def _look_until(page: Page, text: str) -> None:
    page.get_by_role("button", name="Look up now").click()
    reload_until(page, lambda: page.get_by_text(text))
