"""Where the agencies keep their assignments: rows, their events, and how both look in answers."""

import json
import sqlite3
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from portal.sandbox.clock import stamp
from portal.sandbox.store import register_schema
from portal.sandbox.world import World

register_schema(
    """
    create table if not exists collection_services (
        company_id text not null, agency text not null, status text not null, fields text not null,
        token text not null, created_at text not null, primary key (company_id, agency)
    );
    create table if not exists collection_requests (
        invoice_id text primary key, company_id text not null, agency text not null, version integer not null,
        status text not null, body text not null, error_reason text, assignment_id text, created_at text not null
    );
    create table if not exists assignments (
        seq integer primary key, id text not null unique, company_id text not null, invoice_id text,
        agency text not null, service_type text not null, collection_type text not null, status text not null,
        stage text not null,
        invoice_number text not null, reference text not null, debtor text not null, currency text not null,
        capital text not null, paid text not null, fees text not null, interest text not null, invoice_date text,
        due_date text, hold_until text, created_at text not null, closed_at text, updated_at text not null
    );
    create index if not exists assignments_company on assignments (company_id, created_at, seq);
    create index if not exists assignments_invoice on assignments (invoice_id);
    create table if not exists assignment_events (
        seq integer primary key, id text not null unique, assignment_id text not null, company_id text not null,
        type text not null, origin text not null, fields text not null, created_at text not null, seen_at text
    );
    create index if not exists assignment_events_of on assignment_events (assignment_id, seq);
    create index if not exists assignment_events_company on assignment_events (company_id, created_at, seq);
    """
)
OPEN, PARTIALLY_CLOSED, CLOSED = "open", "partially_closed", "closed"
AGENCY, COMPANY = "agency", "company"
_AMOUNTS = ("capital", "paid", "fees", "interest")


def insert(world: World, **values: Any) -> str:
    """Store an assignment from its columns; returns its id."""
    moment = stamp(world.now())
    row = {
        "id": str(uuid.uuid4()),
        "status": OPEN,
        "stage": "none",
        "created_at": moment,
        "updated_at": moment,
    } | values
    for name in _AMOUNTS:
        row[name] = str(row.get(name) or "0")
    row["debtor"] = json.dumps(row["debtor"], ensure_ascii=False)
    _insert(world, "assignments", row)
    return str(row["id"])


def get(db: sqlite3.Connection, assignment_id: str, company_id: str | None = None) -> sqlite3.Row | None:
    """One assignment by id; with a company, only if it is that company's."""
    row: sqlite3.Row | None = db.execute(
        "select * from assignments where id = ? and (? is null or company_id = ?)",
        (assignment_id, company_id, company_id),
    ).fetchone()
    return row


def of_invoice(db: sqlite3.Connection, invoice_id: str) -> sqlite3.Row | None:
    """The newest assignment of an invoice."""
    row: sqlite3.Row | None = db.execute(
        "select * from assignments where invoice_id = ? order by seq desc limit 1", (invoice_id,)
    ).fetchone()
    return row


def update(world: World, assignment_id: str, **columns: Any) -> None:
    given = {name: str(value) if isinstance(value, Decimal) else value for name, value in columns.items()}
    given["updated_at"] = stamp(world.now())
    pairs = ", ".join(f"{name} = ?" for name in given)
    with world.write() as db:
        db.execute(f"update assignments set {pairs} where id = ?", [*given.values(), assignment_id])  # noqa: S608


def amount(row: sqlite3.Row, name: str) -> Decimal:
    return Decimal(row[name])


def left(row: sqlite3.Row) -> Decimal:
    """What is still to be paid, charges included."""
    return amount(row, "capital") + amount(row, "fees") + amount(row, "interest") - amount(row, "paid")


def add_event(world: World, row: sqlite3.Row, kind: str, origin: str, **fields: Any) -> str:
    """Append an event; what the company adds itself counts as seen by it. Returns its id."""
    event_id, moment = str(uuid.uuid4()), stamp(world.now())
    given = {name: value for name, value in fields.items() if value is not None}
    values = {
        "id": event_id,
        "assignment_id": row["id"],
        "company_id": row["company_id"],
        "type": kind,
        "origin": origin,
        "fields": json.dumps(given, ensure_ascii=False),
        "created_at": moment,
        "seen_at": moment if origin == COMPANY else None,
    }
    with world.write():
        _insert(world, "assignment_events", values)
        update(world, row["id"])
    return event_id


def event(db: sqlite3.Connection, assignment_id: str, event_id: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        "select * from assignment_events where id = ? and assignment_id = ?", (event_id, assignment_id)
    ).fetchone()
    return row


def events_of(db: sqlite3.Connection, assignment_ids: Sequence[str]) -> dict[str, list[sqlite3.Row]]:
    """Events by assignment, oldest first, for a whole page in one query."""
    found: dict[str, list[sqlite3.Row]] = {assignment_id: [] for assignment_id in assignment_ids}
    marks = ", ".join("?" * len(found))
    query = f"select * from assignment_events where assignment_id in ({marks}) order by seq"  # noqa: S608
    for row in db.execute(query, list(found)):
        found[row["assignment_id"]].append(row)
    return found


def described(row: sqlite3.Row, events: Sequence[sqlite3.Row]) -> dict[str, Any]:
    """The assignment as the contract names its fields; absent dates are left out."""
    whole = {
        "id": row["id"],
        "status": row["status"],
        "collection_status": row["stage"],
        "invoice_id": row["invoice_id"],
        "reference_ids": [row["invoice_id"]] if row["invoice_id"] else [],
        "agency": row["agency"],
        "service_type": row["service_type"],
        "collection_type": row["collection_type"],
        "invoice_number": row["invoice_number"],
        "reference": row["reference"],
        "debtor": json.loads(row["debtor"]),
        "currency": row["currency"],
        "capital_amount": float(amount(row, "capital")),
        "open_amount": float(left(row)),
        "paid_amount": float(amount(row, "paid")),
        "fees_amount": float(amount(row, "fees")),
        "interest_amount": float(amount(row, "interest")),
        "invoice_date": row["invoice_date"],
        "due_date": row["due_date"],
        "created_at": row["created_at"],
        "closed_at": row["closed_at"],
        "updated_at": row["updated_at"],
        "events": [described_event(item) for item in events],
    }
    optional = ("invoice_date", "due_date")
    return {name: value for name, value in whole.items() if value is not None or name not in optional}


def described_event(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "assignment_id": row["assignment_id"],
        "type": row["type"],
        "origin": row["origin"],
        **json.loads(row["fields"]),
        "created_at": row["created_at"],
        "seen": row["seen_at"] is not None,
        "seen_at": row["seen_at"],
    }


def _insert(world: World, table: str, values: dict[str, Any]) -> None:
    columns, marks = ", ".join(values), ", ".join("?" * len(values))
    with world.write() as db:
        db.execute(f"insert into {table} ({columns}) values ({marks})", list(values.values()))  # noqa: S608
