"""Batches: what staff start for many targets at once, from the preview to the last row."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
from django.db import models, transaction
from django.db.models import Count, Q
from django.utils import timezone

from portal.operations import decisions, waking
from portal.operations.enums import DRAFT_STATES, OPEN_STATES, BatchState, State
from portal.operations.models import Batch, BatchTarget, Operation
from portal.partners.models import PartnerAccount

RATE_WINDOW = timedelta(seconds=30)
CHUNK = 500
DECIDED_AT_ONCE = 500  # operations that the browser waits for
TROUBLED = (State.REFUSED, State.FAILED)


def create_batch(
    kind: str,
    model: type[models.Model],
    ids: Iterable[int],
    *,
    account: PartnerAccount,
    actor: Any,
    label: str,
    parameters: Any = None,
) -> Batch:
    """
    Write a DRAFT of a batch of one kind, or of a registered chain, for the targets with these ids.

    Nothing is queued until `start`; the operations are then written by a worker, in chunks.
    """
    targets = sorted(set(ids))
    selection = {"model": model._meta.label_lower, "count": len(targets), "taken": True}
    stored = msgspec.to_builtins(parameters if parameters is not None else {})
    with transaction.atomic():
        batch = Batch.objects.create(
            kind=kind, account=account, actor=actor, label=label[:200], selection=selection, parameters=stored
        )
        BatchTarget.objects.bulk_create([BatchTarget(batch=batch, target_id=pk) for pk in targets], batch_size=CHUNK)
    return batch


def count_again(batch: Batch) -> None:
    """Have a worker work out the preview of a draft."""
    with transaction.atomic():
        if _move(batch, (BatchState.DRAFT, BatchState.COUNTING), BatchState.COUNTING, preview={}):
            account_id = batch.account_id
            transaction.on_commit(lambda: waking.send("operations.fill", account_id))


def start(batch: Batch) -> None:
    """Begin: a worker writes the operations and sends them meanwhile. A second start changes nothing."""
    _move(batch, (BatchState.DRAFT,), BatchState.FILLING, started_at=timezone.now())
    account_id = batch.account_id
    transaction.on_commit(lambda: waking.send("operations.fill", account_id))


def pause(batch: Batch) -> None:
    """Send no more of it; what is on its way comes back."""
    _move(batch, (BatchState.RUNNING,), BatchState.PAUSED)


def resume(batch: Batch) -> None:
    """Go on with a paused batch."""
    if _move(batch, (BatchState.PAUSED,), BatchState.RUNNING):
        waking.wake(batch.account_id)


def cancel(batch: Batch, actor: Any) -> int:
    """
    Cancel what has not been sent; returns how many at once, a worker goes on with the rest.

    What is on its way comes back; nothing more of the batch is sent from now on.
    """
    live = (*DRAFT_STATES, BatchState.FILLING, BatchState.RUNNING, BatchState.PAUSED)
    with transaction.atomic():
        if not _move(batch, live, BatchState.CANCELED, ended_at=timezone.now()):
            return 0
        return _decide(batch, "cancel", actor, decisions.cancel_many).changed


def retry_failed(batch: Batch, actor: Any) -> decisions.Decided:
    """Try the rows again that were refused or failed; a worker goes on with the rest of very many."""
    with transaction.atomic():
        decided = _decide(batch, "retry", actor, decisions.retry_many)
        if decided.changed:
            reopen(batch)
    return decided


def reopen(batch: Batch) -> None:
    """Let an ended batch run on: rows of it are open again."""
    _move(batch, (BatchState.DONE, BatchState.CANCELED), BatchState.RUNNING, ended_at=None)


def decidable(batch: Batch, verb: str) -> models.QuerySet[Operation]:
    """Return the rows of a batch that a decision about all of it is about."""
    states = {"cancel": decisions.CANCELABLE, "retry": TROUBLED}
    return batch.operations.filter(state__in=states[verb])


def _decide(
    batch: Batch, verb: str, actor: Any, decide: Callable[[Sequence[int], Any], decisions.Decided]
) -> decisions.Decided:
    ids = list(decidable(batch, verb).order_by("pk").values_list("pk", flat=True)[: DECIDED_AT_ONCE + 1])
    first, rest = ids[:DECIDED_AT_ONCE], ids[DECIDED_AT_ONCE:]
    decided = decide(first, actor)
    if rest:
        batch_id, actor_id = batch.pk, actor.pk if actor else None
        transaction.on_commit(lambda: waking.send("operations.decide_batch", batch_id, actor_id, first[-1], verb))
    return decided


def _move(batch: Batch, of: Sequence[BatchState], to: BatchState, **fields: Any) -> bool:
    """Change the state if it is one of `of`, whoever else is at it."""
    moved = Batch.objects.filter(pk=batch.pk, state__in=of).update(state=to, **fields)
    if moved:
        batch.state = to
        for name, value in fields.items():
            setattr(batch, name, value)
    return bool(moved)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is. `seconds_left`: None when nobody can say."""

    state: BatchState
    counts: dict[State, int]
    total: int  # operations expected, as far as known
    ended: int
    per_second: float
    seconds_left: int | None

    @property
    def percent(self) -> int:
        return 100 if not self.total else math.floor(100 * self.ended / self.total)

    @property
    def troubled(self) -> int:
        return sum(self.counts.get(state, 0) for state in TROUBLED)


def progress(batch: Batch) -> Progress:
    """Count a batch's operations by state, in one statement."""
    since = timezone.now() - RATE_WINDOW
    rows = batch.operations.order_by().values("state")
    counted = list(rows.annotate(n=Count("pk"), recent=Count("pk", filter=Q(settled_at__gte=since))))
    counts = {State(row["state"]): row["n"] for row in counted}
    written, still_open = sum(counts.values()), sum(counts.get(state, 0) for state in OPEN_STATES)
    per_second = sum(row["recent"] for row in counted) / _window(batch)
    moving = still_open - counts.get(State.WAITING, 0)
    left = math.ceil(moving / per_second) if per_second and moving else None
    return Progress(BatchState(batch.state), counts, written, written - still_open, round(per_second, 1), left)


def _window(batch: Batch) -> float:
    """Return the seconds over which the rate is measured: since the start, at most the window."""
    since = timezone.now() - batch.started_at if batch.started_at else RATE_WINDOW
    return max(min(since, RATE_WINDOW).total_seconds(), 1.0)


# Failures first, then what is under way, then what is done.
RANKS: tuple[tuple[State, ...], ...] = (
    (State.REFUSED, State.FAILED, State.UNKNOWN),
    (State.SENDING, State.QUEUED, State.WAITING),
    (State.DONE, State.SKIPPED, State.CANCELED),
)


def rows(batch: Batch, after: str = "", size: int = 50) -> tuple[list[Operation], str]:
    """
    Return one page of a batch's operations, failures first, and the key of the next page ("": it was the last).

    :param after: the key that the page before gave
    """
    rank, last = _key(after)
    page: list[Operation] = []
    for number in range(rank, len(RANKS)):
        beyond = last if number == rank else 0
        of_rank = batch.operations.filter(state__in=RANKS[number], pk__gt=beyond).order_by("pk")
        page += of_rank.prefetch_related("target")[: size + 1 - len(page)]
        if len(page) > size:
            end = page[size - 1]
            return page[:size], f"{_rank_of(end)}-{end.pk}"
    return page, ""


def all_rows(batch: Batch) -> Iterator[Operation]:
    """Yield all operations of a batch, failures first, a page at a time."""
    after = ""
    while True:
        page, after = rows(batch, after, size=CHUNK)
        yield from page
        if not after:
            return


def _key(after: str) -> tuple[int, int]:
    rank, _dash, last = after.partition("-")
    return (int(rank), int(last)) if rank.isdecimal() and last.isdecimal() else (0, 0)


def _rank_of(operation: Operation) -> int:
    return next(number for number, states in enumerate(RANKS) if operation.state in states)
