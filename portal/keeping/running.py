"""
The runs: begun by the clock, by staff or by a command, done by one worker at a time in small transactions.

What a chunk removed and how far it came are written together: a worker that is killed costs nothing, the next one goes
on behind the last chunk. Between chunks as much time is left to others as the chunk took.
"""

import time
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal import retention
from portal.keeping import files, leases, rules, walking
from portal.keeping.models import RetentionRun, RetentionStep, RunState

LEASE = timedelta(seconds=60)
_LONGEST_PAUSE = 0.5  # seconds


class AlreadyRunningError(Exception):
    """A run is under way; there is one at a time."""


def begin(
    *, is_trial: bool, by: Any = None, shown: RetentionRun | None = None, with_folders: bool = True
) -> RetentionRun:
    """
    Write a run with its steps; the workers take it up.

    :param shown: the trial that staff have seen: its moments hold, so that nothing goes that it did not count as old
    :param with_folders: walk over the file storage, too, which takes long where it holds millions
    :raises AlreadyRunningError: another one is under way
    """
    try:
        with transaction.atomic():
            run = RetentionRun.objects.create(is_trial=is_trial, started_by=by)
            RetentionStep.objects.bulk_create(_steps(run, shown, with_folders=with_folders))
    except IntegrityError:
        raise AlreadyRunningError from None
    return run


def _steps(run: RetentionRun, shown: RetentionRun | None, *, with_folders: bool) -> list[RetentionStep]:
    if shown is not None:
        return [
            RetentionStep(run=run, kind=step.kind, days=step.days, before=step.before) for step in shown.steps.all()
        ]
    now, known = run.started_at, rules.all_rules()
    steps = [
        RetentionStep(run=run, kind=name, days=rule.days, before=now - timedelta(days=rule.days))
        for name, rule in known.items()
        if rule.is_on
    ]
    young, folders = files.YOUNG, files.kinds() if with_folders else ()
    return [*steps, *(RetentionStep(run=run, kind=name, days=young.days, before=now - young) for name, _f in folders)]


def stop(run: RetentionRun) -> bool:
    """End a run before its time; what is gone is gone, nothing more goes. False: it has ended."""
    return bool(_running(run).update(state=RunState.STOPPED, ended_at=timezone.now()))


def live() -> RetentionRun | None:
    return RetentionRun.objects.filter(state=RunState.RUNNING).first()


def work(seconds: float) -> bool:
    """
    Go on with the run that is under way, for about so long; returns whether something is left to do.

    Harmless when called twice or by two workers: the one that holds the lease works.
    """
    run, lease = live(), uuid4()
    if run is None or not leases.take(_running(run), lease, LEASE):
        return False
    until = time.monotonic() + seconds
    try:
        finished = _work(run, lease, until)
    except leases.AWAY:
        raise
    except Exception as error:
        said = f"{type(error).__name__}: {error}"[:500]
        _running(run).filter(lease=lease).update(state=RunState.FAILED, error=said, ended_at=timezone.now())
        raise
    ended = {"state": RunState.DONE, "ended_at": timezone.now()} if finished else {}
    leases.hold(_running(run), lease, None, **ended)
    return not finished


def _running(run: RetentionRun) -> "QuerySet[RetentionRun]":
    return RetentionRun.objects.filter(pk=run.pk, state=RunState.RUNNING)


def _work(run: RetentionRun, lease: UUID, until: float) -> bool:
    """Return whether all steps have been walked to their end."""
    for step in run.steps.filter(ended_at=None):
        while step.ended_at is None:
            began = time.monotonic()
            if began >= until or not _chunk(run, step, lease):
                return False
            time.sleep(min(time.monotonic() - began, _LONGEST_PAUSE))
    if not run.is_trial:
        files.remove_left()
    return True


def _chunk(run: RetentionRun, step: RetentionStep, lease: UUID) -> bool:
    """Do the next part of a step; False: the run was stopped, or another worker has it."""
    kind, folder = retention.get(step.kind), dict(files.kinds()).get(step.kind)
    step.started_at = step.started_at or timezone.now()
    if kind is None:
        # Files are looked at and removed outside of a transaction: doing so twice does no harm.
        ended = folder is None or (_is_ours(run, lease) and files.take(step, folder, is_trial=run.is_trial))
        return _write(run, step, lease, ended=ended)
    with transaction.atomic():
        return _is_ours(run, lease) and _write(run, step, lease, ended=walking.take(step, kind, is_trial=run.is_trial))


def _is_ours(run: RetentionRun, lease: UUID) -> bool:
    return leases.hold(_running(run), lease, LEASE)


@transaction.atomic
def _write(run: RetentionRun, step: RetentionStep, lease: UUID, *, ended: bool) -> bool:
    if not _is_ours(run, lease):
        return False
    step.ended_at = timezone.now() if ended else None
    step.save()
    return True
