"""
Planning a file in the background, chunk by chunk: what was planned stays when the worker dies; the rest is taken up.

One worker has a file at a time, by a lease in its row that runs out by itself.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from companies.enums import ImportState
from companies.models import ImportFile, ImportRow
from companies.planning import asking, whole
from companies.planning.asking import Asker
from companies.planning.predicting import Planned, predict
from portal.operations import waking
from portal.writing import update_many

CHUNK = 500
LEASE = timedelta(seconds=60)
_RENEW_BEFORE = timedelta(seconds=40)
LONGEST = 60.0  # seconds; then another message goes on, so that one file holds no worker for ever
TASK = "companies.work_files"


def start_planning(file: ImportFile, *, asks: bool = True) -> bool:
    """
    Have the rows that are not planned yet planned in the background; False: it is under way, or carried out.

    :param asks: AutoInvoice is asked what is free; without, the plan says that nobody asked
    """
    ready = ImportFile.objects.filter(pk=file.pk, state__in=(ImportState.MAPPED, ImportState.PLANNED))
    plan = file.plan | {"asks": asks}
    if not ready.update(state=ImportState.PLANNING, plan=plan, leased_until=None, updated_at=timezone.now()):
        return False
    file.state, file.plan = ImportState.PLANNING, plan
    wake(file.account_id)
    return True


def plan_again(file: ImportFile, *, asks: bool = True) -> bool:
    """Plan all rows anew, for the world has moved on since; False: it is under way, or carried out."""
    with transaction.atomic():
        file.plan = {}
        if not start_planning(file, asks=asks):
            return False
        file.rows.update(outcome="", prediction={})
    return True


def wake(account_id: int) -> None:
    """Tell the workers, once the transaction is committed, that a file of the account is to be worked on."""
    transaction.on_commit(lambda: waking.send(TASK, account_id))


class Lease:
    """The right to work on a file."""

    def __init__(self, file_id: int, until: Any) -> None:
        self._file_id, self._until = file_id, until

    def renew(self) -> None:
        """Keep it for another while; costs a statement every twenty seconds at most."""
        if self._until - timezone.now() < _RENEW_BEFORE:
            self._until = timezone.now() + LEASE
            ImportFile.objects.filter(pk=self._file_id).update(leased_until=self._until)


@contextmanager
def lease(file_id: int) -> Iterator[Lease | None]:
    """Take a file for this worker; None: another has it."""
    now = timezone.now()
    until = now + LEASE
    free = ImportFile.objects.filter(Q(leased_until=None) | Q(leased_until__lt=now), pk=file_id)
    if not free.update(leased_until=until):
        yield None
        return
    yield Lease(file_id, until)
    # Not reached after an error: the file is tried again when the lease has run out, not at once and for ever.
    ImportFile.objects.filter(pk=file_id).update(leased_until=None)


def plan(file: ImportFile, held: Lease, *, longest: float = LONGEST) -> bool:
    """
    Plan what is not planned yet; False: the time was up, the rest comes with the next call.

    :param longest: seconds
    """
    until, asks = time.monotonic() + longest, bool(file.plan.get("asks", True))
    asker = Asker(file.account, held.renew)
    size = _chunk_size(file) if asks else CHUNK
    while rows := _unplanned(file, size):
        if time.monotonic() > until:
            return False
        planned = predict(file.account, rows)
        if asks:
            asker.ask(planned)
        else:
            asking.leave_unasked(planned)
        _store(file, planned, asker)
        held.renew()
    _finish(file)
    return True


def _chunk_size(file: ImportFile) -> int:
    """Return how many rows are asked for in some twenty seconds: what a dying worker loses at most."""
    return max(min(int(whole.pace(file.account) * 20), CHUNK), 20)


def _store(file: ImportFile, planned: Sequence[Planned], asker: Asker) -> None:
    for line in planned:
        line.row.outcome, line.row.prediction = line.outcome.value, line.stored()
    with transaction.atomic():
        update_many([line.row for line in planned], ("outcome", "prediction"))
        whole.add_asked(file, asker.asked.items())
        ImportFile.objects.filter(pk=file.pk).update(plan=file.plan)
    asker.asked.clear()


def _unplanned(file: ImportFile, size: int) -> list[ImportRow]:
    rows = file.rows.filter(outcome="").defer("errors", "notes", "prediction", "result", "reason", "name")
    return list(rows.order_by("number")[:size])


def _finish(file: ImportFile) -> None:
    kept = {name: file.plan[name] for name in ("asks", "asked") if name in file.plan}
    file.plan = whole.of(file) | kept | {"planned_at": timezone.now().isoformat()}
    planning = ImportFile.objects.filter(pk=file.pk, state=ImportState.PLANNING)
    if planning.update(plan=file.plan, state=ImportState.PLANNED, updated_at=timezone.now()):
        file.state = ImportState.PLANNED


def progress(file: ImportFile) -> tuple[int, int]:
    """Return how many rows are planned, of how many."""
    total = file.rows.count()
    return total - file.rows.filter(outcome="").count(), total
