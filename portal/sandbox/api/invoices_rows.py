"""Where invoices live: rows, actions, attachments, failures, and their bytes stored once by content."""

import hashlib
import json
import sqlite3
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.sandbox.clock import stamp
from portal.sandbox.documents.addresses import IBAN_SCHEME
from portal.sandbox.documents.completion import completed
from portal.sandbox.documents.model import Attachment, Document, Party
from portal.sandbox.store import register_schema

register_schema(
    """
    create table if not exists invoices (
        seq integer primary key, id text not null unique, company_id text not null, direction text not null,
        status text not null, kind text not null, number text not null, reference text not null, sender text not null,
        recipient text not null, date text, date_due text, currency text not null, net text not null,
        gross text not null, source_format text not null, origin text, origin_type text, destination text,
        comment text, created_at text not null, received_at text, event_state text, attempt integer not null,
        options text not null, xml_sha text not null, image_sha text
    );
    create index if not exists invoices_created on invoices (company_id, direction, created_at, seq);
    create index if not exists invoices_received on invoices (company_id, direction, received_at, seq);
    create index if not exists invoices_status on invoices (company_id, direction, status, created_at, seq);
    create index if not exists invoices_number on invoices (company_id, number);
    create index if not exists invoices_reference on invoices (company_id, reference);
    create index if not exists invoices_events on invoices (event_state, seq, company_id)
        where direction = 'RECEIVED';
    create table if not exists invoice_actions (
        seq integer primary key, invoice_id text not null, type text not null, channel text, key text, message text,
        details text, happened_at text not null
    );
    create index if not exists invoice_actions_invoice on invoice_actions (invoice_id, seq);
    create table if not exists invoice_files (
        seq integer primary key, id text not null unique, invoice_id text not null, filename text not null,
        mimetype text not null, sha text not null
    );
    create index if not exists invoice_files_invoice on invoice_files (invoice_id, seq);
    create table if not exists invoice_failures (
        seq integer primary key, invoice_id text not null, company_id text not null, happened_at text not null
    );
    create index if not exists invoice_failures_time on invoice_failures (happened_at, seq);
    create table if not exists invoice_blobs (sha text primary key, content blob not null);
    """
)


@dataclass(slots=True, kw_only=True)
class NewInvoice:
    """What a row is made from. `direction` is SENT or RECEIVED; `origin` is told of received ones only."""

    id: str
    company_id: str
    direction: str
    document: Document
    xml: bytes
    image: bytes | None = None
    attachments: Sequence[Attachment] = ()
    options: dict[str, Any] | None = None
    comment: str = ""
    origin: str | None = None
    origin_type: str | None = None
    recipient_operator: str = ""


def insert(db: sqlite3.Connection, new: NewInvoice, now: datetime) -> None:
    """:raises sqlite3.IntegrityError: the id is taken"""
    document, totals = new.document, completed(new.document).totals
    received = new.direction == "RECEIVED"
    moment = stamp(now)
    _insert_row(
        db,
        "invoices",
        {
            "id": new.id,
            "company_id": new.company_id,
            "direction": new.direction,
            "status": "DELIVERED" if received else "PENDING",
            "kind": document.kind,
            "number": document.number,
            "reference": document.payment.reference,
            "sender": _json(party_entity(document.seller)),
            "recipient": _json(party_entity(document.buyer) | _operator(new)),
            "date": _day(document.issue_date),
            "date_due": _day(document.due_date),
            "currency": document.currency,
            "net": str(totals.net),
            "gross": str(totals.gross),
            "source_format": document.format,
            "origin": new.origin,
            "origin_type": new.origin_type,
            "destination": None,
            "comment": new.comment,
            "created_at": moment,
            "received_at": moment if received else None,
            "event_state": "CREATED" if received else None,
            "attempt": 1,
            "options": _json(new.options or {}),
            "xml_sha": keep(db, new.xml),
            "image_sha": keep(db, new.image) if new.image is not None else None,
        },
    )
    for attachment in new.attachments:
        _insert_file(db, new.id, attachment)


def get(db: sqlite3.Connection, invoice_id: str, company_id: str | None = None) -> sqlite3.Row | None:
    """One row by id; with a company, only if the invoice is that company's."""
    row: sqlite3.Row | None = db.execute(
        "select * from invoices where id = ? and (? is null or company_id = ?)",
        (invoice_id.lower(), company_id, company_id),
    ).fetchone()
    return row


def update(db: sqlite3.Connection, invoice_id: str, **columns: Any) -> None:
    pairs = ", ".join(f"{name} = ?" for name in columns)
    db.execute(f"update invoices set {pairs} where id = ?", [*columns.values(), invoice_id])  # noqa: S608


def add_action(
    db: sqlite3.Connection,
    invoice_id: str,
    now: datetime,
    kind: str,
    *,
    key: str | None = None,
    channel: str | None = None,
    message: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    """Append to the history; `kind`, `channel` and `key` are words of the contract."""
    values = {
        "invoice_id": invoice_id,
        "type": kind,
        "channel": channel,
        "key": key,
        "message": message,
        "details": _json(details or {}),
        "happened_at": stamp(now),
    }
    _insert_row(db, "invoice_actions", values)


def actions_of(db: sqlite3.Connection, invoice_id: str, kinds: Sequence[str] = ()) -> list[sqlite3.Row]:
    rows = db.execute("select * from invoice_actions where invoice_id = ? order by seq", (invoice_id,)).fetchall()
    return [row for row in rows if not kinds or row["type"] in kinds]


def add_failure(db: sqlite3.Connection, row: sqlite3.Row, now: datetime) -> None:
    values = {"invoice_id": row["id"], "company_id": row["company_id"], "happened_at": stamp(now)}
    _insert_row(db, "invoice_failures", values)


def files_of(db: sqlite3.Connection, invoice_ids: Iterable[str]) -> dict[str, list[sqlite3.Row]]:
    """Attachments by invoice id, for a whole page of invoices in one query."""
    found: dict[str, list[sqlite3.Row]] = {invoice_id: [] for invoice_id in invoice_ids}
    marks = ", ".join("?" * len(found))
    query = f"select * from invoice_files where invoice_id in ({marks}) order by seq"  # noqa: S608
    for row in db.execute(query, list(found)):
        found[row["invoice_id"]].append(row)
    return found


def attachments_of(db: sqlite3.Connection, invoice_id: str) -> list[Attachment]:
    return [
        Attachment(filename=row["filename"], mimetype=row["mimetype"], content=content(db, row["sha"]))
        for row in files_of(db, [invoice_id])[invoice_id]
    ]


def keep(db: sqlite3.Connection, content_bytes: bytes) -> str:
    """Store bytes once; returns their SHA-256."""
    sha = hashlib.sha256(content_bytes).hexdigest()
    db.execute("insert or ignore into invoice_blobs (sha, content) values (?, ?)", (sha, content_bytes))
    return sha


def content(db: sqlite3.Connection, sha: str) -> bytes:
    return bytes(db.execute("select content from invoice_blobs where sha = ?", (sha,)).fetchone()["content"])


def party_entity(party: Party) -> dict[str, str]:
    """The party as lists and details show it."""
    return {"eia": eia_of(party), "bid": party.bid or party.vat, "name": party.name, "country": party.address.country}


def eia_of(party: Party) -> str:
    """The electronic address in one text: OVT and IBAN stand alone, other schemes go before a colon."""
    if not party.endpoint_scheme or party.endpoint_scheme in ("0216", "0037", IBAN_SCHEME):
        return party.endpoint_id
    return f"{party.endpoint_scheme}:{party.endpoint_id}"


def _operator(new: NewInvoice) -> dict[str, str]:
    operator = new.recipient_operator or new.document.buyer.operator
    return {"operator": operator} if operator else {}


def _insert_file(db: sqlite3.Connection, invoice_id: str, attachment: Attachment) -> None:
    values = {
        "id": str(uuid.uuid4()),
        "invoice_id": invoice_id,
        "filename": attachment.filename,
        "mimetype": attachment.mimetype,
        "sha": keep(db, attachment.content),
    }
    _insert_row(db, "invoice_files", values)


def _insert_row(db: sqlite3.Connection, table: str, values: dict[str, Any]) -> None:
    columns, marks = ", ".join(values), ", ".join("?" * len(values))
    db.execute(f"insert into {table} ({columns}) values ({marks})", list(values.values()))  # noqa: S608


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None
