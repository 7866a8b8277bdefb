"""Receiving in the browser: an invoice arrives, is read beside its image, warned of by Detect, reported, withdrawn."""

import re
import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import WORK, reload_until
from tests.e2e.stack import Stack

BID = "38307710"  # a verified company of the story
NOTE = "<script>document.title='taken over'</script>"


@pytest.fixture(scope="module")
def company(stack: Stack) -> str:
    (found,) = stack.simulator.control("GET", f"/companies?bid={BID}")
    return str(found["id"])


@pytest.fixture(scope="module")
def number() -> str:
    return f"FRAUD-{secrets.token_hex(2)}"


def open_company(page: Page) -> None:
    page.goto(f"/admin/companies/company/?q={BID}")
    page.locator("#result_list tbody tr:first-child a").first.click()
    page.goto(f"{page.url.split('?')[0]}?tab=invoices")


def open_invoice(page: Page, number: str) -> None:
    page.goto(f"/admin/invoices/receivedinvoice/?q={number}")
    reload_until(page, lambda: page.locator("#result_list").get_by_role("link", name=number, exact=True))
    page.locator("#result_list").get_by_role("link", name=number, exact=True).click()


def test_checks_are_switched_on_once_the_disclaimer_was_accepted(
    page: Page, company: str, check_accessibility: Callable[[Page], None]
) -> None:
    open_company(page)
    page.get_by_role("link", name="Set checks…").click()
    check_accessibility(page)
    page.get_by_role("checkbox", name=re.compile("warning list")).check()
    page.get_by_role("button", name="Set Detect checks").click()
    expect(page.get_by_text("Checks are switched on only after it was accepted.")).to_be_visible()
    page.locator("input[name=accepted]").check()
    page.locator("input[name=accepted_by]").fill("Maija Virtanen, e-mail")
    page.get_by_role("button", name="Set Detect checks").click()

    open_company(page)
    reload_until(page, lambda: page.get_by_text("Received invoices are checked:"))
    expect(page.get_by_text("Disclaimer accepted by Maija Virtanen")).to_be_visible()


def test_invoice_is_received_and_warned_of(
    page: Page, stack: Stack, company: str, number: str, check_accessibility: Callable[[Page], None]
) -> None:
    stack.simulator.receive(company, number=number, sender_name=f"Scam {NOTE} AS", with_attachment=True)
    open_invoice(page, number)

    reload_until(page, lambda: page.get_by_text("AutoInvoice was told so"))
    reload_until(page, lambda: page.get_by_text("The sender is on a warning list"))
    check_accessibility(page)
    page.goto("/admin/invoices/finding/")
    expect(page.get_by_role("row").filter(has_text=number)).to_contain_text("The sender is on a warning list")


def test_hostile_invoice_is_read_beside_its_image_and_nothing_in_it_runs(
    page: Page, number: str, check_accessibility: Callable[[Page], None]
) -> None:
    open_invoice(page, number)
    page.get_by_role("link", name="Read beside the image").click()

    fields = page.frame_locator("iframe[title='What the XML says']")
    expect(fields.get_by_text("Scam <script>").first).to_be_visible()
    expect(page).not_to_have_title("taken over")
    check_accessibility(page)


def test_invoice_is_reported_as_fraud_and_the_report_withdrawn(
    page: Page, number: str, check_accessibility: Callable[[Page], None]
) -> None:
    open_invoice(page, number)
    page.get_by_role("link", name="Report fraud…").click()
    check_accessibility(page)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Choose at least one reason.")).to_be_visible()
    page.get_by_role("checkbox").first.check()
    page.locator("input[name=contact_email]").fill("desk@partner.example")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("This will be sent")).to_be_visible()
    check_accessibility(page)
    page.get_by_role("button", name="Send the report").click()

    reload_until(page, lambda: page.get_by_text("Reported as fraud"))
    page.goto("/admin/invoices/fraudreport/")
    expect(page.get_by_role("row").filter(has_text=number)).to_have_count(1)
    open_invoice(page, number)
    page.get_by_role("link", name="Withdraw the report…").click()
    check_accessibility(page)
    page.get_by_role("button", name="Withdraw the report").click()

    reload_until(page, lambda: page.get_by_text("A report was withdrawn"))
    expect(page.get_by_role("link", name="Report fraud…")).to_be_visible()


def test_files_of_an_invoice_are_downloaded_as_zip(page: Page, number: str) -> None:
    page.goto(f"/admin/invoices/receivedinvoice/?q={number}")
    page.get_by_role("row").filter(has_text=number).get_by_role("checkbox").check()
    page.locator("select[name=action]").select_option("export_zip")
    with page.expect_download(timeout=WORK) as waited:
        page.get_by_role("button", name="Run").or_(page.locator("button[name=index]")).first.click()

    assert waited.value.suggested_filename.endswith(".zip")
    assert waited.value.path().read_bytes().startswith(b"PK")
