"""Resolving: looking up at AutoInvoice whether a call whose answer was lost took effect."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal import maventa
from portal.maventa.records import CallRecord
from portal.operations import causes, facts, outcomes, registry, sending, settling, targets
from portal.operations.claiming import IN_LINE, MARGIN, deadline_of
from portal.operations.enums import State
from portal.operations.handlers import CannotTell, Handler, NotQueueableError, Verdict
from portal.operations.models import Operation
from portal.partners import calls
from portal.partners.models import PartnerAccount
from portal.writing import update_many

logger = logging.getLogger("portal.operations")
CALLS = 2  # that a look-up mostly needs at most; one that takes longer may be made twice, which harms nobody
MOST_UNWRITTEN = 3  # look-ups whose finding our own code could not write


@dataclass(frozen=True, slots=True)
class Look:
    operation: Operation
    handler: Handler[Any, Any]
    verdict: Verdict[Any]
    records: list[CallRecord] = field(default_factory=list)


def resolve_due(account: PartnerAccount) -> int:
    """Look up what is UNKNOWN and due for the account, as much as may be asked at once; returns how many."""
    operations = _claim(account)
    targets.load(operations, account)
    prepared = [_prepare(operation) for operation in operations]
    for look in sending.pool(account).map(_look, prepared):
        _settle(account, look)
    return len(operations)


def _claim(account: PartnerAccount) -> list[Operation]:
    now = timezone.now()
    due = Operation.objects.filter(account=account, state=State.UNKNOWN, named_case="", not_before__lte=now)
    with transaction.atomic():
        locked = due.select_for_update(skip_locked=True, of=("self",)).select_related("attempt").order_by("not_before")
        operations = list(locked[: account.parallel_calls])
        for operation in operations:
            operation.looks, operation.not_before = operation.looks + 1, now + _lease(operation)
        update_many(operations, ("looks", "not_before"))
    return operations


def _lease(operation: Operation) -> timedelta:
    """Return how long other workers leave an operation alone: no longer, for this one may be killed meanwhile."""
    handler = registry.get(operation.kind) if registry.knows(operation.kind) else Handler[Any, Any]()
    return IN_LINE + timedelta(seconds=CALLS * deadline_of(handler) + MARGIN)


@dataclass(frozen=True, slots=True)
class _Prepared:
    operation: Operation
    handler: Handler[Any, Any]
    request: Any = None
    cannot: str = ""  # why it cannot be looked up now


def _prepare(operation: Operation) -> _Prepared:
    if not registry.knows(operation.kind):
        return _Prepared(operation, Handler(), cannot=_("The portal knows this kind of operation no more."))
    handler = registry.get(operation.kind)
    if operation.target is None:
        return _Prepared(operation, handler, cannot=_("What this was about is not there any more."))
    try:
        return _Prepared(operation, handler, handler.prepare([operation]))
    except NotQueueableError as exc:
        return _Prepared(operation, handler, cannot=str(exc.reason))
    except DatabaseError:
        raise
    except Exception as exc:
        logger.exception("looking up operation %d cannot be prepared", operation.pk)
        return _Prepared(operation, handler, cannot=type(exc).__name__)


def _look(prepared: _Prepared) -> Look:
    """Ask AutoInvoice; on a pool thread, never raises."""
    operation, handler = prepared.operation, prepared.handler
    if prepared.cannot:
        return Look(operation, handler, CannotTell(prepared.cannot))
    records: list[CallRecord] = []
    client_for = sending.calls_of(operation.account, operation.pk, handler, records)
    before = operation.attempt.before if operation.attempt else {}
    try:
        verdict = sending.without_database(
            lambda: handler.resolve(prepared.request, operation.uuid, client_for, before)
        )
    except maventa.MaventaError as exc:
        return Look(operation, handler, CannotTell(str(exc)), records)
    except Exception as exc:
        logger.exception("looking up operation %d failed in a way nobody foresaw", operation.pk)
        return Look(operation, handler, CannotTell(type(exc).__name__), records)
    return Look(operation, handler, verdict, records)


def _settle(account: PartnerAccount, look: Look) -> None:
    operation = look.operation
    try:
        with transaction.atomic(), causes.gathered(), facts.collected(account):
            calls.store(account.pk, look.records)
            if _unsettled(operation):
                with causes.told_by(causes.of_operation(operation, look.records)):
                    outcomes.judged(look.handler, operation, look.verdict)
                _write([operation])
    except settling.AWAY:
        raise
    except Exception as exc:
        logger.exception("operation %d was found but cannot be settled", operation.pk)
        _set_aside(look, exc)


def _unsettled(operation: Operation) -> bool:
    """Lock the row; false when a late answer or a person settled it while we looked."""
    row = Operation.objects.select_for_update().filter(pk=operation.pk, state=State.UNKNOWN, named_case="")
    return list(row.values_list("attempt_id", flat=True)) == [operation.attempt_id]


def _write(operations: Sequence[Operation]) -> None:
    update_many(operations, outcomes.SETTLED_FIELDS)
    facts.nudge(operations)


def _set_aside(look: Look, error: Exception) -> None:
    operation = Operation.objects.get(pk=look.operation.pk)
    looks = operation.looks
    with transaction.atomic():
        calls.store(operation.account_id, look.records)
        settling.unwritten(look.handler, operation, error)
        operation.looks = looks
        if looks >= MOST_UNWRITTEN:
            outcomes.name_case(look.handler, operation, _("It took effect, but the portal cannot write its answer."))
        else:
            operation.not_before = timezone.now() + timedelta(seconds=outcomes.LOOK_PAUSE * 2**looks)
        _write([operation])
