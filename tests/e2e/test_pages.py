"""Every page of the admin: it opens, it is accessible in both themes, and it fits a phone."""

import itertools
from collections.abc import Callable
from typing import Literal
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.screenshots import SHOTS

HEADINGS = "h1, h2, h3, h4, h5, h6"
PAGES = {
    "dashboard": "/admin/",
    "alerts": "/admin/alerts/alert/",
    "alert rules": "/admin/alerts/alertrule/",
    "new alert rule": "/admin/alerts/alertrule/add/",
    "alert destinations": "/admin/alerts/destination/",
    "new alert destination": "/admin/alerts/destination/add/",
    "retention runs": "/admin/keeping/retentionrun/",
    "retention rules": "/admin/keeping/retentionrule/",
    "requests about personal data": "/admin/keeping/personrequest/",
    "search for a person": "/admin/keeping/persons/new/",
    "companies": "/admin/companies/company/",
    "onboard": "/admin/onboard/",
    "onboard from a file": "/admin/onboard/file/",
    "onboardings": "/admin/companies/onboarding/",
    "network profiles": "/admin/companies/networkprofile/",
    "networks": "/admin/networks/",
    "cases": "/admin/companies/case/",
    "sent invoices": "/admin/invoices/sentinvoice/",
    "received invoices": "/admin/invoices/receivedinvoice/",
    "failed invoices": "/admin/invoices/failedinvoice/",
    "failed queue": "/admin/invoices/failed/",
    "files that AutoInvoice did not take": "/admin/invoices/refusedupload/",
    "error atlas": "/admin/atlas/",
    "unknown errors": "/admin/atlas/unknownerror/",
    "send invoices": "/admin/invoices/send/",
    "files given": "/admin/invoices/upload/",
    "receiving": "/admin/receiving/",
    "hand-overs": "/admin/invoices/handover/",
    "hand-over targets": "/admin/invoices/handovertarget/",
    "new hand-over target": "/admin/invoices/handovertarget/add/",
    "findings of Detect": "/admin/invoices/finding/",
    "fraud reports": "/admin/invoices/fraudreport/",
    "sent documents": "/admin/invoices/sentdocument/",
    "received documents": "/admin/invoices/receiveddocument/",
    "send documents": "/admin/documents/new/",
    "print jobs": "/admin/invoices/printjob/",
    "print letters": "/admin/printing/new/",
    "validator": "/admin/validator/",
    "invoices to hand over": "/admin/receivables/overdueinvoice/",
    "invoices handed over": "/admin/receivables/handover/",
    "assignments": "/admin/receivables/assignment/",
    "events of assignments": "/admin/receivables/assignmentevent/",
    "paid, but at an agency": "/admin/receivables/paymentproposal/",
    "agencies": "/admin/receivables/collectionservice/",
    "inbox": "/admin/inbox/?box=all",
    "invoice credit": "/admin/receivables/invoicecredit/",
    "answer templates": "/admin/receivables/replytemplate/",
    "service levels": "/admin/receivables/servicelevel/",
    "money": "/admin/money/",
    "billing": "/admin/billing/",
    "billed lines": "/admin/receivables/billeduse/",
    "operations": "/admin/operations/operation/",
    "batches": "/admin/operations/batch/",
    "deliveries": "/admin/webhooks/delivery/",
    "subscriptions": "/admin/webhooks/subscription/",
    "drift": "/admin/sync/drift/",
    "compare": "/admin/drift/compare/",
    "gaps": "/admin/sync/gap/",
    "sync runs": "/admin/sync/syncrun/",
    "call log": "/admin/partners/apicall/",
    "partner accounts": "/admin/partners/partneraccount/",
    "new partner account": "/admin/partners/partneraccount/add/",
    "users": "/admin/auth/user/",
    "groups": "/admin/auth/group/",
}


# Pages of one invoice, document or company, reached as `make screenshots` reaches them.
BEHIND = {
    shot.name: shot
    for shot in SHOTS
    if shot.name
    in {
        "activate-agency", "answer", "assignment", "bank-matching", "bank-message", "bank-proposal", "choose-agency",
        "company-banks", "company-documents", "company-printing", "credit-statement", "credit-withdraw",
        "document-many", "document-sent", "invoice", "invoice-failed", "invoice-read", "invoice-received",
        "invoice-report", "levels", "levels-many", "mend", "not-received", "print-job", "print-register", "proof",
        "receiving-choice", "reroute", "reroute-email", "reroute-found", "reroute-print", "send-defaults",
        "tell-agency", "to-agency", "to-agency-done",
    }
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_page_is_accessible_in_both_themes_and_fits_a_phone(
    page: Page, check_accessibility: Callable[[Page], None], name: str
) -> None:
    answer = page.goto(PAGES[name])

    assert answer is not None
    assert answer.status == 200
    check(page, check_accessibility)


@pytest.mark.parametrize("name", BEHIND)
def test_page_behind_a_list_is_accessible_in_both_themes_and_fits_a_phone(
    page: Page, check_accessibility: Callable[[Page], None], name: str
) -> None:
    page.goto(BEHIND[name].path)
    for selector in BEHIND[name].follow:
        answer = page.goto(urljoin(page.url, page.locator(selector).first.get_attribute("href") or ""))
        assert answer is not None
        assert answer.status == 200

    check(page, check_accessibility)


def check(page: Page, check_accessibility: Callable[[Page], None]) -> None:
    check_headings(page)
    themes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for theme in themes:
        page.emulate_media(color_scheme=theme)
        check_accessibility(page)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 391


def check_headings(page: Page) -> None:
    """A page has one first heading, and none is skipped on the way down."""
    levels = [int(tag[1]) for tag in page.eval_on_selector_all(HEADINGS, "all => all.map((one) => one.tagName)")]
    assert levels.count(1) == 1, levels
    assert all(below - above <= 1 for above, below in itertools.pairwise(levels)), levels


@pytest.mark.parametrize(
    "name",
    ["companies", "onboard", "send invoices", "failed queue", "receiving", "print letters", "new partner account"],
)
def test_page_is_readable_without_javascript(page_without_javascript: Page, name: str) -> None:
    page_without_javascript.goto(PAGES[name])

    expect(page_without_javascript.locator("#content")).to_be_visible()


CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"


@pytest.mark.parametrize("name", ["failed queue", "send invoices", "send documents", "print letters", "validator"])
def test_every_control_is_reached_by_keyboard_and_shows_it(page: Page, name: str) -> None:
    page.goto(PAGES[name])
    content = page.locator("#content")
    wanted = content.locator(CONTROLS).locator("visible=true").count()
    content.evaluate("part => { part.tabIndex = -1; part.focus(); }")

    reached = 0
    for _press in range(wanted + 5):
        page.keyboard.press("Tab")
        if content.locator(":focus").count():
            reached += 1
            assert content.locator(":focus").evaluate(
                "one => getComputedStyle(one).outlineStyle !== 'none' || getComputedStyle(one).boxShadow !== 'none'"
            ), page.evaluate("document.activeElement.outerHTML")
    assert reached >= wanted
