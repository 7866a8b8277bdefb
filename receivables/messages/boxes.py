"""The inbox's boxes: which threads each holds, how many wait, and a page of them, at the same cost however many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies import finding
from companies.models import Company
from portal.partners.models import PartnerAccount
from receivables.models import MessageThread

PER_PAGE = 40
MOST_COUNTED = 100  # beyond that nobody counts
UNSEEN, FLAGGED, MINE, ASLEEP, ALL = "unseen", "flagged", "mine", "asleep", "all"
BOXES: dict[str, str | Promise] = {
    UNSEEN: _("Unseen"),
    FLAGGED: _("Flagged"),
    MINE: _("Mine"),
    ASLEEP: _("Asleep"),
    ALL: _("All"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    threads: list[MessageThread]
    after: str  # where the next page begins; "" on the last one


def accounts_of(user: Any) -> list[int]:
    """Return the ids of the viewer's accounts: as numbers, so that the index of threads is used."""
    return list(PartnerAccount.objects.visible_to(user).values_list("pk", flat=True))


def threads_in(box: str, user: Any, accounts: Sequence[int]) -> QuerySet[MessageThread]:
    """Return the threads of a box; those asleep are in their own and in "all"."""
    rows, now = MessageThread.objects.filter(account_id__in=accounts), timezone.now()
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=now)
    match box:
        case "unseen":
            return rows.filter(awake, unseen__gt=0)
        case "flagged":
            return rows.filter(flagged=True)
        case "mine":
            return rows.filter(awake, assignee=user)
        case "asleep":
            return rows.filter(snoozed_until__gt=now)
    return rows


def page(rows: QuerySet[MessageThread], after: str) -> Shown:
    """Return one page, the newest message first, from where the last page ended."""
    place = _place(after)
    if place:
        rows = rows.filter(Q(latest_at__lt=place[0]) | Q(latest_at=place[0], pk__lt=place[1]))
    found = list(rows.select_related("company", "assignee").order_by("-latest_at", "-pk")[: PER_PAGE + 1])
    shown = found[:PER_PAGE]
    more = len(found) > PER_PAGE
    return Shown(shown, f"{shown[-1].latest_at.isoformat()}~{shown[-1].pk}" if more else "")


def counts(user: Any, accounts: Sequence[int]) -> dict[str, str]:
    """Return how many threads wait in each box, "99+" for many; not for "all"."""
    found = {}
    for box in (UNSEEN, FLAGGED, MINE, ASLEEP):
        count = threads_in(box, user, accounts).order_by()[:MOST_COUNTED].count()
        found[box] = f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count)
    return found


def matching(rows: QuerySet[MessageThread], text: str, user: Any) -> QuerySet[MessageThread]:
    """Return threads whose company, subject or assignment a search names."""
    companies = Company.objects.visible_to(user).filter(finding.matching(text))
    named = Q(subject__icontains=text) | Q(assignment_remote_id=text) | Q(attached_to=text)
    return rows.filter(Q(company__in=companies.values("pk")) | named)


def _place(after: str) -> tuple[datetime, int] | None:
    moment, _tilde, number = after.partition("~")
    try:
        at = parse_datetime(moment)
    except ValueError:
        return None
    return (at, int(number)) if at is not None and at.tzinfo and number.isdecimal() else None
