"""The Receivables API: assignments, their events, and what companies add to them."""

import sqlite3
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from portal.sandbox import schemas
from portal.sandbox.api import companies
from portal.sandbox.call import Answer, Call, Refusal, page_of, simulates, slice_of
from portal.sandbox.clock import stamp
from portal.sandbox.collection import course, rows, threads
from portal.sandbox.collection.rows import CLOSED, COMPANY, OPEN
from portal.sandbox.world import World

DUE_SOON_DAYS = 7
_ROPO_TAKES = ("paid", "credit_note")
_NEEDED = {
    "paid": ("amount", "payment_date"),
    "credit_note": ("amount", "credit_note_id"),
    "due_date_change": ("due_date",),
    "collection_hold": ("hold_until",),
    "cancel": ("text",),
    "comment": ("text",),
}
# A filter of the list: the query's name, the column, how they compare.
_FILTERS = (
    ("collection_status", "stage", "="),
    ("invoice_id", "invoice_id", "="),
    ("invoice_number", "invoice_number", "="),
    ("created_at_start", "created_at", ">="),
    ("created_at_end", "created_at", "<="),
    ("closed_at_start", "closed_at", ">="),
    ("closed_at_end", "closed_at", "<="),
    ("due_date_start", "due_date", ">="),
    ("due_date_end", "due_date", "<="),
)


def subject_of(db: sqlite3.Connection, company_id: str, assignment_id: str) -> str | None:
    """What a message thread about an assignment is called."""
    row = rows.get(db, assignment_id, company_id)
    return f"Invoice {row['invoice_number']}" if row else None


threads.CASES.append(subject_of)


@simulates("getV1Assignments")
def list_assignments(call: Call) -> Answer:
    """Open ones unless `status` says otherwise, newest first."""
    where, values = ["company_id = ?"], [companies.of(call).id]
    for name, column, comparison in _FILTERS:
        if name in call.params:
            where.append(f"{column} {comparison} ?")
            values.append(_stored(call.params[name]))
    wanted = call.params.get("status") or [OPEN]
    where.append(f"status in ({', '.join('?' * len(wanted))})")
    values += wanted
    for name, word in (("debtor_name", "name"), ("debtor_bid", "bid")):
        if call.params.get(name):
            where.append(f"instr(lower(coalesce(json_extract(debtor, '$.{word}'), '')), lower(?)) > 0")
            values.append(call.params[name])
    return _page(call, "assignments", where, values, lambda found: _with_events(call.world.db, found))


@simulates("getV1AssignmentsOverview")
def overview(call: Call) -> Answer:
    today = call.world.day()
    soon = today + timedelta(days=DUE_SOON_DAYS)
    counted = call.world.db.execute(
        "select count(*) as open, coalesce(sum(due_date between ? and ?), 0) as due_soon,"
        " coalesce(sum(due_date < ?), 0) as overdue from assignments where company_id = ? and status <> ?",
        (today.isoformat(), soon.isoformat(), today.isoformat(), companies.of(call).id, CLOSED),
    ).fetchone()
    return Answer(body=dict(counted))


@simulates("getV1AssignmentsAssignmentId")
def show(call: Call) -> Answer:
    [described] = _with_events(call.world.db, [_owned(call)])
    return Answer(body=described)


@simulates("getV1AssignmentsAssignmentIdEvents")
def list_events(call: Call) -> Answer:
    row = _owned(call)
    where, values = ["assignment_id = ?"], [row["id"]]
    return _page(call, "assignment_events", where, values, _described_events)


@simulates("getV1Events")
def list_all_events(call: Call) -> Answer:
    """Newest first, of all assignments of the company."""
    where, values = ["company_id = ?"], [companies.of(call).id]
    for name, column, comparison in (("type", "type", "="), *(item for item in _FILTERS if item[1] == "created_at")):
        if name in call.params:
            where.append(f"{column} {comparison} ?")
            values.append(_stored(call.params[name]))
    if "seen" in call.params:
        where.append(f"seen_at is {'not ' if call.params['seen'] else ''}null")
    return _page(call, "assignment_events", where, values, _described_events)


@simulates("postV1AssignmentsAssignmentIdEvents")
def add_event(call: Call) -> Answer:
    """Ropo takes payments and credit notes only; a closed assignment takes nothing but comments."""
    row, kind = _owned(call), call.body["type"]
    if row["agency"] == "ropo" and kind not in _ROPO_TAKES:
        raise Refusal("unprocessable", [f"ropo takes {' and '.join(_ROPO_TAKES)} only"])
    if row["status"] == CLOSED:
        raise Refusal("unprocessable", ["the assignment is closed"])
    if missing := [name for name in _NEEDED.get(kind, ()) if not call.body.get(name)]:
        raise Refusal("bad_input", [f"{name}: is required for {kind}" for name in missing])
    _check(call.world, row, call.body)
    with call.world.write():
        event_id = _carry_out(call.world, row, kind, call.body)
    found = rows.event(call.world.db, row["id"], event_id)
    return Answer(201, rows.described_event(found) if found else {"id": event_id})


@simulates("postV1AssignmentsAssignmentIdEventsEventIdSeen")
def mark_seen(call: Call) -> Answer:
    row = _owned(call)
    if rows.event(call.world.db, row["id"], call.params["event_id"]) is None:
        raise Refusal("not_found")
    with call.world.write() as db:
        db.execute(
            "update assignment_events set seen_at = coalesce(seen_at, ?) where id = ?",
            (stamp(call.world.now()), call.params["event_id"]),
        )
    return Answer(204)


def _check(world: World, row: sqlite3.Row, body: dict[str, Any]) -> None:
    if "amount" in body:
        given = Decimal(str(body["amount"]))
        if given != given.quantize(Decimal("0.01")):
            raise Refusal("bad_input", ["amount: must have at most two decimals"])
        if given > rows.left(row):
            raise Refusal("bad_input", [f"amount: is more than the {rows.left(row)} that are open"])
    for name in ("due_date", "hold_until"):
        if body.get(name) and date.fromisoformat(body[name]) <= world.day():
            raise Refusal("bad_input", [f"{name}: must be later than today"])


def _carry_out(world: World, row: sqlite3.Row, kind: str, body: dict[str, Any]) -> str:
    if kind in ("paid", "credit_note"):
        fields = {name: body.get(name) for name in ("payment_date", "credit_note_id", "text") if body.get(name)}
        given = Decimal(str(body["amount"]))
        return course.paid(world, row, given, COMPANY, kind, **fields)
    fields = {name: value for name, value in body.items() if name != "type"}
    event_id = rows.add_event(world, row, kind, COMPANY, **fields)
    if kind == "due_date_change":
        course.agree_on(world, row, date.fromisoformat(body["due_date"]))
    elif kind == "collection_hold":
        rows.update(world, row["id"], hold_until=body["hold_until"])
    elif kind == "comment":
        course.ask_later(world, row, "Thank you, we look into it.")
    elif kind == "cancel":
        text = f"Ended at the company's request; {course.CANCELLATION_FEE} {row['currency']} is charged"
        course.close(world, row, text)
    elif kind == "credit_loss":
        course.close(world, row, "Booked as credit loss")
    return event_id


def _owned(call: Call) -> sqlite3.Row:
    row = rows.get(call.world.db, call.params["assignment_id"], companies.of(call).id)
    if row is None:
        raise Refusal("not_found")
    return row


def _page(call: Call, table: str, where: list[str], values: list[Any], described: Any) -> Answer:
    condition = " and ".join(where)
    db = call.world.db
    total = db.execute(f"select count(*) from {table} where {condition}", values).fetchone()[0]  # noqa: S608
    found = db.execute(
        f"select * from {table} where {condition} order by created_at desc, seq desc limit ? offset ?",  # noqa: S608
        [*values, *slice_of(call)],
    ).fetchall()
    return page_of(call, int(total), described(found))


def _with_events(db: sqlite3.Connection, found: Sequence[sqlite3.Row]) -> list[dict[str, Any]]:
    events = rows.events_of(db, [row["id"] for row in found])
    return [rows.described(row, events[row["id"]]) for row in found]


def _described_events(found: Sequence[sqlite3.Row]) -> list[dict[str, Any]]:
    return [rows.described_event(row) for row in found]


def _stored(value: str) -> str:
    """A moment of a query as our tables write it; a day or a word as it is."""
    if len(value) <= 10 or not value[:4].isdigit():
        return value
    try:
        return stamp(schemas.parse_time(value))
    except ValueError:
        return value
