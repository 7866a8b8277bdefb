"""Queueing: the only way an operation comes into being."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any
from uuid import UUID

import msgspec
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.operations import facts, registry, waking
from portal.operations.enums import OPEN_STATES, State
from portal.operations.handlers import AlreadyQueuedError, Handler, NotQueueableError, Text
from portal.operations.models import Batch, Operation
from portal.partners.models import PartnerAccount
from portal.writing import create_many

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One operation to be queued."""

    target: models.Model
    parameters: Any  # the kind's struct, or the dict it is stored as
    company_uuid: UUID | None = None
    onboarding_id: int | None = None


def row_of(target: models.Model, parameters: Any) -> Row:
    """Return the row for a target. A model says by `operation_subject()` whose timeline its operations belong to."""
    subject = getattr(target, "operation_subject", None)
    return Row(target, parameters, **(subject() if subject else {}))


@dataclass(frozen=True, slots=True)
class Refusal:
    target: models.Model
    reason: Text
    remedy: Text


@dataclass(slots=True)
class Queued:
    """What became of many rows: each is in exactly one of the three."""

    created: list[Operation] = field(default_factory=list)
    duplicates: list[Row] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


def queue(
    kind: str,
    target: models.Model,
    parameters: Any = None,
    *,
    account: PartnerAccount,
    actor: Any = None,
    batch: Batch | None = None,
    company_uuid: UUID | None = None,
    onboarding_id: int | None = None,
) -> Operation:
    """
    Queue one act; the workers hear of it when the transaction is committed.

    :param company_uuid, onboarding_id: whose timeline it belongs to; given neither, the target says
    :raises NotQueueableError: a policy says no; nothing was written
    :raises AlreadyQueuedError: the same act is under way
    """
    row = row_of(target, parameters if parameters is not None else {})
    if company_uuid is not None or onboarding_id is not None:
        row = replace(row, company_uuid=company_uuid, onboarding_id=onboarding_id)
    queued = queue_many(kind, [row], account=account, actor=actor, batch=batch)
    if queued.refused:
        raise NotQueueableError(queued.refused[0].reason, queued.refused[0].remedy)
    if queued.duplicates:
        raise AlreadyQueuedError(_("This is under way already."), _twin(kind, row))
    return queued.created[0]


def queue_many(
    kind: str,
    rows: Iterable[Row],
    *,
    account: PartnerAccount,
    actor: Any = None,
    batch: Batch | None = None,
) -> Queued:
    """Queue many acts of one kind, five hundred with a few statements. Refused and double ones are reported."""
    queued, remaining = Queued(), iter(rows)
    handler = registry.get(kind)
    while chunk := list(islice(remaining, CHUNK)):
        with transaction.atomic():
            _queue_chunk(handler, chunk, queued, account=account, actor=actor, batch=batch)
    return queued


def _queue_chunk(handler: Handler[Any, Any], rows: Sequence[Row], queued: Queued, **common: Any) -> None:
    wanted: list[tuple[Row, Operation, set[str]]] = []
    for row in rows:
        try:
            operation = build(handler, row, **common)
        except NotQueueableError as exc:
            queued.refused.append(Refusal(row.target, exc.reason, exc.remedy))
        else:
            wanted.append((row, operation, facts.place(operation)))
    create_many([operation for _, operation, _ in wanted], known_by="uuid")  # the index decides the race of twins
    waits: dict[int, set[str]] = {}
    for row, operation, missing in wanted:
        if not operation.pk:
            queued.duplicates.append(row)
            continue
        queued.created.append(operation)
        if missing:
            waits[operation.pk] = missing
    facts.note_waits(waits)
    if any(operation.pk and operation.state == State.QUEUED for _, operation, _ in wanted):
        waking.wake(common["account"].pk)


def build(
    handler: Handler[Any, Any], row: Row, *, account: PartnerAccount, actor: Any = None, batch: Batch | None = None
) -> Operation:
    """
    Return an unsaved operation that the kind's policy allows.

    :raises NotQueueableError: the policy, or an account that is switched off, says no
    """
    if not account.is_active:
        raise NotQueueableError(_("The partner account is switched off."), _("Ask an administrator to switch it on."))
    parameters = msgspec.convert(row.parameters, handler.Parameters, from_attributes=True)
    handler.check(row.target, parameters)
    stored = msgspec.to_builtins(parameters)
    operation = Operation(
        kind=handler.kind,
        account=account,
        target_type=ContentType.objects.get_for_model(row.target),
        target_id=row.target.pk,
        company_uuid=row.company_uuid,
        onboarding_id=row.onboarding_id,
        parameters=stored,
        fingerprint=fingerprint(stored),
        actor=actor,
        batch=batch,
    )
    operation.target = row.target
    return operation


def fingerprint(parameters: dict[str, Any]) -> str:
    """Return what tells one act on a target from another: a digest of the parameters, whatever their order."""
    return hashlib.sha256(msgspec.json.encode(parameters, order="sorted")).hexdigest()


def _twin(kind: str, row: Row) -> int:
    """Return the id of the open operation that made `row` a duplicate; 0 when it has ended meanwhile."""
    parameters = msgspec.convert(row.parameters, registry.get(kind).Parameters, from_attributes=True)
    same = Q(kind=kind, target_type=ContentType.objects.get_for_model(row.target), target_id=row.target.pk)
    same &= Q(fingerprint=fingerprint(msgspec.to_builtins(parameters)), state__in=OPEN_STATES)
    return Operation.objects.filter(same).values_list("pk", flat=True).first() or 0
