"""Filling: writing a started batch's operations in chunks, each exactly once however often the worker dies."""

from typing import Any

from django.apps import apps
from django.db import models, transaction

from portal.operations import waking
from portal.operations.enums import BatchState
from portal.operations.models import Batch
from portal.operations.queueing import Refusal, Row, queue_many

CHUNK = 500


def fill(account_id: int) -> int:
    """Write what is left to write of the account's FILLING batches; returns the number of operations written."""
    written = 0
    for batch_id in Batch.objects.filter(account=account_id, state=BatchState.FILLING).values_list("pk", flat=True):
        while (count := _fill_chunk(batch_id)) is not None:
            written += count
            waking.send("operations.drain", account_id)
    return written


def _fill_chunk(batch_id: int) -> int | None:
    """Write one chunk and how far it went in the same transaction; None when there is nothing left."""
    with transaction.atomic():
        batch = Batch.objects.select_for_update(of=("self",)).select_related("account", "actor").get(pk=batch_id)
        if batch.state != BatchState.FILLING:
            return None
        chunk = targets_after(batch)
        if not chunk:
            batch.state = BatchState.RUNNING
            batch.save(update_fields=["state"])
            return None
        rows = [row_of(target, batch.parameters) for target in chunk]
        queued = queue_many(batch.kind, rows, account=batch.account, actor=batch.actor, batch=batch)
        batch.cursor, batch.total = chunk[-1].pk, batch.total + len(queued.created)
        add_skipped(batch, queued.refused, len(queued.duplicates))
        batch.save(update_fields=["cursor", "total", "skipped"])
        return len(queued.created)


def targets_after(batch: Batch, limit: int = CHUNK) -> list[models.Model]:
    """Return the next targets of the batch's selection, in the order of their ids."""
    model = apps.get_model(batch.selection["model"])
    ids = sorted(pk for pk in batch.selection["ids"] if pk > batch.cursor)[:limit]
    return list(model._default_manager.filter(pk__in=ids).order_by("pk")) if ids else []  # noqa: SLF001  Django's documented name


def row_of(target: models.Model, parameters: dict[str, Any]) -> Row:
    """Return the row for a target; a model says by `operation_subject()` whose timeline it belongs to."""
    subject = getattr(target, "operation_subject", None)
    return Row(target, parameters, **(subject() if subject else {}))


def add_skipped(batch: Batch, refused: list[Refusal], duplicates: int) -> None:
    """Count what was left out, by reason."""
    by_reason = {(row["reason"], row["remedy"]): row for row in batch.skipped}
    for refusal in refused:
        _count(by_reason, str(refusal.reason), str(refusal.remedy), 1)
    if duplicates:
        _count(by_reason, "This is under way already.", "", duplicates)
    batch.skipped = list(by_reason.values())


def _count(by_reason: dict[tuple[str, str], dict[str, Any]], reason: str, remedy: str, count: int) -> None:
    row = by_reason.setdefault((reason, remedy), {"reason": reason, "remedy": remedy, "count": 0})
    row["count"] += count
