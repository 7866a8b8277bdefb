"""
The sweep: finds in the database what a lost message, a killed worker or a dead broker left behind.

Runs every few seconds, in any number of processes at once.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.operations import facts, outcomes, registry, waking
from portal.operations.enums import (
    DRAFT_STATES,
    LIVE_BATCH_STATES,
    OPEN_STATES,
    AttemptState,
    BatchState,
    State,
    Weight,
)
from portal.operations.models import Attempt, Batch, Operation
from portal.partners.models import PartnerAccount
from portal.writing import update_many

PAGE = 200
OVERDUE_FIELDS = ("state", "not_before", "error_text", "named_case", "remedy", "remedy_by", "looks")


def sweep() -> None:
    """Mend the rows, then send a message for each account that has work."""
    tidy()
    for account_id in filling_accounts():
        waking.send("operations.fill", account_id)
    for account_id in due_accounts(State.QUEUED):
        waking.send("operations.drain", account_id)
    for account_id in due_accounts(State.UNKNOWN):
        waking.send("operations.resolve", account_id)


def tidy() -> None:
    """Mend what can be mended without a call."""
    mark_overdue()
    reconsider_waiting()
    empty_canceled_batches()
    end_batches()
    drop_old_drafts()


def due_accounts(state: State) -> list[int]:
    """Return the accounts in which operations of a state can go on by themselves now."""
    due = Operation.objects.filter(account=OuterRef("pk"), state=state, named_case="", not_before__lte=timezone.now())
    if state == State.QUEUED:
        due = due.filter(Q(batch=None) | Q(batch__state__in=LIVE_BATCH_STATES))
    return list(PartnerAccount.objects.active().filter(Exists(due)).values_list("pk", flat=True))


def filling_accounts() -> list[int]:
    """Return the accounts in which a worker has a batch to fill or a preview to work out."""
    waiting = (BatchState.FILLING, BatchState.COUNTING)
    filling = Batch.objects.filter(state__in=waiting, account__is_active=True)
    return list(filling.values_list("account_id", flat=True).distinct())


def mark_overdue() -> int:
    """Attempts whose deadline has passed were lost with their worker: what they carried is UNKNOWN."""
    with transaction.atomic():
        overdue = Attempt.objects.filter(state=AttemptState.SENDING, deadline_at__lt=timezone.now())
        attempts = list(overdue.select_for_update(skip_locked=True).order_by("deadline_at")[:PAGE])
        if not attempts:
            return 0
        carried = Operation.objects.select_for_update().filter(attempt__in=attempts, state=State.SENDING)
        operations = list(carried.order_by("pk"))
        for operation in operations:
            _lose(operation)
        update_many(operations, OVERDUE_FIELDS)
        for attempt in attempts:
            attempt.state, attempt.ended_at, attempt.error = AttemptState.LOST, timezone.now(), "no answer was written"
        update_many(attempts, ("state", "ended_at", "error"))
    return len(operations)


def _lose(operation: Operation) -> None:
    if not registry.knows(operation.kind):
        operation.state, operation.named_case = State.UNKNOWN, _("The portal knows this kind of operation no more.")
        return
    handler = registry.get(operation.kind)
    if handler.weight == Weight.INWARD:
        operation.state, operation.not_before = State.QUEUED, timezone.now()
    else:
        outcomes.lost(handler, operation, _("The worker ended before the answer was written."))


def reconsider_waiting() -> int:
    """Ask a page of WAITING operations again; finds facts that came true while they were being queued."""
    with transaction.atomic():
        due = Operation.objects.filter(state=State.WAITING, not_before__lte=timezone.now(), account__is_active=True)
        ids = list(due.order_by("not_before").values_list("pk", flat=True)[:PAGE])
        return facts.reconsider(ids) if ids else 0


def empty_canceled_batches() -> None:
    """A call that was on its way when its batch was canceled may have come back as "try again": it does not."""
    unsent = Operation.objects.filter(state__in=(State.QUEUED, State.WAITING), batch__state=BatchState.CANCELED)
    ids = list(unsent.values_list("pk", flat=True)[:PAGE])
    if ids:
        again = Operation.objects.filter(pk__in=ids, state__in=(State.QUEUED, State.WAITING))
        again.update(state=State.CANCELED, settled_at=timezone.now())


def end_batches() -> None:
    """A running batch without an open operation is done."""
    still_open = Operation.objects.filter(batch=OuterRef("pk"), state__in=OPEN_STATES)
    ended = Batch.objects.filter(state=BatchState.RUNNING).exclude(Exists(still_open))
    settled_since = timezone.now() - timedelta(seconds=1)  # a batch that was started this moment may not be filled yet
    ended.filter(started_at__lt=settled_since).update(state=BatchState.DONE, ended_at=timezone.now())


def drop_old_drafts() -> None:
    """A preview that nobody started within a day is not wanted."""
    yesterday = timezone.now() - timedelta(days=1)
    Batch.objects.filter(state__in=DRAFT_STATES, created_at__lt=yesterday).delete()
