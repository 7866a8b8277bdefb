"""
Running what is due. One run of a cursor at a time, in whichever process; each leaves a row that says what it did.

Pages of a feed are fetched ahead; those that have come are written in one transaction with the cursor's new position
and the run's figures: a killed run goes on after the last page that was written.
"""

import logging
import time
from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, When
from django.utils import timezone

from portal import maventa
from portal.partners import calls, clients
from portal.partners.models import PartnerAccount
from portal.sync import cursors, paces, registry, rounds
from portal.sync.ahead import Ahead
from portal.sync.cursors import Lease, LeaseLostError
from portal.sync.feeds import Feed, Place, Read, Window
from portal.sync.models import Cursor, RunState, SyncRun
from portal.sync.upsert import Written

logger = logging.getLogger(__name__)

# What is due so soon is run at once: it would else wait for the next beat.
_AHEAD = timedelta(seconds=1)
# After so many failures in a row a feed reads its window from the beginning: its place may be what is wrong.
_START_OVER = 3
# Rows that are written with one statement, if so many have come.
_AT_ONCE = 2_000
# Seconds after which a run leaves the rest of a long list to the next one: a task's time is limited.
_LONGEST = 120.0


def run_due(budget: float = 20.0) -> int:
    """Run cursors that are due, the longest overdue first, until none is left or `budget` seconds are over."""
    # Keys are read where they are used: an account whose keys cannot be read must not stop the others.
    cursors.make_missing(PartnerAccount.objects.active().defer("user_key", "vendor_key"))
    started, count = time.monotonic(), 0
    soon = timezone.now() + _AHEAD
    names = [source.name for source in registry.all_sources()]
    patient = [source.name for source in registry.all_sources() if isinstance(source, Feed) and source.is_patient]
    order = [Case(When(source__in=patient, then=1), default=0)] if patient else []
    while time.monotonic() - started < budget:
        due = Cursor.objects.due(max(soon, timezone.now())).filter(source__in=names)
        whole = due.select_related("account").defer("account__user_key", "account__vendor_key")
        cursor = whole.order_by(*order, "next_at").first()
        if cursor is None:
            break
        run(cursor)
        count += 1
    return count


def run_now(name: str, account: PartnerAccount, company_uuid: UUID | None = None) -> SyncRun | None:
    """
    Run one feed or watch at once, due or not.

    :returns: its run; None when another process runs it, or when a watch has nothing due
    """
    registry.get(name)
    cursor, _made = Cursor.objects.get_or_create(source=name, account=account, company_uuid=company_uuid)
    return run(cursor)


def look_until_idle(name: str, account: PartnerAccount, budget: float = 20.0) -> None:
    """Run a watch, due or not, until no row is due. Whoever else runs it now goes on as long by itself."""
    started = time.monotonic()
    while time.monotonic() - started < budget:
        done = run_now(name, account)
        if done is None or done.state != RunState.DONE:
            return


def run(cursor: Cursor) -> SyncRun | None:
    """Run one cursor if nobody else does. Errors end up in the run's row and in the log, never with the caller."""
    lease = cursors.lease(cursor)
    if lease is None:
        return None
    _close_broken(cursor)
    source = registry.get(cursor.source)
    if isinstance(source, Feed):
        return _Reading(source, cursor, lease).run()
    return rounds.Round(source, cursor, lease).run()


def _close_broken(cursor: Cursor) -> None:
    """Whoever holds the lease knows that a run which still calls itself running is not."""
    mine = SyncRun.objects.filter(account=cursor.account_id, source=cursor.source, company_uuid=cursor.company_uuid)
    mine.filter(state=RunState.RUNNING).update(state=RunState.LOST, ended_at=timezone.now())


class _Reading:
    """One run of a feed."""

    def __init__(self, feed: Feed[Any], cursor: Cursor, lease: Lease) -> None:
        self.feed, self.cursor, self.lease = feed, cursor, lease
        self.place = Place(cursor.account, cursor.company_uuid)
        self.records: deque[maventa.CallRecord] = deque()  # the thread that fetches adds, this one takes
        self.window = self._window()
        self.row = SyncRun(
            source=feed.name,
            account=cursor.account,
            company_uuid=cursor.company_uuid,
            lease=lease.token,
            since=self.window.since,
            until=self.window.until,
            position=cursor.position,
            is_whole=not cursor.position,
        )

    def run(self) -> SyncRun:
        self.row.save(force_insert=True)
        try:
            self._read()
        except LeaseLostError:
            self._end_lost()
        except maventa.MaventaError as exc:
            self._end_failed(exc.staff_text, getattr(exc, "retry_after", None))
        except Exception as exc:
            logger.exception("feed %s failed", self.feed.name)
            self._end_failed(type(exc).__name__, None)
        return self.row

    def _window(self) -> Window:
        """Return the window that a broken off run left, or a new one that reaches back into the last."""
        now = timezone.now()
        until = self.cursor.window_until or now
        if self.cursor.done_until:
            return Window(self.cursor.done_until - self.feed.overlap, until)
        return Window(until - self.feed.first_window if self.feed.first_window else None, until)

    def _read(self) -> None:
        client = clients.for_account(self.place.account, company=self.place.company_uuid, log=self.records.append)
        began = time.monotonic()
        with Ahead(self.feed.pages(client, self.window, self.cursor.position)) as ahead:
            while reads := ahead.take(_AT_ONCE):
                self._write(reads)
                if self.row.position and time.monotonic() - began > _LONGEST:
                    return self._pause()
        self._finish()
        return None

    def _write(self, reads: Sequence[Read[Any]]) -> None:
        began = time.perf_counter()
        with transaction.atomic():
            self.lease.renew()
            written = self.feed.write(self.place, reads)
            if written.news:
                self.feed.written(self.place, written)
            self._count(reads, written)
            self.row.writing_ms += round((time.perf_counter() - began) * 1000)
            self._store_calls()
            self.row.save()
            place = {"position": self.row.position, "window_until": self.window.until}
            Cursor.objects.filter(pk=self.cursor.pk).update(**place)

    def _count(self, reads: Sequence[Read[Any]], written: Written) -> None:
        self.row.pages += len(reads)
        self.row.seen += sum(len(read.page.items) for read in reads)
        self.row.inserted += len(written.inserted)
        self.row.updated += len(written.updated)
        self.row.skipped += written.unchanged
        self.row.position = reads[-1].page.position

    def _pause(self) -> None:
        """Leave the rest of the list to the next run, which is due at once."""
        with transaction.atomic():
            self.lease.renew()
            self._end(RunState.PART, "")
            self._release(0.0, failures=0)

    def _finish(self) -> None:
        news = bool(self.row.inserted or self.row.updated)
        pause = self.feed.rest(self.cursor.pause, news=news)
        with transaction.atomic():
            self.lease.renew()
            self.feed.finished(self.place, self.window)
            self._end(RunState.DONE, "")
            self._release(pause, failures=0, pause=pause, done_until=self.window.until, window_until=None, position={})

    def _end_failed(self, error: str, retry_after: float | None) -> None:
        failures = self.cursor.failures + 1
        wait = paces.after_error(failures, every=self.feed.every, retry_after=retry_after)
        anew: dict[str, Any] = {"window_until": None, "position": {}} if failures % _START_OVER == 0 else {}
        with transaction.atomic():
            self._end(RunState.FAILED, error)
            self._release(wait, failures=min(failures, 1000), **anew)

    def _end_lost(self) -> None:
        with transaction.atomic():
            self._end(RunState.LOST, "")

    def _end(self, state: RunState, error: str) -> None:
        self.row.state, self.row.error, self.row.ended_at = state, error[:500], timezone.now()
        self._store_calls()
        self.row.save()

    def _release(self, wait: float, **values: Any) -> None:
        cursors.release(self.lease, timezone.now() + timedelta(seconds=wait), **values)

    def _store_calls(self) -> None:
        records = [self.records.popleft() for _ in range(len(self.records))]
        calls.store(self.place.account.pk, records)
        self.row.calls += len(records)
        self.row.asking_ms += sum(record.ms for record in records)
