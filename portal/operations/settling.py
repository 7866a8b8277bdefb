"""Settling: operations, the mirror rows they changed, attempts and the call log, together in one transaction."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal import maventa
from portal.maventa.records import CallRecord
from portal.operations import causes, facts, outcomes, refusals
from portal.operations.enums import AttemptState, State
from portal.operations.handlers import Handler, Remedy
from portal.operations.models import Operation
from portal.operations.sending import Answer, NotSentError
from portal.partners import calls
from portal.partners.models import PartnerAccount
from portal.writing import update_many

logger = logging.getLogger("portal.operations")
AWAY = (OperationalError, InterfaceError)  # the database is gone or busy: the same settling works later


def settle(account: PartnerAccount, answers: Sequence[Answer]) -> None:
    """
    Write what came back. One member whose handler fails does not take the others along.

    :raises OperationalError, InterfaceError: the database is away; nothing was written, the caller may try again
    """
    records = list(chain.from_iterable(answer.records for answer in answers))
    try:
        _settle_together(account, answers, records)
    except AWAY:
        raise
    except Exception:
        logger.exception("settling %d calls failed, each is settled alone", len(answers))
        _settle_apart(account, answers, records)


def _settle_together(account: PartnerAccount, answers: Sequence[Answer], records: Iterable[CallRecord]) -> None:
    settled: list[Operation] = []
    with transaction.atomic(), causes.gathered(), facts.collected(account):
        ours = _still_ours(answers)
        good: dict[tuple[str, int], list[tuple[Operation, Answer]]] = defaultdict(list)
        turns: Counter[tuple[str, Any]] = Counter()
        for answer in answers:
            for operation in answer.members:
                if operation.pk in ours:
                    settled.append(operation)
                    if answer.error is None:
                        subject = _subject(operation, answer.dispatch.handler)
                        good[operation.kind, turns[subject]].append((operation, answer))
                        turns[subject] += 1
                    else:
                        answer.dispatch.attempt.state = _failed(answer, operation, answer.error)
        for answered in good.values():
            _apply(answered)
        update_many(settled, outcomes.SETTLED_FIELDS)
        refusals.count_unknown(settled)
        _end_attempts(answers)
        calls.store(account.pk, records)
        facts.nudge(settled)


def _still_ours(answers: Sequence[Answer]) -> set[int]:
    """
    Lock and return the operations whose current attempt is the one that was answered.

    A sweep may have called it UNKNOWN meanwhile; the answer is better. What a look-up has settled stays so.
    """
    attempts = {operation.pk: answer.dispatch.attempt.pk for answer in answers for operation in answer.members}
    rows = Operation.objects.select_for_update().filter(pk__in=attempts, state__in=(State.SENDING, State.UNKNOWN))
    held = {pk for pk, attempt in rows.order_by("pk").values_list("pk", "attempt_id") if attempt == attempts[pk]}
    if len(held) < len(attempts):
        logger.warning("%d answers came after their operations had been settled", len(attempts) - len(held))
    return held


def _failed(answer: Answer, operation: Operation, error: Exception) -> AttemptState:
    if isinstance(error, NotSentError):
        return outcomes.unsent(operation)
    return outcomes.failed(answer.dispatch.handler, operation, error, len(answer.dispatch.members))


def _subject(operation: Operation, handler: Handler[Any, Any]) -> tuple[str, Any]:
    """Return what must be settled in turns: acts of one kind on one company, unless each writes rows of its own."""
    is_apart = handler.is_apart or operation.company_uuid is None
    return operation.kind, operation.pk if is_apart else operation.company_uuid


def _apply(answered: Sequence[tuple[Operation, Answer]]) -> None:
    """Settle good answers to operations of one kind, none of which writes what another does."""
    handler = answered[0][1].dispatch.handler
    told: dict[str, causes.Cause] = {}
    for operation, answer in answered:
        cause = causes.of_operation(operation, answer.records)
        told |= {str(operation.uuid): cause, str(operation.company_uuid): cause}
    with causes.told_by_each(told):
        results = handler.settle_many([(operation, answer.sent) for operation, answer in answered])
    for (operation, answer), result in zip(answered, results, strict=True):
        outcomes.done(operation, result)
        answer.dispatch.attempt.state = AttemptState.ANSWERED


def _end_attempts(answers: Sequence[Answer]) -> None:
    for answer in answers:
        attempt = answer.dispatch.attempt
        attempt.ended_at = timezone.now()
        if attempt.state == AttemptState.SENDING:  # no member was ours any more
            attempt.state = AttemptState.LOST
        attempt.error = outcomes.describe(answer.error)[:500] if answer.error else ""
    update_many([answer.dispatch.attempt for answer in answers], ("state", "ended_at", "error"))


def _settle_apart(account: PartnerAccount, answers: Sequence[Answer], records: Sequence[CallRecord]) -> None:
    calls.store(account.pk, records)
    for answer in answers:
        for operation in answer.members:
            fresh = Operation.objects.get(pk=operation.pk)
            fresh.target, fresh.account, fresh.attempt = operation.target, operation.account, answer.dispatch.attempt
            alone = replace(answer, members=[fresh], records=[])
            try:
                _settle_together(account, [alone], [])
            except AWAY:
                raise
            except Exception as exc:
                logger.exception("operation %d cannot be settled", operation.pk)
                _set_aside(alone, exc)


def _set_aside(answer: Answer, error: Exception) -> None:
    """The call was answered but our own code cannot write it: keep the reason, look it up later, never send again."""
    operation = Operation.objects.get(pk=answer.members[0].pk)
    handler = answer.dispatch.handler
    with transaction.atomic():
        if isinstance(answer.error, maventa.RejectedError):
            code, text = answer.error.remote
            outcomes.end(operation, State.REFUSED, code, text, Remedy(answer.error.staff_text))
        else:
            unwritten(handler, operation, error)
        update_many([operation], outcomes.SETTLED_FIELDS)
        answer.dispatch.attempt.state = AttemptState.LOST
        _end_attempts([answer])


def unwritten(handler: Handler[Any, Any], operation: Operation, error: Exception) -> None:
    """Mark an operation whose effect is known to AutoInvoice but could not be written here."""
    outcomes.lost(handler, operation, _("The answer could not be written: %(error)s") % {"error": type(error).__name__})
    operation.error_code = "settle"
    operation.not_before = timezone.now()
