"""The failed queue in the browser: one invoice is mended, another one goes another way, and both leave the queue."""

import csv
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from portal.demo.place import DATA
from tests.e2e.browser import WORK, reload_until
from tests.e2e.stack import Stack
from tests.invoices.documents import Who, finvoice

WRONG, AUTOINVOICE = "003720774740", "003721291126"


class Stranded:
    """
    Two invoices that failed, because nobody has the address in them.

    :ivar right: the address that the receiver has
    """

    def __init__(self, stack: Stack) -> None:
        with (DATA / "customers.csv").open(encoding="utf-8", newline="") as file:
            seller, buyer = [row for row in csv.DictReader(file) if row["country"] == "FI"][:2]
        mark = secrets.token_hex(2)
        self.to_mend, self.to_reroute = f"MEND-{mark}", f"AWAY-{mark}"
        self.right = f"0037{buyer['bid']}"
        ours = Who(seller["name"], "FI", seller["bid"], f"0037{seller['bid']}")
        wrong = Who(buyer["name"], "FI", "2077474-0", WRONG)
        files = []
        for number in (self.to_mend, self.to_reroute):
            file = stack.var / f"{number}.xml"
            file.write_bytes(finvoice(number, seller=ours, buyer=wrong))
            files.append(str(file))
        done = stack.manage("send_invoice", seller["bid"], *files, "--wait")
        assert done.stdout.count("FAILED") == 2, done.stdout + done.stderr


@pytest.fixture(scope="module")
def stranded(stack: Stack) -> Stranded:
    return Stranded(stack)


def open_from_queue(page: Page, number: str) -> None:
    page.goto("/admin/invoices/failed/")
    page.get_by_role("link", name="Work on").filter(has_text="Receiver not found").click()
    page.locator("#result_list").get_by_role("link", name=number, exact=True).click()
    expect(page.locator("#failure")).to_have_text("Receiver not found")


def expect_off_the_work_list(page: Page, number: str) -> None:
    page.goto(f"/admin/invoices/failedinvoice/?q={number}")
    reload_until(page, lambda: page.get_by_text("Nothing fits the search"))


def test_wrong_address_is_mended_beside_the_old_one_and_the_new_invoice_is_delivered(
    page: Page, stranded: Stranded, check_accessibility: Callable[[Page], None]
) -> None:
    page.goto("/admin/invoices/failed/")
    check_accessibility(page)
    open_from_queue(page, stranded.to_mend)
    check_accessibility(page)

    page.get_by_role("link", name="Mend", exact=True).click()
    check_accessibility(page)
    address = page.get_by_label("Receiver's e-invoice address")
    expect(address).to_have_value(WRONG)
    address.fill("00 37")
    page.get_by_role("button", name="Send the mended invoice").click()
    expect(page.get_by_text("An address has no blanks inside.")).to_be_visible()
    address.fill(stranded.right)
    page.get_by_role("button", name="Send the mended invoice").click()

    reload_until(page, lambda: page.locator(".pill:has-text('Delivered')"))
    page.get_by_role("link", name=f"Invoice {stranded.to_mend}").click()
    expect(page.get_by_text("Sent in place of")).to_be_visible()
    expect(page.locator("del")).to_have_text(WRONG)
    expect(page.locator("ins")).to_have_text(stranded.right)
    expect_off_the_work_list(page, stranded.to_mend)


def test_proof_of_delivery_is_copied_as_text(
    page: Page, stranded: Stranded, check_accessibility: Callable[[Page], None]
) -> None:
    page.goto("/admin/invoices/sentinvoice/?status=DELIVERED")
    page.locator("#result_list tbody a").first.click()
    page.get_by_role("link", name="Proof of delivery").click()

    expect(page.locator(".note-good")).to_contain_text("The invoice was delivered")
    check_accessibility(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy as text").click()
    expect(page.get_by_role("button", name="Copy as text")).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#proof-text").input_value()


def test_failed_invoice_goes_by_e_mail_instead_and_leaves_the_queue(
    page: Page, stranded: Stranded, check_accessibility: Callable[[Page], None]
) -> None:
    open_from_queue(page, stranded.to_reroute)

    page.get_by_role("link", name="Send another way").click()
    check_accessibility(page)
    page.get_by_role("link", name="Look the receiver up").click()
    expect(page.get_by_role("heading", name="Where the receiver can be reached")).to_be_visible()
    page.locator(".tabs").get_by_role("link", name="E-mail").click()
    page.get_by_label("E-mail address").fill("nobody")
    page.get_by_role("button", name="Reroute to e-mail").click()
    expect(page.get_by_text("Enter a valid email address.")).to_be_visible()
    check_accessibility(page)
    page.get_by_label("E-mail address").fill("ostot@nobody.example")
    page.get_by_role("button", name="Reroute to e-mail").click()

    expect(page.locator(".page").get_by_text("Delivered").first).to_be_visible(timeout=WORK)
    expect(page.get_by_text("Sent by e-mail").first).to_be_visible(timeout=WORK)
    expect_off_the_work_list(page, stranded.to_reroute)


def test_failure_is_settled_otherwise_and_put_back(page: Page, stack: Stack, stranded: Stranded) -> None:
    query = "select id from invoices_invoice where number = ? and status = 'FAILED'"
    with closing(sqlite3.connect(f"file:{stack.var / 'portal.sqlite3'}?mode=ro", uri=True)) as database:
        ((pk,),) = database.execute(query, [stranded.to_mend]).fetchall()
    page.goto(f"/admin/invoices/sentinvoice/{pk}/change/")

    page.get_by_text("Nothing more has to be sent for it?").click()
    page.get_by_label("How it was settled, for colleagues").fill("Paid in cash")
    page.get_by_role("button", name="Take it off the work list").click()
    expect(page.get_by_text("Paid in cash")).to_be_visible()
    page.get_by_role("button", name="Put it back on the work list").click()

    expect(page.get_by_text("on the work list again")).to_be_visible()


def test_failures_of_one_cause_go_another_way_together(page: Page, stack: Stack) -> None:
    both = Stranded(stack)
    page.goto("/admin/invoices/failed/")
    page.get_by_role("link", name="Work on").filter(has_text="Receiver not found").click()
    for number in (both.to_mend, both.to_reroute):
        page.get_by_role("row").filter(has_text=number).get_by_role("checkbox").check()
    page.locator("select[name=action]").select_option(label="Reroute as e-invoice")
    page.get_by_role("button", name="Run").or_(page.locator("button[name=index]")).first.click()
    page.get_by_label("E-invoice address").fill(both.right)
    page.get_by_label("Operator").fill(AUTOINVOICE)
    page.get_by_role("button", name="Show what would happen").click()

    expect(page.locator(".card-value").first).to_have_text("2")
    page.locator("button[form=start]").click()

    expect(page.locator("#progress .pill")).to_contain_text("Done", timeout=WORK)
    for number in (both.to_mend, both.to_reroute):
        expect_off_the_work_list(page, number)


def test_atlas_is_searched_and_read_in_another_language(
    page: Page, check_accessibility: Callable[[Page], None]
) -> None:
    page.goto("/admin/atlas/")
    check_accessibility(page)
    page.get_by_label("Search").fill("operator_unknown")
    page.get_by_label("Language").select_option("fi")
    page.get_by_role("button", name="Show").click()

    expect(page.get_by_role("heading", name="Tuntematon operaattori")).to_be_visible()
    expect(page.locator(".page section.card")).to_have_count(1)
