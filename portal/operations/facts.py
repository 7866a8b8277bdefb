"""
Facts that operations wait for, as data.

Whoever writes a row that makes a fact true (or impossible) announces it in the same transaction. What waits for it is
asked again what it still misses, and queued, left waiting, or skipped.
"""

import logging
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.operations import registry, targets, waking
from portal.operations.enums import State
from portal.operations.handlers import Handler, WillNotHappenError
from portal.operations.models import Operation, Wait
from portal.partners.models import PartnerAccount
from portal.writing import insert_many, update_many

RELEASED_FIELDS = ("state", "not_before", "group_key", "error_code", "error_text", "remedy", "settled_at")
BAD_ENDS = (State.REFUSED, State.FAILED, State.SKIPPED, State.CANCELED)
_here = threading.local()
logger = logging.getLogger("portal.operations")


def key(name: str, subject: Any) -> str:
    """Return a fact's key, such as `company.verified:<uuid>`."""
    return f"{name}:{subject}"


def announce(name: str, subject: Any) -> None:
    """Say, inside the transaction that wrote the row, that a fact may have become true or impossible."""
    announce_many([key(name, subject)])


def announce_many(keys: Iterable[str]) -> None:
    """Announce many facts (as keys) with few statements."""
    collected = getattr(_here, "collected", None)
    if collected is not None:
        collected.update(dict.fromkeys(keys))
        return
    with transaction.atomic():
        _release(list(keys))


@contextmanager
def collected(account: PartnerAccount) -> Iterator[None]:
    """Gather what is announced within for one account, and look it up once at the end. Inside one transaction."""
    _here.collected = {}
    try:
        yield
        keys = list(_here.collected)
    finally:
        _here.collected = None
    _release(keys, account)


def _release(keys: Sequence[str], account: PartnerAccount | None = None) -> None:
    ids = set(Wait.objects.filter(fact__in=keys).values_list("operation_id", flat=True)) if keys else set()
    if ids:
        reconsider(ids, account)


def reconsider(ids: Iterable[int], account: PartnerAccount | None = None) -> int:
    """
    Ask WAITING operations again what they miss; returns how many moved. Inside a transaction.

    :param account: whose they probably are; reading it again means decrypting its keys
    """
    waiting = Operation.objects.filter(pk__in=ids, state=State.WAITING).order_by("pk")
    operations = list(waiting.select_for_update())
    targets.load(operations, account)
    missing = {operation.pk: place_again(operation) for operation in operations}
    update_many(operations, RELEASED_FIELDS)
    note_waits(missing)
    nudge(operations)
    moved = [operation for operation in operations if operation.state != State.WAITING]
    for account_id in {operation.account_id for operation in moved if operation.state == State.QUEUED}:
        waking.wake(account_id)
    return len(moved)


def place_again(operation: Operation) -> set[str]:
    """Do as `place`, for a stored operation: a mistake in its handler ends it, so that it stands in nobody's way."""
    try:
        return place(operation)
    except DatabaseError:
        raise
    except Exception as exc:
        logger.exception("operation %d cannot be asked what it misses", operation.pk)
        spoil(operation, exc)
        return set()


def spoil(operation: Operation, error: Exception) -> None:
    """End an operation that our own code cannot prepare; it was not sent."""
    operation.state, operation.settled_at = State.FAILED, timezone.now()
    operation.error_code, operation.error_text = "portal", type(error).__name__
    operation.remedy = str(_("A mistake in the portal. Nothing was sent; tell its makers."))


def place(operation: Operation) -> set[str]:
    """Set the state of a not yet sent operation from what it misses, and return that. Writes nothing."""
    now = timezone.now()
    if not registry.knows(operation.kind) or operation.target is None:
        _skip(operation, "gone", _("What this was about is not there any more."))
        return set()
    handler: Handler[Any, Any] = registry.get(operation.kind)
    try:
        missing = handler.missing(operation)
    except WillNotHappenError as exc:
        _skip(operation, "skipped", str(exc.reason))
        return set()
    if missing:
        operation.state, operation.not_before = State.WAITING, now + _gap(operation)
    else:
        operation.state, operation.not_before = State.QUEUED, now
        operation.group_key = handler.group_key(operation) if handler.group > 1 else ""
    return missing


def _gap(operation: Operation) -> timedelta:
    """How long until an operation that waits is looked at without an announcement: a tenth of its age."""
    age = timezone.now() - operation.created_at
    return min(max(age / 10, timedelta(seconds=30)), timedelta(minutes=30))


def _skip(operation: Operation, code: str, text: str) -> None:
    operation.state, operation.settled_at = State.SKIPPED, timezone.now()
    operation.error_code, operation.error_text = code, text


def note_waits(missing: dict[int, set[str]]) -> None:
    """Make the Wait rows of operations (by id) exactly the facts they miss."""
    if not missing:
        return
    free = [pk for pk, lacking in missing.items() if not lacking]
    if free:
        Wait.objects.filter(operation__in=free).delete()
    missing = {pk: lacking for pk, lacking in missing.items() if lacking}
    if not missing:
        return
    stored: dict[int, set[str]] = defaultdict(set)
    over: list[int] = []
    for pk, operation_id, fact in Wait.objects.filter(operation__in=missing).values_list("pk", "operation_id", "fact"):
        stored[operation_id].add(fact)
        if fact not in missing[operation_id]:
            over.append(pk)
    Wait.objects.filter(pk__in=over).delete()
    wanted = [Wait(operation_id=pk, fact=fact) for pk, lacking in missing.items() for fact in lacking - stored[pk]]
    insert_many(wanted, known_too=True)


def nudge(settled: Iterable[Operation]) -> None:
    """What waits in the same chain as an operation that ended badly is asked soon whether it can still happen."""
    ended = [operation for operation in settled if operation.state in BAD_ENDS]
    onboardings = {operation.onboarding_id for operation in ended} - {None}
    companies = {operation.company_uuid for operation in ended} - {None}
    waiting = Operation.objects.filter(state=State.WAITING)
    if onboardings:
        waiting.filter(onboarding_id__in=onboardings).update(not_before=timezone.now())
    if companies:
        waiting.filter(company_uuid__in=companies).update(not_before=timezone.now())
