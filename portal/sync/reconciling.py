"""
Comparing companies with AutoInvoice, row by row: at night those in which something happened, and each once a week; at
once when somebody asks. What differed is mended by what is written anyway, and stays on record as drift.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import maventa
from portal.operations import waking
from portal.partners.models import PartnerAccount
from portal.sync import comparing, cursors, registry
from portal.sync.comparing import Difference, Heard
from portal.sync.feeds import Feed, Page, Place, Read, Scope, Window
from portal.sync.models import Cursor, Drift, SyncRun
from portal.sync.upsert import Written

NAME = "sync.reconcile"
_NIGHT_BEGINS, _NIGHT_LASTS = timedelta(hours=1), timedelta(hours=3)  # local time
_QUIET = 7  # nights until a company in which nothing happens is compared again


@registry.register
class Reconcile(Feed[Heard]):
    """All that the apps compare of one company."""

    name = NAME
    label = _("Comparison with AutoInvoice")
    scope = Scope.COMPANY
    every, slowest = timedelta(days=1), timedelta(days=_QUIET)
    overlap = timedelta(days=30)  # what may still change is compared again
    first_window = timedelta(days=90)
    is_patient = True

    def pages(self, client: maventa.Client, window: Window, position: dict[str, Any]) -> Iterator[Page[Heard]]:
        for comparer in comparing.all_comparers():
            for heard in comparer.read(client, window):
                yield Page([heard])

    def write(self, place: Place, reads: Sequence[Read[Heard]]) -> Written:
        total = Written()
        for read in reads:
            for heard in read.page.items:
                found = self._compare(place, heard, read.at)
                total.updated.extend(drift.pk for drift in found)
        seen = sum(len(heard.items) for read in reads for heard in read.page.items)
        return Written([], total.updated, max(seen - len(total.updated), 0))

    def _compare(self, place: Place, heard: Heard, at: datetime) -> list[Drift]:
        comparer = comparing.get(heard.comparer)
        if heard.all_ids is not None:
            found = comparer.gone(place, _window_of(place), heard.all_ids, at)
        else:
            before = comparer.taken(place, heard)
            comparer.write(place, heard, at)
            found = comparing.differences(before, comparer.taken(place, heard))
        return record(place, comparer, found)

    def rest(self, pause: float, *, news: bool) -> float:
        """Return the seconds until the next comparison: at night."""
        return (next_night(1 if news else _QUIET) - timezone.now()).total_seconds()


def record(place: Place, comparer: comparing.Comparer, found: Sequence[Difference]) -> list[Drift]:
    """Write differences down as drift, each with the event that should have told of it."""
    run = SyncRun.objects.filter(account=place.account, source=NAME, company_uuid=place.company_uuid).first()
    rows = []
    for one in found:
        told = comparer.told(place, one)
        rows.append(
            Drift(
                account=place.account,
                company_uuid=place.company,
                source=comparer.name,
                subject=one.subject[:80],
                title=one.title[:200],
                kind=one.kind,
                field=one.fact[:60],
                local=one.local[:300],
                remote=one.remote[:300],
                since=one.since,
                event=told.event,
                delivery_id=told.delivery_id,
                repair=one.repair,
                run=run,
            )
        )
    return Drift.objects.bulk_create(rows)


def _window_of(place: Place) -> Window:
    run = SyncRun.objects.filter(account=place.account, source=NAME, company_uuid=place.company_uuid).first()
    assert run is not None and run.until is not None  # noqa: PT018, S101  this is written within a run
    return Window(run.since, run.until)


def next_night(nights: int) -> datetime:
    """Return a moment in a coming night, by the portal's own clock; many companies are spread over it."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=nights) + _NIGHT_BEGINS + _NIGHT_LASTS * random.random()  # noqa: S311


def stir(company_uuids: Iterable[UUID]) -> None:
    """Have companies in which something happens compared in the coming night."""
    cursors.stir(NAME, company_uuids, next_night(1) - timezone.now())


def begin(account: PartnerAccount, company_uuids: Iterable[UUID] | None = None) -> int:
    """Have companies of an account (None: all) compared now, by the workers; return how many."""
    mine = Cursor.objects.filter(source=NAME, account=account)
    if company_uuids is not None:
        wanted = list(company_uuids)
        cursors.follow(NAME, account, wanted)
        mine = mine.filter(company_uuid__in=wanted)
    count = mine.update(next_at=timezone.now())
    waking.after_commit(waking.send, "sync.run_due")
    return count
