"""Letters and bank messages in the browser: a ZIP of letters in test mode, and what banks answer to a sender info."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.companies.csv_files import finnish_ids, sheet
from tests.e2e.browser import WORK, reload_until
from tests.e2e.stack import Stack
from tests.invoices.documents import zipped
from tests.invoices.letters.test_printing import pdf

(BID,) = finnish_ids(1, first=2_640_000)
PRINT = "#content a[href*='/printing/new/?company=']"
TEST_MODE = "Test mode: nothing is printed"


@pytest.fixture(scope="module", autouse=True)
def _company(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("printing") / "customers.csv"
    own = {"method": "own", "authorization_id": "contract", "networks": "VISMA BANK"}
    path.write_bytes(sheet({"bid": BID, "name": "Kirjaset Oy", **own}).getvalue())
    done = stack.manage("onboard", str(path), "--wait", "--timeout", "150", seconds=180)
    assert done.returncode == 0, done.stderr


def open_tab(page: Page) -> None:
    page.goto(f"/admin/companies/company/?q={BID}")
    page.locator("#result_list tbody tr:first-child a").first.click()
    page.goto(f"{page.url.split('?')[0]}?tab=printing")


def letters(**files: bytes) -> FilePayload:
    content = zipped({f"{name}.pdf": file for name, file in files.items()})
    return {"name": "letters.zip", "mimeType": "application/zip", "buffer": content}


def test_company_is_registered_in_test_mode(page: Page, check_accessibility: Callable[[Page], None]) -> None:
    open_tab(page)
    page.get_by_role("link", name="Register…").click()
    check_accessibility(page)
    page.get_by_label("E-mail address").fill("letters@kirjaset.example")
    expect(page.get_by_label("Begin in test mode")).to_be_checked()
    page.get_by_role("button", name="Register", exact=True).click()

    reload_until(page, lambda: page.locator(PRINT))
    expect(page.locator(".pill").get_by_text(TEST_MODE)).to_be_visible()
    check_accessibility(page)


def test_letters_that_cannot_be_printed_are_named(page: Page) -> None:
    open_tab(page)
    page.locator(PRINT).click()
    page.get_by_label("Letters").set_input_files(letters(good=pdf(), broken=b"no letter at all"))
    page.get_by_role("button", name="Check the letters").click()

    expect(page.get_by_text(re.compile("broken.pdf"))).to_be_visible()


def test_zip_of_letters_is_checked_sent_as_a_test_and_followed(
    page: Page, check_accessibility: Callable[[Page], None]
) -> None:
    open_tab(page)
    page.locator(PRINT).click()
    check_accessibility(page)
    page.get_by_label("Letters").set_input_files(letters(one=pdf(2, title="1"), two=pdf(title="2")))
    page.get_by_label("On both sides").check()
    page.get_by_role("button", name="Check the letters").click()

    expect(page.get_by_text("Test mode: nothing is printed and nothing is billed.")).to_be_visible()
    expect(page.get_by_role("cell", name="3", exact=True)).to_be_visible()
    check_accessibility(page)
    page.get_by_role("button", name="Send 2 letters as a test").click()

    expect(page.locator(".pill").get_by_text("Test: nothing is printed").first).to_be_visible(timeout=WORK)
    expect(page.get_by_text("OK TEST MODE, NOT PRINTED")).to_be_visible(timeout=WORK)
    check_accessibility(page)
    page.goto("/admin/invoices/printjob/")
    expect(page.get_by_role("row").filter(has_text="Kirjaset")).to_contain_text("Test")


def test_the_same_letters_again_are_not_sent_twice(page: Page) -> None:
    for _time in range(2):
        open_tab(page)
        page.locator(PRINT).click()
        page.get_by_label("Letters").set_input_files(letters(same=pdf(title="same")))
        page.get_by_role("button", name="Check the letters").click()
        expect(page.get_by_role("heading", name="What will be printed")).to_be_visible()
        send = page.get_by_role("button", name="Send 1 letter as a test")
        if send.count():
            send.click()
            expect(page.locator(".pill").get_by_text("Test: nothing is printed").first).to_be_visible(timeout=WORK)

    expect(page.get_by_text("These letters were sent to be printed already.")).to_be_visible()
    expect(send).to_have_count(0)


def test_banks_are_told_and_answer(page: Page, check_accessibility: Callable[[Page], None]) -> None:
    page.goto(f"/admin/companies/company/?q={BID}")
    page.locator("#result_list tbody tr:first-child a").first.click()
    company = page.url.split("?")[0]
    page.goto(f"{company}?tab=networks")
    reload_until(page, lambda: page.get_by_role("listitem").filter(has_text="BANK").get_by_text("Active"))
    page.goto(f"{company}?tab=banks")
    check_accessibility(page)
    page.get_by_role("link", name="Tell the banks…").click()
    check_accessibility(page)
    page.get_by_label("Account for payments (IBAN)").fill("FI21 1234 5600 0007 86")
    page.get_by_role("button", name="Send to the banks").click()
    expect(page.get_by_text("Give the name that consumers look for.")).to_be_visible()
    expect(page.get_by_text("This is no IBAN")).to_be_visible()
    page.get_by_label("Name of the invoices").fill("Water bill")
    for bank in page.locator("input[name=banks]").all():
        bank.uncheck()
    page.get_by_role("checkbox", name="OP (OKOYFIHH)").check()
    page.get_by_label("Account for payments (IBAN)").fill("FI21 1234 5600 0007 85")
    page.get_by_role("button", name="Send to the banks").click()

    messages = page.locator("section[aria-labelledby=bank-messages]")
    reload_until(page, lambda: messages.get_by_text("Taken by the banks"))
    # Read of its own accord once an hour, and once when the message has gone out: the consumer may answer later.
    # What it says is read after it was listed: only then does it lead anywhere.
    wish = messages.get_by_role("link", name="a consumer's wish")
    reload_until(page, lambda: wish, button="Look for messages")
    wish.click()
    expect(page.get_by_text("OKOYFIHH (OP)")).to_be_visible()
    check_accessibility(page)


def test_e_invoices_are_proposed_to_a_consumer_who_accepts(
    page: Page, check_accessibility: Callable[[Page], None]
) -> None:
    page.goto(f"/admin/companies/company/?q={BID}")
    page.locator("#result_list tbody tr:first-child a").first.click()
    banks = f"{page.url.split('?')[0]}?tab=banks"
    page.goto(banks)
    page.get_by_role("link", name="Propose to a consumer…").click()
    expect(page.get_by_label("Name of the invoices")).to_have_value("Water bill")
    page.get_by_role("button", name="Propose to the consumer").click()
    expect(page.get_by_text("Give the consumer's name.")).to_be_visible()
    check_accessibility(page)
    page.get_by_label("Consumer's name").fill("Meikäläinen Maija")
    page.get_by_label("Customer number or reference").fill("4711")
    page.get_by_label("Consumer's bank").select_option("NDEAFIHH")
    page.get_by_role("button", name="Propose to the consumer").click()

    messages = page.locator("section[aria-labelledby=bank-messages]")
    told = messages.get_by_role("listitem").filter(has_text="Nordea")
    reload_until(page, lambda: told.get_by_text("Taken by the banks"))
    wish = told.get_by_role("link", name="a consumer's wish")
    reload_until(page, lambda: wish, button="Look for messages")
    wish.click()
    expect(page.get_by_text("Meikäläinen Maija")).to_be_visible()
