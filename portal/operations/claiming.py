"""Claiming: which operations go next, and taking them so that no other worker sends them too."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, zip_longest
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from portal.operations import facts, registry, targets
from portal.operations.enums import LIVE_BATCH_STATES, State
from portal.operations.handlers import Handler, NotQueueableError
from portal.operations.models import Attempt, Batch, Operation
from portal.partners.models import PartnerAccount
from portal.writing import create_many, update_many

logger = logging.getLogger("portal.operations")
COMPANY = timedelta(seconds=2)  # how long a member of a group waits for others
IN_LINE = timedelta(seconds=3)  # how long a claimed call may wait for a free place
MARGIN = 5.0  # seconds between a call's own deadline and the time when its answer counts as lost
BATCHES_AT_ONCE = 8
MOST_MEMBERS = 500  # of groups, read at once
CLAIMED_FIELDS = ("state", "attempts", "attempt", "looks", "history", "not_before")
TURNED_BACK_FIELDS = ("state", "not_before", "group_key", "error_code", "error_text", "remedy", "settled_at")


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One call, ready to be sent: all that it needs has been read."""

    account: PartnerAccount
    handler: Handler[Any, Any]
    attempt: Attempt
    members: Sequence[Operation]
    request: Any


@dataclass(slots=True)
class Claimed:
    dispatches: list[Dispatch] = field(default_factory=list)
    turned_back: list[Operation] = field(default_factory=list)  # waiting again, skipped or refused by policy
    missing: dict[int, set[str]] = field(default_factory=dict)
    next_at: datetime | None = None  # when a group that waits for company will go


def claim(account: PartnerAccount, slots: int, turn: int = 0, ahead: int = 0) -> Claimed:
    """
    Take up to `slots` calls' worth of due operations for the caller alone.

    :param turn: grows with every call, so that batches take turns
    :param ahead: how many more to take that will stand in line. Only such as can be looked up: what is lost with a
        worker before it was begun must not need a person
    """
    claimed = Claimed()
    calls = list(_next_calls(account, slots + ahead, turn, claimed))
    calls = calls[:slots] + [members for members in calls[slots:] if _may_stand_in_line(members[0])]
    targets.load(list(chain.from_iterable(calls)), account)
    for members in calls:
        _prepare(account, members, claimed)
    if claimed.dispatches or claimed.turned_back:
        with transaction.atomic():
            _take(claimed)
    return claimed


def _may_stand_in_line(operation: Operation) -> bool:
    return registry.knows(operation.kind) and registry.get(operation.kind).resolvable


def _next_calls(account: PartnerAccount, slots: int, turn: int, claimed: Claimed) -> Iterable[list[Operation]]:
    """Choose calls: single operations first, then batches and groups in turns."""
    now = timezone.now()
    due = Operation.objects.filter(account=account, state=State.QUEUED, not_before__lte=now).order_by(
        "not_before", "id"
    )
    alone = due.filter(group_key="")
    singles = [[operation] for operation in alone.filter(batch=None)[:slots]]
    if len(singles) >= slots:
        return singles
    queues: list[list[list[Operation]]] = [_groups(due, slots, now, claimed)]
    batches = _batches_with_work(account, alone)
    if batches:
        start = turn % len(batches)
        chosen = (batches[start:] + batches[:start])[:BATCHES_AT_ONCE]
        queues += [[[operation] for operation in alone.filter(batch=batch)[:slots]] for batch in chosen]
    in_turns = chain.from_iterable(zip_longest(*queues))
    return [*singles, *(members for members in in_turns if members)][:slots]


def _batches_with_work(account: PartnerAccount, alone: QuerySet[Operation]) -> list[int]:
    live = Batch.objects.filter(account=account, state__in=LIVE_BATCH_STATES).order_by("id")
    return list(live.filter(Exists(alone.filter(batch=OuterRef("pk")).order_by())).values_list("pk", flat=True))


def _groups(due: QuerySet[Operation], slots: int, now: datetime, claimed: Claimed) -> list[list[Operation]]:
    """Return full groups, and those that have waited long enough or that nobody else will join."""
    groups: list[list[Operation]] = []
    may_grow = _Growth()
    for (kind, _key), members in _alike(due, slots).items():
        limit = registry.get(kind).group if registry.knows(kind) else 1
        for members_of_call in (members[at : at + limit] for at in range(0, len(members), limit)):
            since = members_of_call[0].not_before
            if len(members_of_call) == limit or now - since >= COMPANY or not may_grow(members_of_call[0]):
                groups.append(members_of_call)
            else:
                claimed.next_at = min(filter(None, (claimed.next_at, since + COMPANY)))
    return groups


def _alike(due: QuerySet[Operation], slots: int) -> dict[tuple[str, str], list[Operation]]:
    """Return members of groups by what they have in common: of as many groups, the oldest first, as there are slots."""
    live = due.exclude(group_key="").filter(Q(batch=None) | Q(batch__state__in=LIVE_BATCH_STATES))
    keys = live.order_by().values("kind", "group_key").annotate(since=Min("not_before")).order_by("since")
    found: dict[tuple[str, str], list[Operation]] = {(row["kind"], row["group_key"]): [] for row in keys[: 2 * slots]}
    if found:
        for operation in live.filter(group_key__in={key for _kind, key in found})[:MOST_MEMBERS]:
            if (operation.kind, operation.group_key) in found:
                found[operation.kind, operation.group_key].append(operation)
    return {key: members for key, members in found.items() if members}


class _Growth:
    """Whether others may still join a group, asked once for each kind and batch in a turn."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int | None], bool] = {}

    def __call__(self, operation: Operation) -> bool:
        alike = (operation.kind, operation.batch_id)
        if alike not in self._known:
            knows = registry.knows(operation.kind)
            self._known[alike] = knows and registry.get(operation.kind).predecessors(operation)
        return self._known[alike]


def _prepare(account: PartnerAccount, members: list[Operation], claimed: Claimed) -> None:
    """Ask again whether each member may go, and read what their call needs."""
    going = []
    for operation in members:
        key = operation.group_key
        missing = facts.place_again(operation)
        if operation.state == State.QUEUED:
            operation.group_key = key  # a member of a refused group goes alone
            going.append(operation)
        else:
            claimed.turned_back.append(operation)
            claimed.missing[operation.pk] = missing
    if not going:
        return
    handler = registry.get(going[0].kind)
    try:
        handler.recheck(going)
        request = handler.prepare(going)
        before = handler.before(request)
    except NotQueueableError as exc:
        for operation in going:
            refuse_by_policy(operation, exc)
        claimed.turned_back += going
        return
    except DatabaseError:
        raise
    except Exception as exc:
        logger.exception("%s cannot be prepared", handler.kind)
        for operation in going:
            facts.spoil(operation, exc)
        claimed.turned_back += going
        return
    claimed.dispatches.append(Dispatch(account, handler, _attempt(account, handler, before), going, request))


def refuse_by_policy(operation: Operation, error: NotQueueableError) -> None:
    operation.state, operation.settled_at = State.REFUSED, timezone.now()
    operation.error_code, operation.error_text, operation.remedy = "policy", str(error.reason), str(error.remedy)


def _attempt(account: PartnerAccount, handler: Handler[Any, Any], before: dict[str, Any]) -> Attempt:
    now = timezone.now()
    return Attempt(
        account=account,
        kind=handler.kind,
        before=before,
        started_at=now,
        deadline_at=now + IN_LINE + timedelta(seconds=deadline_of(handler) + MARGIN),
    )


def deadline_of(handler: Handler[Any, Any]) -> float:
    return handler.deadline if handler.deadline is not None else float(settings.CALL_DEADLINE)


def _take(claimed: Claimed) -> None:
    """Write the claim. What another worker took, or staff canceled, since we read it drops out."""
    wanted = list(claimed.turned_back)
    for dispatch in claimed.dispatches:
        wanted += dispatch.members
    ours = _still_queued(wanted)
    turned_back = [operation for operation in claimed.turned_back if operation.pk in ours]
    update_many(turned_back, TURNED_BACK_FIELDS)
    facts.note_waits({operation.pk: claimed.missing.get(operation.pk, set()) for operation in turned_back})
    facts.nudge(turned_back)
    claimed.turned_back = turned_back
    # A group that lost one member is chosen anew at the next turn: its request was prepared for all of them.
    claimed.dispatches = [d for d in claimed.dispatches if all(member.pk in ours for member in d.members)]
    create_many([dispatch.attempt for dispatch in claimed.dispatches])
    for dispatch in claimed.dispatches:
        for operation in dispatch.members:
            _mark(operation, dispatch.attempt)
    update_many(list(chain.from_iterable(d.members for d in claimed.dispatches)), CLAIMED_FIELDS)


def _still_queued(operations: Sequence[Operation]) -> set[int]:
    """Lock and return the ids of those whose row is as we read it. On SQLite the transaction itself is the lock."""
    read = {operation.pk: operation.attempts for operation in operations}
    rows = Operation.objects.select_for_update(skip_locked=True).filter(pk__in=read, state=State.QUEUED).order_by("pk")
    return {pk for pk, attempts in rows.values_list("pk", "attempts") if attempts == read[pk]}


def _mark(operation: Operation, attempt: Attempt) -> None:
    if operation.attempt_id is not None:
        operation.history = [*operation.history, {"what": "attempt", "attempt": operation.attempt_id}]
    operation.state, operation.attempt = State.SENDING, attempt
    operation.attempts, operation.looks = operation.attempts + 1, 0
