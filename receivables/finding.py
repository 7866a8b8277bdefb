"""Finding assignments by what staff paste: ids, numbers, references, a debtor's name or business id."""

from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from unfold.dataclasses import SearchResult

from companies import business_ids
from receivables.models import Assignment

MOST = 10
_SHORTEST_NAME = 3


def matching(text: str) -> Q:
    """Return the condition for a search in the list of assignments."""
    exact = matching_exactly(text)
    return exact if len(text) < _SHORTEST_NAME or _uuid(text) else exact | Q(debtor_name__icontains=text)


def matching_exactly(text: str) -> Q:
    """Return the condition for what a text names exactly; indexed columns only."""
    uuid = _uuid(text)
    if uuid:
        return Q(invoice_uuid=uuid) | Q(remote_id=text)
    named = Q(invoice_number=text) | Q(remote_id=text) | Q(reference="".join(text.split()))
    if not any(letter.isdigit() for letter in text):
        return named
    digests = [business_ids.digest(country, text) for country in (*business_ids.COUNTRIES, "")]
    return named | Q(debtor_digest__in=digests)


def in_palette(request: HttpRequest, text: str) -> list[SearchResult]:
    """Return the assignments that a text in the command palette names."""
    if len(text) < _SHORTEST_NAME or not request.user.has_perm("receivables.view_assignment"):
        return []
    rows = Assignment.objects.visible_to(request.user).filter(matching_exactly(text)).select_related("company")
    return [
        SearchResult(
            title=str(row),
            description=f"{row.company} · {row.debtor_name}",
            link=reverse("admin:receivables_assignment_change", args=[row.pk]),
            icon="gavel",
        )
        for row in rows.order_by("-created_at")[:MOST]
    ]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
