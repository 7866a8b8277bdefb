"""
One round of a watch: look at the rows that are due, on several threads without a database, then write what was seen.

An error of one row is that row's: it is looked at again later, the others go on. Only when AutoInvoice itself seems to
be away the round stops early, and leaves its rows due.
"""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from portal import maventa
from portal.maventa import MaventaError, TemporaryError
from portal.operations import causes
from portal.partners import calls, clients
from portal.sync import cursors, paces
from portal.sync.cursors import Lease, LeaseLostError
from portal.sync.feeds import Look, Watch
from portal.sync.models import Cursor, RunState, SyncRun

logger = logging.getLogger(__name__)

_DEADLINES = 2  # of calls, after which no further look begins: the last one's calls are still within the lease


class Round:
    """The rows that were due, what was seen of them, and what went wrong."""

    def __init__(self, watch: Watch[Any, Any], cursor: Cursor, lease: Lease) -> None:
        self.watch, self.cursor, self.lease = watch, cursor, lease
        self.account = cursor.account
        self.records: list[maventa.CallRecord] = []
        self.looks: list[Look[Any, Any]] = []
        self.errors: list[tuple[Any, MaventaError]] = []
        self.broken: list[Any] = []  # rows on which our own code failed
        self.row = SyncRun(source=watch.name, account=self.account, lease=lease.token)
        self.parallel = min(watch.parallel, self.account.parallel_calls)

    def run(self) -> SyncRun | None:
        try:
            due = list(self.watch.due(self.account, self.watch.limit))
        except Exception as exc:
            logger.exception("watch %s could not read what is due", self.watch.name)
            return self._end_failed(type(exc).__name__)
        if not due:
            self._release(self.watch.every.total_seconds(), failures=0)
            return None
        self.row.save(force_insert=True)
        try:
            self._look_at(due)
            self._write()
            self._finish()
        except LeaseLostError:
            self._end(RunState.LOST, "")
        except Exception as exc:
            logger.exception("watch %s failed", self.watch.name)
            return self._end_failed(type(exc).__name__)
        return self.row

    def _look_at(self, due: list[Any]) -> None:
        self._began = time.monotonic()
        jobs = [(row, self._client(row)) for row in due]
        with ThreadPoolExecutor(min(self.parallel, len(jobs)), thread_name_prefix="watch") as pool:
            list(pool.map(self._look, jobs))

    def _client(self, row: Any) -> maventa.Client:
        return clients.for_account(self.account, company=self.watch.company_of(row), log=self.records.append)

    def _look(self, job: tuple[Any, maventa.Client]) -> None:
        row, client = job
        if self._is_away() or time.monotonic() - self._began > _DEADLINES * settings.CALL_DEADLINE:
            return
        at = timezone.now()
        try:
            self.looks.append(Look(row, self.watch.look(client, row), at))
        except MaventaError as exc:
            self.errors.append((row, exc))
        except Exception:
            logger.exception("watch %s failed on row %s", self.watch.name, row.pk)
            self.broken.append(row)

    def _is_away(self) -> bool:
        """Tell whether so many looks went unanswered that the others would only wait for nothing."""
        return sum(isinstance(error, TemporaryError) for _row, error in self.errors) >= self.parallel

    def _write(self) -> None:
        try:
            self._write_looks(self.looks)
        except LeaseLostError:
            raise
        except Exception:  # one row must not keep the others from being written
            logger.exception("watch %s could not write a round at once", self.watch.name)
            self._write_one_by_one()
        with transaction.atomic():
            self.lease.renew()
            rows = self._unhurried([row for row, _error in self.errors] + self.broken)
            for row, error in self.errors:
                self.watch.failed(self.account, row, error)
            for row in rows:
                setattr(row, self.watch.next_check_at, timezone.now() + self.watch.pause_after_error(row))
            self._save(rows)

    def _write_looks(self, looks: list[Look[Any, Any]]) -> None:
        if not looks:
            return
        cause = causes.of_watch(self.watch.name, self.row.pk, self.records)
        with transaction.atomic(), causes.gathered(), causes.told_by(cause):
            self.lease.renew()
            unhurried = self._unhurried([look.row for look in looks])
            changed = self.watch.write(self.account, looks)
            for look in looks:
                setattr(look.row, self.watch.next_check_at, self.watch.next_check(look))
            self._save(unhurried)
        self.row.updated += changed
        self.row.skipped += len(looks) - changed

    def _write_one_by_one(self) -> None:
        for look in self.looks:
            try:
                self._write_looks([look])
            except LeaseLostError:
                raise
            except Exception:
                logger.exception("watch %s could not write row %s", self.watch.name, look.row.pk)
                self.broken.append(look.row)

    def _unhurried(self, rows: list[Any]) -> list[Any]:
        """Lock the rows; return those that nobody wants looked at sooner since they were read (an event came)."""
        if not rows:
            return []
        name = self.watch.next_check_at
        stored: models.QuerySet[Any] = (
            models.QuerySet(type(rows[0])).filter(pk__in=[row.pk for row in rows]).order_by("pk")
        )
        present = dict(stored.select_for_update().values_list("pk", name))
        return [row for row in rows if present.get(row.pk) == getattr(row, name)]

    def _save(self, rows: list[Any]) -> None:
        if rows:
            models.QuerySet(type(rows[0])).bulk_update(rows, [self.watch.next_check_at])

    def _finish(self) -> None:
        self.row.seen, self.row.failed = len(self.looks), len(self.errors) + len(self.broken)
        error = self.errors[0][1].staff_text if self.errors else ("" if not self.broken else "see the log")
        if self._is_away():
            self._end_failed(error)
            return
        with transaction.atomic():
            self._end(RunState.DONE, error)
            self._release(0.0, failures=0)  # what became due meanwhile, or found no place, is looked at now

    def _end_failed(self, error: str) -> SyncRun:
        failures = self.cursor.failures + 1
        retry_after = max((getattr(exc, "retry_after", None) or 0.0 for _row, exc in self.errors), default=0.0)
        with transaction.atomic():
            self._end(RunState.FAILED, error)
            wait = paces.after_error(failures, every=self.watch.every, retry_after=retry_after)
            self._release(wait, failures=min(failures, 1000))
        return self.row

    def _end(self, state: RunState, error: str) -> None:
        self.row.state, self.row.error, self.row.ended_at = state, error[:500], timezone.now()
        self.row.calls, self.row.asking_ms = len(self.records), sum(record.ms for record in self.records)
        calls.store(self.account.pk, self.records)
        self.row.save()

    def _release(self, wait: float, **values: Any) -> None:
        cursors.release(self.lease, timezone.now() + timedelta(seconds=wait), **values)
