"""Every page of the admin: it opens, it is accessible in both themes, and it fits a phone."""

from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

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
    "send invoices": "/admin/invoices/send/",
    "sent documents": "/admin/invoices/sentdocument/",
    "received documents": "/admin/invoices/receiveddocument/",
    "send a document": "/admin/documents/new/",
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


@pytest.mark.parametrize("name", PAGES)
def test_page_is_accessible_in_both_themes_and_fits_a_phone(
    page: Page, check_accessibility: Callable[[Page], None], name: str
) -> None:
    answer = page.goto(PAGES[name])

    assert answer is not None
    assert answer.status == 200
    themes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for theme in themes:
        page.emulate_media(color_scheme=theme)
        check_accessibility(page)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 391


@pytest.mark.parametrize("name", ["companies", "onboard", "send invoices", "new partner account"])
def test_page_is_readable_without_javascript(page_without_javascript: Page, name: str) -> None:
    page_without_javascript.goto(PAGES[name])

    expect(page_without_javascript.locator("#content")).to_be_visible()
