"""Collection in the browser, with the clock moved: activate, hand over, reminder, direct payment, closed."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import WORK, reload_until
from tests.e2e.stack import Stack
from tests.e2e.test_desk import set_clock
from tests.portal.sandbox.invoice_files import finvoice

BUSINESS_ID, NUMBER = "38214506", "K-2026-17"
DAY = 86_400


@pytest.fixture
def _clock(stack: Stack) -> Iterator[None]:
    """The others find the clock as it was."""
    yield
    set_clock(stack, 0)


@pytest.fixture
def invoice_file(tmp_path: Path) -> Path:
    """An invoice of the company that fell due two months ago."""
    due = date.today() - timedelta(days=60)
    content = finvoice(number=NUMBER, buyer_email="buyer@example.test").decode()
    for old, new in {
        "2345678-0": "3821450-6",
        "FI23456780": f"FI{BUSINESS_ID}",
        ">20260316<": f">{due:%Y%m%d}<",
    }.items():
        content = content.replace(old, new)
    path = tmp_path / "invoice.xml"
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.usefixtures("_clock")
def test_an_unpaid_invoice_is_collected_until_it_is_paid(
    page: Page, stack: Stack, invoice_file: Path, check_accessibility: Callable[[Page], None]
) -> None:
    sent = stack.manage("send_invoice", BUSINESS_ID, str(invoice_file), "--wait")
    assert sent.returncode == 0, sent.stdout + sent.stderr
    page.goto(f"/admin/companies/company/?q={BUSINESS_ID}")
    page.get_by_role("link", name="Kuusamon Puusepät Oy").first.click()
    expect(page.locator(".page-title")).to_contain_text("Kuusamon Puusepät Oy")
    company = page.url.split("?")[0]

    _activate_amili(page, company, check_accessibility)
    _hand_over(page, check_accessibility)

    page.locator("dl.facts").get_by_role("link", name=NUMBER).click()
    expect(page.locator(".page-title")).to_contain_text("Assignment")
    _time_passes(stack, 1.5)
    _look_until(page, "Reminder sent")
    check_accessibility(page)
    page.get_by_role("button", name="Mark all as seen").click()
    reload_until(page, lambda: page.locator("body:not(:has(button:has-text('Mark all as seen')))"))

    _tell_direct_payment(page, check_accessibility)
    expect(page.locator(".page > p").first).to_contain_text("Capital paid", timeout=WORK)
    _time_passes(stack, 10)
    _look_until(page, "the agency takes nothing more on it")
    expect(page.get_by_role("link", name="Direct payment")).to_have_count(0)


def _activate_amili(page: Page, company: str, check_accessibility: Callable[[Page], None]) -> None:
    page.goto(f"{company}?tab=collection")
    check_accessibility(page)
    page.get_by_role("link", name="Activate Amili").click()
    page.get_by_label("Perintä").check()
    fields = {
        "IBAN": "FI2112345600000786", "BIC": "NDEAFIHH", "Bank": "Nordea", "Contact person": "Pirjo Puu",
        "Contact e-mail": "pirjo@puu.example", "Contact phone": "+358 40 123 4567",
        "Customer service e-mail": "help@puu.example", "Billing address: street": "Katu 1", "Postcode": "93600",
        "City": "Kuusamo",
    }  # fmt: skip
    for label, text in fields.items():
        page.get_by_label(label, exact=False).first.fill(text) if label != "Bank" else page.locator("#id_bank").fill(
            text
        )
    page.get_by_role("button", name="Activate Amili").click()
    expect(page.locator("#div_id_iban")).to_contain_text("This is no IBAN")
    check_accessibility(page)
    page.locator("#id_iban").fill("FI21 1234 5600 0007 85")
    page.get_by_role("button", name="Activate Amili").click()
    expect(page.locator("#agency-amili")).to_contain_text("Active", timeout=WORK)
    expect(page.get_by_text("Perintä").first).to_be_visible()


def _hand_over(page: Page, check_accessibility: Callable[[Page], None]) -> None:
    page.goto(f"/admin/receivables/overdueinvoice/?q={NUMBER}")
    check_accessibility(page)
    page.get_by_role("link", name=NUMBER).click()
    expect(page.get_by_text("Ropo is not active for the company.")).to_be_visible()
    check_accessibility(page)
    page.get_by_role("link", name="Hand over to Amili").click()
    page.get_by_label("Reminder, then collection").check()
    page.get_by_label("Capital").fill("1000")
    page.get_by_role("button", name="Hand over to Amili").click()
    expect(page.locator("#div_id_capital_amount")).to_contain_text("That is more than the invoice's 251.00 EUR")
    check_accessibility(page)
    page.get_by_label("Capital").fill("251,00")
    page.get_by_role("button", name="Hand over to Amili").click()
    expect(page.locator("#how")).to_contain_text("With the agency", timeout=WORK)
    check_accessibility(page)


def _tell_direct_payment(page: Page, check_accessibility: Callable[[Page], None]) -> None:
    page.get_by_role("link", name="Direct payment").click()
    check_accessibility(page)
    page.get_by_label("Amount").fill("251")
    page.get_by_role("button", name="Tell the agency").click()
    expect(page.locator("#events").locator("..")).to_contain_text("Direct payment", timeout=WORK)


def _look_until(page: Page, text: str) -> None:
    page.get_by_role("button", name="Look up now").click()
    reload_until(page, lambda: page.get_by_text(text))


def _time_passes(stack: Stack, days: float) -> None:
    stack.simulator.advance(days * DAY)
