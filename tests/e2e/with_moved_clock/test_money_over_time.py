"""Money as days and months pass: credit signed, drawn and charged interest; a month that closes in billing."""

import calendar
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.companies.csv_files import finnish_ids
from tests.e2e import collecting
from tests.e2e.browser import WORK, reload_until
from tests.e2e.collecting import days_from, pass_days, send_invoice, today
from tests.e2e.moving import MovingStack

BORROWER, BILLED = finnish_ids(2, first=2_730_000)
Check = Callable[[Page], None]


@pytest.fixture(scope="module")
def borrower(moving: MovingStack) -> int:
    """A company with an invoice that falls due in four months."""
    made = collecting.onboard(moving, BORROWER, "Kitkan Kalatukku Oy")
    send_invoice(moving, BORROWER, "L-1", days_from(moving, 120))
    return made


def test_credit_is_signed_drawn_and_charged_interest(
    moving_page: Page, moving: MovingStack, borrower: int, check_accessibility: Check
) -> None:
    page, tab = moving_page, f"/admin/companies/company/{borrower}/change/?tab=credit"
    _ask_for_credit(page, tab)
    _sign_at_the_bank(page)
    page.goto(tab)
    expect(page.locator("#credit-state")).to_contain_text("Active", timeout=WORK)  # looked at by itself
    check_accessibility(page)

    page.get_by_role("link", name="Withdraw…").click()
    page.get_by_label("Amount, euros").fill("1000000")
    page.get_by_label("To confirm, type").fill("yes")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.locator("#div_id_amount")).to_contain_text("euros are available")
    expect(page.locator("#div_id_consequence")).to_contain_text("Type these four words")
    page.get_by_label("Amount, euros").fill("200")
    page.get_by_label("To confirm, type").fill("the loan costs interest")
    page.get_by_role("button", name="Withdraw").click()
    owed = page.locator("dl.facts dt:has-text('Owed to the bank') + dd")
    expect(owed).to_contain_text("200", timeout=WORK)
    drawn_on = today(moving)

    first = _first_of_next_month(drawn_on)
    pass_days(page, moving, (first - drawn_on).days + 1)
    page.goto(tab)
    page.get_by_role("link", name="Account statement").click()
    _show_day(page, drawn_on)
    expect(page.locator("table")).to_contain_text("Withdrawal")
    expect(page.locator("table")).to_contain_text("200.00")
    _show_day(page, first)
    expect(page.locator("table")).to_contain_text(f"Interest {drawn_on:%Y-%m}")
    check_accessibility(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as XML").click()
    assert f"Interest {drawn_on:%Y-%m}" in download.value.path().read_text()


def test_a_month_is_read_until_it_is_closed_and_no_more(
    moving_page: Page, moving: MovingStack, check_accessibility: Check
) -> None:
    page = moving_page
    collecting.onboard(moving, BILLED, "Laskutettu Oy")
    month = today(moving)
    _bill(moving, month, 12)
    page.goto("/admin/billing/")
    page.get_by_role("button", name="Read the reports now").click()
    row = page.locator("section[aria-labelledby=months] tbody tr", has_text=f"{month:%B %Y}")
    reload_until(page, lambda: row.locator("a"))
    expect(row).to_contain_text("Changes still")
    expect(page.locator("section[aria-labelledby=months]")).to_contain_text("before the account came here")
    check_accessibility(page)

    _bill(moving, month, 40)  # late in the month more is used
    pass_days(page, moving, (_first_of_next_month(month) - month).days + 6)
    page.goto("/admin/billing/")
    reload_until(page, lambda: row.filter(has_text="Final"))  # nobody asked for it
    check_accessibility(page)
    row.locator("a").click()
    line = page.locator("#result_list tbody tr", has_text="Laskutettu Oy").filter(has_text="letter")
    expect(line).to_contain_text("40")


def _ask_for_credit(page: Page, tab: str) -> None:
    page.goto(tab)
    page.get_by_role("link", name="Ask for invoice credit").click()
    given = {"contact_email": "pirjo@kala.example", "iban": "FI2112345600000785", "bic": "NDEAFIHH", "bank": "Nordea"}
    for name, value in given.items():
        page.locator(f"#id_{name}").fill(value)
    page.get_by_role("button", name="Ask the bank").click()
    expect(page.locator("#credit-state")).to_contain_text("Waits for the signature", timeout=WORK)


def _sign_at_the_bank(page: Page) -> None:
    """Open the link that is forwarded, as somebody with signing rights does."""
    link = page.locator(".note a.mono, .note .mono a").first.get_attribute("href")
    page.goto(str(link))
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_text("Signed.")).to_be_visible()


def _show_day(page: Page, day: date) -> None:
    page.goto(f"{page.url.split('?')[0]}?day={day.isoformat()}")


def _first_of_next_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1]) + timedelta(days=1)


def _bill(moving: MovingStack, month: date, count: int) -> None:
    body = {"month": f"{month:%Y-%m}", "action_name": "letter", "action_count": count}
    moving.simulator.control("POST", f"/companies/{BILLED.replace('-', '')}/billing", body)
