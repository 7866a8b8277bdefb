"""Finding assignments by what staff paste: ids, numbers, references, a debtor's name or business id."""

from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from unfold.dataclasses import SearchResult

from companies import business_ids
from portal.lists import text as texts
from portal.lists.text import containing
from receivables.models import Assignment

MOST = 10
_SHORTEST_NAME = 3

texts.register("receivables.Assignment", "debtor_name")


def matching(text: str) -> Q:
    """Return the condition for a search in the list of assignments."""
    if len(text) < _SHORTEST_NAME or _uuid(text):
        return matching_exactly(text)
    names = containing(Assignment, "debtor_name", text)
    return matching_exactly(text) | names if texts.is_in_order() else _by_any_of([*_ways(text), names])


def matching_exactly(text: str) -> Q:
    """Return the condition for what a text names exactly: looked up column by column, each by its index."""
    uuid = _uuid(text)
    if uuid:
        return Q(invoice_uuid=uuid) | Q(remote_id=text)
    return _by_any_of(_ways(text))


def _ways(text: str) -> list[Q]:
    ways = [Q(invoice_number=text), Q(remote_id=text), Q(reference="".join(text.split()))]
    if any(letter.isdigit() for letter in text):
        digests = [business_ids.digest(country, text) for country in (*business_ids.COUNTRIES, "")]
        ways.append(Q(debtor_digest__in=digests))
    return ways


def _by_any_of(ways: list[Q]) -> Q:
    """Return the condition on rows that one of the ways finds, each by its own index."""
    first, *others = (Assignment.objects.filter(way).order_by().values("pk") for way in ways)
    return Q(pk__in=first.union(*others))


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
