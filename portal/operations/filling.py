"""Filling: writing a started batch's operations in chunks, each exactly once however often the worker dies."""

from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils.translation import gettext as _

from portal.operations import chains, registry, waking
from portal.operations.enums import BatchState
from portal.operations.models import Batch
from portal.operations.queueing import Queued, Refusal, Row, queue_many

CHUNK = 500
EXAMPLES = 20  # skipped targets that are named for each reason


def fill(account_id: int) -> int:
    """Write what is left to write of the account's FILLING batches; returns the number of operations written."""
    written = 0
    filling = Batch.objects.filter(account=account_id, state=BatchState.FILLING).exclude(selection={})
    for batch_id in filling.values_list("pk", flat=True):
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
        ids = sorted(pk for pk in batch.selection["ids"] if pk > batch.cursor)[:CHUNK]
        if not ids:
            batch.state = BatchState.RUNNING
            batch.save(update_fields=["state"])
            return None
        queued = _queue(batch, targets_of(batch.selection["model"], ids))
        batch.cursor, batch.total = ids[-1], batch.total + len(queued.created)
        add_skipped(batch, queued.refused, [row.target for row in queued.duplicates])
        batch.save(update_fields=["cursor", "total", "skipped"])
        return len(queued.created)


def targets_of(model_label: str, ids: list[int]) -> list[models.Model]:
    """Return the rows of a model that are still there, in the order of their ids."""
    manager = apps.get_model(model_label)._default_manager  # noqa: SLF001  Django's documented name
    return list(manager.filter(pk__in=ids).order_by("pk"))


def _queue(batch: Batch, targets: list[models.Model]) -> Queued:
    chain = chains.get(batch.kind)
    if chain is not None:
        return chain.queue(batch, targets)
    if registry.get(batch.kind).related:
        models.prefetch_related_objects(targets, *registry.get(batch.kind).related)
    rows = [row_of(target, batch.parameters) for target in targets]
    return queue_many(batch.kind, rows, account=batch.account, actor=batch.actor, batch=batch)


def row_of(target: models.Model, parameters: Any) -> Row:
    """Return the row for a target. A model says by `operation_subject()` whose timeline its operations belong to."""
    subject = getattr(target, "operation_subject", None)
    return Row(target, parameters, **(subject() if subject else {}))


def add_skipped(batch: Batch, refused: list[Refusal], duplicates: list[models.Model]) -> None:
    """Count what was left out, by reason, with some examples."""
    by_reason = {(row["reason"], row["remedy"]): row for row in batch.skipped}
    for refusal in refused:
        _count(by_reason, str(refusal.reason), str(refusal.remedy), refusal.target)
    for target in duplicates:
        _count(by_reason, _("This is under way already."), "", target)
    batch.skipped = list(by_reason.values())


def _count(by_reason: dict[tuple[str, str], dict[str, Any]], reason: str, remedy: str, target: models.Model) -> None:
    row = by_reason.setdefault((reason, remedy), {"reason": reason, "remedy": remedy, "count": 0, "examples": []})
    row["count"] += 1
    if len(row["examples"]) < EXAMPLES:
        row["examples"].append(str(target))
