"""What people decide about operations: try again, cancel, and what became of a named case."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.operations import causes, facts, outcomes, registry, targets, waking
from portal.operations.enums import OPEN_STATES, State
from portal.operations.handlers import NotQueueableError, Text
from portal.operations.models import Operation
from portal.writing import update_many

RETRYABLE = (State.REFUSED, State.FAILED, State.SKIPPED, State.CANCELED)
CANCELABLE = (State.WAITING, State.QUEUED)
DECIDED_FIELDS = (*outcomes.SETTLED_FIELDS, "history")
CHUNK = 500


@dataclass(slots=True)
class Decided:
    """What became of a decision about many operations."""

    changed: int = 0
    refused: list[tuple[Operation, Text]] = field(default_factory=list)


def retry(operation: Operation, actor: Any) -> None:
    """
    Queue an ended operation again, with fresh attempts.

    :raises NotQueueableError: a policy, or its state, says no
    """
    _one(retry_many, operation, actor)


def cancel(operation: Operation, actor: Any) -> None:
    """
    Cancel an operation that has not been sent.

    :raises NotQueueableError: it is too late for that
    """
    _one(cancel_many, operation, actor)


def it_happened(operation: Operation, actor: Any) -> None:
    """
    Settle a named case: a person found that it took effect.

    :raises NotQueueableError: it is no named case (any more)
    """
    _one(confirm_many, operation, actor)


def it_did_not_happen(operation: Operation, actor: Any) -> None:
    """
    Send a named case again: a person found that it took no effect.

    :raises NotQueueableError: it is no named case (any more)
    """
    _one(deny_many, operation, actor)


def _one(decide: Callable[[Iterable[int], Any], Decided], operation: Operation, actor: Any) -> None:
    decided = decide([operation.pk], actor)
    if decided.refused:
        raise NotQueueableError(decided.refused[0][1])
    operation.refresh_from_db()


def retry_many(ids: Iterable[int], actor: Any) -> Decided:
    """Queue many ended operations again, a few statements for each five hundred."""
    return _in_chunks(ids, lambda operation: _retried(operation, actor))


def cancel_many(ids: Iterable[int], actor: Any) -> Decided:
    """Cancel many operations that have not been sent."""

    def canceled(operation: Operation) -> Text:
        if operation.state not in CANCELABLE:
            return _("It has been sent already, or has ended.")
        operation.state, operation.settled_at = State.CANCELED, timezone.now()
        note(operation, "canceled", actor)
        return ""

    return _in_chunks(ids, canceled)


def confirm_many(ids: Iterable[int], actor: Any) -> Decided:
    """Settle named cases that did happen."""

    def confirmed(operation: Operation) -> Text:
        if not operation.named_case:
            return _("Nobody has to decide about this one.")
        with causes.told_by(causes.of_operation(operation, [], actor)):
            outcomes.done(operation, registry.get(operation.kind).on_confirmed(operation))
        note(operation, "happened", actor)
        return ""

    return _in_chunks(ids, confirmed)


def deny_many(ids: Iterable[int], actor: Any) -> Decided:
    """Send again named cases that did not happen."""

    def denied(operation: Operation) -> Text:
        if not operation.named_case:
            return _("Nobody has to decide about this one.")
        _renew(operation)
        note(operation, "did not happen", actor)
        return ""

    return _in_chunks(ids, denied)


def note(operation: Operation, what: str, actor: Any) -> None:
    """Remember on the operation who decided what."""
    by = actor.get_username() if actor is not None else ""
    operation.history = [*operation.history, {"at": timezone.now().isoformat(), "what": what, "by": by}]


def _retried(operation: Operation, actor: Any) -> Text:
    """Renew one operation in memory; return why not, else ""."""
    if operation.state not in RETRYABLE:
        return _("It has not ended, there is nothing to try again.")
    if not registry.knows(operation.kind) or operation.target is None:
        return _("What this was about is not there any more.")
    handler = registry.get(operation.kind)
    try:
        handler.check(operation.target, handler.parameters_of(operation))
    except NotQueueableError as exc:
        return exc.reason
    _renew(operation)
    note(operation, "tried again", actor)
    return ""


def _renew(operation: Operation) -> None:
    operation.attempts = operation.looks = 0
    operation.error_code = operation.error_text = operation.remedy = operation.remedy_by = operation.named_case = ""
    operation.error_details, operation.settled_at = [], None
    facts.place(operation)


def _in_chunks(ids: Iterable[int], decide: Callable[[Operation], Text]) -> Decided:
    decided, remaining = Decided(), iter(ids)
    while chunk := list(islice(remaining, CHUNK)):
        _decide_chunk(chunk, decide, decided)
    return decided


def _decide_chunk(ids: Sequence[int], decide: Callable[[Operation], Text], decided: Decided) -> None:
    """Decide about all of a chunk; if another worker opened a twin meanwhile, about each alone."""
    found = Decided()
    try:
        with transaction.atomic():
            _decide_together(ids, decide, found)
    except IntegrityError:
        if len(ids) > 1:
            for pk in ids:
                _decide_chunk([pk], decide, decided)
            return
        twin = Operation.objects.get(pk=ids[0])
        decided.refused.append((twin, _("This is under way already.")))
        return
    decided.changed += found.changed
    decided.refused += found.refused


def _decide_together(ids: Sequence[int], decide: Callable[[Operation], Text], found: Decided) -> None:
    twins = Operation.objects.filter(
        kind=OuterRef("kind"),
        target_type=OuterRef("target_type"),
        target_id=OuterRef("target_id"),
        fingerprint=OuterRef("fingerprint"),
        state__in=OPEN_STATES,
    ).exclude(pk=OuterRef("pk"))
    rows = (
        Operation.objects.filter(pk__in=ids).select_related("account").annotate(has_twin=Exists(twins)).order_by("pk")
    )
    operations = list(rows.select_for_update(of=("self",)))
    targets.load(operations)
    changed = [operation for operation in operations if not _refused(operation, decide, found)]
    update_many(changed, DECIDED_FIELDS)
    waiting = [operation for operation in changed if operation.state == State.WAITING]
    facts.note_waits({operation.pk: registry.get(operation.kind).missing(operation) for operation in waiting})
    facts.nudge(changed)
    for account_id in {operation.account_id for operation in changed if operation.state == State.QUEUED}:
        waking.wake(account_id)
    found.changed = len(changed)


def _refused(operation: Operation, decide: Callable[[Operation], Text], found: Decided) -> bool:
    has_twin = getattr(operation, "has_twin", False) and operation.state not in OPEN_STATES
    reason = _("This is under way already.") if has_twin else decide(operation)
    if reason:
        found.refused.append((operation, reason))
    return bool(reason)
