"""Finding invoices by what staff paste: a uuid, an invoice number, a business id however written, a name."""

from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from unfold.dataclasses import SearchResult

from companies import business_ids
from invoices import links
from invoices.models import Invoice
from portal.lists import text as texts
from portal.lists.text import containing
from portal.partners.models import PartnerAccount

MOST = 10
_SHORTEST_NAME = 3

texts.register("invoices.Invoice", "counterparty_name")


def matching(text: str) -> Q:
    """Return the condition for a search in the lists: a uuid, a number, the other party's business id or name."""
    exact = matching_exactly(text)
    if len(text) < _SHORTEST_NAME or _uuid(text):
        return exact
    return exact | containing(Invoice, "counterparty_name", text)


def matching_exactly(text: str) -> Q:
    """Return the condition for what a text names exactly; indexed columns only."""
    uuid = _uuid(text)
    if uuid:
        return Q(uuid=uuid)
    named = Q(number=text)
    if not any(letter.isdigit() for letter in text):
        return named
    digests = [business_ids.digest(country, text) for country in (*business_ids.COUNTRIES, "")]
    return named | Q(business_id_digest__in=digests)


def in_palette(request: HttpRequest, text: str) -> list[SearchResult]:
    """Return the invoices that a text in the command palette names by uuid or number."""
    if len(text) < _SHORTEST_NAME or not request.user.has_perm("invoices.view_invoice"):
        return []
    uuid = _uuid(text)
    named = Q(uuid=uuid) if uuid else Q(number=text)
    accounts = PartnerAccount.objects.visible_to(request.user)
    found = Invoice.objects.filter(named, account__in=accounts).select_related("company").order_by("-created_at")
    return [
        SearchResult(
            title=str(invoice),
            description=f"{invoice.company} · {invoice.counterparty_name}",
            link=links.page_of(invoice),
            icon="receipt",
        )
        for invoice in found[:MOST]
    ]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
