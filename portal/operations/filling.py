"""Filling: writing a started batch's operations in chunks, each exactly once however often the worker dies."""

import time
from collections.abc import Sequence
from typing import Any

import msgspec
from django.db import models, transaction
from django.utils.translation import gettext as _

from portal.operations import chains, planning, registry, selections, waking
from portal.operations.chains import Chain, Planned, Step
from portal.operations.enums import BatchState
from portal.operations.models import Batch
from portal.operations.queueing import Queued, fingerprint, queue_many, row_of

CHUNK = 500
LONGEST = 120.0  # seconds
EXAMPLES = 20  # skipped targets that are named for each reason
MOST_REASONS = 50  # that are told apart; some hold a name or an address, and each of these is one of its own


def fill(account_id: int) -> int:
    """
    Write what is left to write of the account's FILLING batches; returns the number of operations written.

    After a while another message goes on, so that no task outlives its limit.
    """
    written, until = 0, time.monotonic() + LONGEST
    filling = Batch.objects.filter(account=account_id, state=BatchState.FILLING).exclude(selection={})
    for batch_id in filling.values_list("pk", flat=True):
        while (count := _fill_chunk(batch_id)) is not None:
            written += count
            waking.send("operations.drain", account_id)
            if time.monotonic() > until:
                waking.send("operations.fill", account_id)
                return written
    return written


def _fill_chunk(batch_id: int) -> int | None:
    """Write one chunk and how far it went in the same transaction; None when there is nothing left."""
    with transaction.atomic():
        batch = Batch.objects.select_for_update(of=("self",)).select_related("account", "actor").get(pk=batch_id)
        if batch.state != BatchState.FILLING:
            return None
        ids = selections.after(batch, batch.cursor, CHUNK)
        if not ids:
            _finish(batch)
            return None
        targets = planning.read(batch, ids)
        created = _queue(batch, targets)
        there = {target.pk for target in targets}
        _leave_out(batch, [(pk, str(pk), str(planning.GONE), "") for pk in ids if pk not in there])
        batch.cursor, batch.total = ids[-1], batch.total + created
        batch.save(update_fields=["cursor", "total", "skipped"])
        return created


def _finish(batch: Batch) -> None:
    """What was queued has its operation now; what was left out stays, with its reason."""
    batch.targets.filter(left_out=None).delete()
    batch.state = BatchState.RUNNING
    batch.save(update_fields=["state"])


def _queue(batch: Batch, targets: Sequence[models.Model]) -> int:
    """Queue what the targets shall get and note who gets nothing; returns how many operations were written."""
    chain = chains.of(batch.kind)
    if chain.queue is not None:
        queued = chain.queue(batch, targets)
        refused = [_refused(refusal.target, refusal.reason, refusal.remedy) for refusal in queued.refused]
        doubled = [_refused(row.target, planning.UNDER_WAY) for row in queued.duplicates]
        _leave_out(batch, refused + doubled)
        return len(queued.created)
    return _queue_planned(batch, chain, targets)


Left = tuple[int, str, str, str]  # id and name of a target, why it gets nothing, and what to do


def _queue_planned(batch: Batch, chain: Chain, targets: Sequence[models.Model]) -> int:
    planned = planning.plan(chain, targets, batch.parameters)
    parts = [
        queue_many(
            kind,
            [row_of(step.about, step.parameters) for step in steps],
            account=batch.account,
            actor=batch.actor,
            batch=batch,
        )
        for kind, steps in planning.by_kind(planned).items()
    ]
    whole = chains.merged(parts)
    _leave_out(batch, _without_operation(planned, whole))
    return len(whole.created)


def _without_operation(planned: Sequence[Planned], queued: Queued) -> list[Left]:
    """Return the targets of which no step was queued, with the first reason of each."""
    reasons: dict[int, tuple[Any, Any]] = {id(row.target): (planning.UNDER_WAY, "") for row in queued.duplicates}
    reasons |= {id(refusal.target): (refusal.reason, refusal.remedy) for refusal in queued.refused}
    running = {(operation.kind, operation.target_id, operation.fingerprint) for operation in queued.created}
    left = []
    for row in planned:
        if any(_mark(step) in running for step in row.steps):
            continue
        why = next((reasons[id(step.about)] for step in row.steps if id(step.about) in reasons), None)
        left.append(_refused(row.target, *(why or (row.reason, row.remedy))))
    return left


def _mark(step: Step) -> tuple[str, int, str]:
    """Return what tells the operation of a step from others: two targets may lead to the same company."""
    parameters = msgspec.convert(step.parameters, registry.get(step.kind).Parameters, from_attributes=True)
    return step.kind, step.about.pk, fingerprint(msgspec.to_builtins(parameters))


def _refused(target: models.Model, reason: Any, remedy: Any = "") -> Left:
    return target.pk, str(target), str(reason), str(remedy)


def _leave_out(batch: Batch, left: Sequence[Left]) -> None:
    """Count what was left out by reason, with some examples, and mark each target with the place of its reason."""
    places: dict[int, list[int]] = {}
    for pk, name, reason, remedy in left:
        places.setdefault(_count(batch.skipped, name, reason, remedy), []).append(pk)
    for place, ids in places.items():
        batch.targets.filter(target_id__in=ids).update(left_out=place)


def _count(skipped: list[dict[str, Any]], name: str, reason: str, remedy: str) -> int:
    """Count one target in and return the place of its reason."""
    if len(skipped) >= MOST_REASONS - 1 and all((row["reason"], row["remedy"]) != (reason, remedy) for row in skipped):
        reason, remedy = _("Other reasons"), ""
    place = next((n for n, row in enumerate(skipped) if (row["reason"], row["remedy"]) == (reason, remedy)), None)
    if place is None:
        place = len(skipped)
        skipped.append({"reason": reason, "remedy": remedy, "count": 0, "examples": []})
    skipped[place]["count"] += 1
    if len(skipped[place]["examples"]) < EXAMPLES:
        skipped[place]["examples"].append(name)
    return place
