"""Documents in the browser: an order is sent to exactly one receiver and followed, a received invoice is answered."""

import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import WORK, reload_until
from tests.e2e.stack import Stack
from tests.invoices.documents import Who, zipped
from tests.invoices.trade.conftest import OUTSIDE, order

BID = "38214506"  # a verified company of the story
COMPANY = Who("Kuusamon Puusepät Oy", "FI", BID, f"0037{BID}")
FJORD = Who("Fjordhandel AS", "NO", "987654325", "987654325", "0192")  # has the address OUTSIDE
STRANGER = Who("Nobody Oy", "FI", "9999999-9", "003799999999")


@pytest.fixture(scope="module")
def number() -> str:
    return f"ORDER-{secrets.token_hex(2)}"


def give(page: Page, number: str, to: Who = FJORD) -> None:
    """Choose the order and come to the page that asks for its receiver."""
    page.goto("/admin/documents/new/")
    page.get_by_label("Send as company").fill(BID)
    page.locator("input[name=files]").set_input_files(
        {"name": f"{number}.xml", "mimeType": "text/xml", "buffer": order(number, buyer=COMPANY, seller=to)}
    )
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="To whom")).to_be_visible()


def test_order_is_sent_to_the_receiver_that_was_looked_up_and_followed(
    page: Page, number: str, check_accessibility: Callable[[Page], None]
) -> None:
    give(page, number)
    page.get_by_label("Receiver's address").fill("")
    page.get_by_role("button", name="Send document").click()
    expect(page.get_by_text("Give the receiver's address; the look-up knows it.")).to_be_visible()
    page.get_by_label("Name, business id or address").fill(FJORD.name)
    page.get_by_role("button", name="Look up").click()
    check_accessibility(page)
    page.get_by_role("link", name=f"Use {OUTSIDE}").click()
    expect(page.get_by_label("Receiver's address")).to_have_value(OUTSIDE)
    expect(page.get_by_label("Receiver's operator")).to_have_value("PEPPOL")
    page.get_by_role("button", name="Send document").click()

    sent = page.locator("section[aria-labelledby=sendings]").get_by_role("link", name=number)
    reload_until(page, lambda: sent)
    sent.click()
    expect(page.get_by_role("main").or_(page.locator(".page")).get_by_text("Delivered").first).to_be_visible(
        timeout=WORK
    )
    expect(page.locator("section[aria-labelledby=way]").get_by_text("RESERVED")).to_be_visible()
    expect(page.locator("section[aria-labelledby=files]").get_by_role("link")).to_have_count(1, timeout=WORK)
    check_accessibility(page)


def test_the_same_order_again_is_the_one_that_was_sent(page: Page, number: str) -> None:
    give(page, number)

    expect(page.locator("section[aria-labelledby=sendings]").get_by_role("link", name=number)).to_be_visible()


def test_several_documents_are_read_previewed_and_sent_as_one_batch(
    page: Page, check_accessibility: Callable[[Page], None]
) -> None:
    mark = secrets.token_hex(2)
    files = {f"{mark}-{n}.xml": order(f"{mark}-{n}", buyer=COMPANY, seller=FJORD) for n in range(3)}
    given = {"orders.zip": zipped(files), "voucher.pdf": b"%PDF-1.4 " + mark.encode(), "cut.xml": b"<Order>"}
    page.goto("/admin/documents/new/")
    page.get_by_label("Send as company").fill(BID)
    page.get_by_label("Type").select_option("VOUCHER")
    page.locator("input[name=files]").set_input_files(
        [{"name": name, "mimeType": "application/octet-stream", "buffer": content} for name, content in given.items()]
    )
    page.get_by_role("button", name="Go on").click()

    expect(page.get_by_role("row", name="cut.xml").get_by_text("Cannot be sent")).to_be_visible()
    expect(page.get_by_role("row", name=f"{mark}-1.xml").get_by_text(OUTSIDE)).to_be_visible()
    check_accessibility(page)
    page.get_by_role("button", name="Go on with 4 documents").click()
    check_accessibility(page)
    page.get_by_label("Receiver's address").fill(OUTSIDE)
    page.get_by_label("Receiver's operator").fill("PEPPOL")
    page.get_by_role("button", name="Show what would happen").click()
    page.get_by_role("button", name="Send for 4").click()

    expect(page.locator("li[aria-current=step]")).to_have_text("Result", timeout=WORK)
    page.get_by_role("link", name="Back to the list").click()
    expect(page.get_by_role("row", name=f"{mark}-2.xml").get_by_text("Done")).to_be_visible()
    expect(page.get_by_text("These files are sent by a batch:")).to_be_visible()


def test_unknown_address_fails_with_what_to_do(page: Page) -> None:
    number = f"LOST-{secrets.token_hex(2)}"
    give(page, number, STRANGER)
    page.get_by_role("button", name="Send document").click()
    page.get_by_role("button", name="Send it all the same").click()

    sent = page.locator("section[aria-labelledby=sendings]").get_by_role("link", name=number)
    reload_until(page, lambda: sent)
    sent.click()
    expect(page.locator(".note-bad")).to_be_visible(timeout=WORK)
    page.get_by_text("AutoInvoice's own words").click()
    expect(page.locator(".note-bad .raw")).to_have_text("Receiver address not known")


def test_received_invoice_is_answered_and_its_supplier_told_why(
    page: Page, stack: Stack, check_accessibility: Callable[[Page], None]
) -> None:
    number = f"ASK-{secrets.token_hex(2)}"
    stack.simulator.receive(BID, number=number)
    page.goto(f"/admin/invoices/receivedinvoice/?q={number}")
    listed = page.locator("#result_list").get_by_role("link", name=number, exact=True)
    reload_until(page, lambda: listed)
    listed.click()
    page.get_by_role("link", name="Answer", exact=True).click()
    check_accessibility(page)
    page.get_by_role("radio", name="Under query").check()
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("Tick why: the supplier has to know what to do.")).to_be_visible()
    page.get_by_role("checkbox", name="price").first.check()
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("The answer is on its way.")).to_be_visible()

    page.get_by_role("link", name="Answer", exact=True).click()
    reload_until(page, lambda: page.get_by_text("The last answer was: Under query."))
    expect(page.get_by_role("radio", name="Message acknowledged")).to_have_count(0)
    page.locator("section[aria-labelledby=given]").get_by_role("link", name="Under query").click()
    expect(page.get_by_text("Delivered").first).to_be_visible(timeout=WORK)
    expect(page.get_by_role("link", name=number, exact=True)).to_be_visible()
