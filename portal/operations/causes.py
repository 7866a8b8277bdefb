"""
Who tells what is being written now, and rows that are written together when the telling ends.

Operations, deliveries and sync write mirror rows through the same functions. What those functions note down about a
change (what told it, for whom) is named here by whoever runs them, so that it need not go through every signature.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from portal.maventa.records import CallRecord
from portal.operations.models import Operation

OPERATION, DELIVERY, SYNC, STAFF = "operation", "delivery", "sync", "staff"
MOST_CALLS = 10  # of one operation that are named; the call log has all

Flush = Callable[[list[Any]], None]


@dataclass(frozen=True, slots=True)
class Cause:
    """
    What told a fact. `detail` gives what is kept with it, when that is wanted: JSON without secrets, for one subject
    (the AutoInvoice id of a company), since one cause may tell of many.
    """

    kind: str
    id: int | None = None
    actor_id: int | None = None
    detail: Callable[[str], dict[str, Any]] = lambda _subject: {}


_NOBODY = Cause("")
_cause: ContextVar[Cause] = ContextVar("cause", default=_NOBODY)
_each: ContextVar[dict[str, Cause] | None] = ContextVar("each", default=None)
_gathered: ContextVar[dict[Flush, list[Any]] | None] = ContextVar("gathered", default=None)


def current(subject: str = "") -> Cause:
    """
    Return what tells now; its kind is "" when nobody said.

    :param subject: AutoInvoice's id of a company, where many operations tell of a company each
    """
    return (_each.get() or {}).get(subject) or _cause.get()


@contextmanager
def told_by(cause: Cause) -> Iterator[None]:
    """Name the cause of what is written within."""
    before = _cause.set(cause)
    try:
        yield
    finally:
        _cause.reset(before)


@contextmanager
def told_by_each(causes: dict[str, Cause]) -> Iterator[None]:
    """Name the causes of what is written within, each by its subject; `is_about` adds those learnt on the way."""
    before = _each.set(causes)
    try:
        yield
    finally:
        _each.reset(before)


def is_about(subject: str, cause: Cause) -> None:
    """Say what tells of a subject that was not known before, such as a company that has just been registered."""
    each = _each.get()
    if each is not None:
        each[subject] = cause


def of_operation(operation: Operation, records: list[CallRecord], decided_by: Any = None) -> Cause:
    """Return an operation as a cause, with the calls that were made for it, or who said that it happened."""
    actor_id = decided_by.pk if decided_by is not None else operation.actor_id

    def detail(_subject: str) -> dict[str, Any]:
        return {
            "operation": str(operation.uuid),
            "what": operation.kind,
            "calls": list(map(_call, records[:MOST_CALLS])),
        }

    return Cause(OPERATION, operation.pk, actor_id, detail)


def of_watch(name: str, run_id: int, records: list[CallRecord]) -> Cause:
    """Return one round of a watch as a cause: each subject is told of by its own calls."""

    def detail(subject: str) -> dict[str, Any]:
        theirs = [record for record in records if subject in record.path or subject == str(record.company)]
        return {"watch": name, "run": run_id, "calls": list(map(_call, theirs[:MOST_CALLS]))}

    return Cause(SYNC, run_id, None, detail)


def _call(record: CallRecord) -> dict[str, Any]:
    return {
        "at": record.at.isoformat(),
        "call": f"{record.method} {record.path_template}",
        "status": record.status,
        "request_id": record.request_id,
    }


@contextmanager
def gathered() -> Iterator[None]:
    """Keep what is given to `at_end`, and write it when the block ends without an error. Inside one transaction."""
    if _gathered.get() is not None:
        yield
        return
    kept: dict[Flush, list[Any]] = {}
    before = _gathered.set(kept)
    try:
        yield
    finally:
        _gathered.reset(before)
    for flush, rows in kept.items():
        flush(rows)


def at_end(flush: Flush, rows: list[Any]) -> None:
    """Have `flush` called once with all rows that were given for it; at once, when nothing is gathered."""
    kept = _gathered.get()
    if kept is None:
        flush(rows)
    else:
        kept.setdefault(flush, []).extend(rows)
