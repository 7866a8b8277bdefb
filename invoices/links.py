"""Addresses of this app's pages."""

from functools import cache
from urllib.parse import urlencode

from django.urls import reverse

from companies.models import Company
from invoices.enums import Direction
from invoices.models import BusinessDocument, Invoice

_LISTS = {Direction.SENT.value: "sentinvoice", Direction.RECEIVED.value: "receivedinvoice"}


def page_of(invoice: Invoice) -> str:
    """Return the address of an invoice's page."""
    name = _LISTS.get(invoice.direction, "sentinvoice")
    return reverse(f"admin:invoices_{name}_change", args=[invoice.pk])


def page_of_company(pk: int) -> str:
    """Return the address of a company's page; lists ask it for every row."""
    before, after = _around_company()
    return f"{before}{pk}{after}"


@cache
def _around_company() -> tuple[str, str]:
    before, _key, after = reverse("admin:companies_company_change", args=[0]).partition("0")
    return before, after


def page_of_document(document: BusinessDocument) -> str:
    """Return the address of a document's page."""
    name = "receiveddocument" if document.direction == Direction.RECEIVED else "sentdocument"
    return reverse(f"admin:invoices_{name}_change", args=[document.pk])


def on_documents_tab(company: Company) -> str:
    """Return the address of a company's documents."""
    return f"{reverse('admin:companies_company_change', args=[company.pk])}?tab=documents"


def list_of(name: str, **filters: object) -> str:
    """Return the address of a list ("sentinvoice", "receivedinvoice", "failedinvoice") with filters set."""
    query = f"?{urlencode(filters)}" if filters else ""
    return reverse(f"admin:invoices_{name}_changelist") + query


def files_page(company_id: int, upload_ids: list[int]) -> str:
    """Return the address where given files are checked, sent and followed."""
    query = urlencode([("u", pk) for pk in upload_ids])
    return f"{reverse('admin:invoices_files', args=[company_id])}?{query}"
