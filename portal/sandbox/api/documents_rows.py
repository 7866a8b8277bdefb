"""Where documents other than invoices live: rows, events and files; bytes are stored once, beside the invoices'."""

import json
import sqlite3
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.sandbox.api import invoices_rows
from portal.sandbox.clock import stamp
from portal.sandbox.store import register_schema
from portal.sandbox.world import World

register_schema(
    """
    create table if not exists documents (
        seq integer primary key, id text not null unique, company_id text not null, direction text not null,
        type text not null, status text not null, number text not null, reference text not null,
        sender text not null, recipient text not null, document_identifier text not null,
        process_identifier text not null, source_format text not null, transmission_id text not null,
        transmission_at text, external_id text not null, network text not null, origin text not null,
        twin_id text, created_at text not null, delivered_at text, received_at text
    );
    create index if not exists documents_company on documents (company_id, created_at, seq);
    create unique index if not exists documents_transmission on documents (company_id, transmission_id)
        where direction = 'SENT';
    create table if not exists document_events (
        seq integer primary key, document_id text not null, code text not null, message text not null,
        details text not null, created_at text not null
    );
    create index if not exists document_events_document on document_events (document_id, seq);
    create table if not exists document_files (
        seq integer primary key, id text not null unique, document_id text not null, filename text not null,
        mimetype text not null, type text not null, file_format text not null, sha text not null,
        created_at text not null
    );
    create index if not exists document_files_document on document_files (document_id, seq);
    """
)


@dataclass(slots=True, kw_only=True)
class NewFile:
    """`type` is PRIMARY_FILE, ATTACHMENT or OTHER."""

    filename: str
    mimetype: str
    type: str
    content: bytes
    file_format: str = ""


@dataclass(slots=True, kw_only=True)
class NewDocument:
    """What a row is made from; `direction` is SENT or RECEIVED."""

    company_id: str
    direction: str
    type: str
    sender: dict[str, str]
    recipient: dict[str, str]
    number: str = ""
    reference: str = ""
    document_identifier: str = ""
    process_identifier: str = ""
    source_format: str = ""
    transmission_id: str = ""
    transmission_at: str | None = None
    external_id: str = ""
    network: str = ""
    origin: str = ""
    twin_id: str | None = None
    files: Sequence[NewFile] = field(default_factory=list)


def insert(world: World, new: NewDocument) -> str:
    """
    Store a document with its files and return its id: sent ones are PROCESSING, received ones DELIVERED.

    :raises sqlite3.IntegrityError: the company used this transmission id before
    """
    now, received = stamp(world.now()), new.direction == "RECEIVED"
    names = ("company_id", "direction", "type", "number", "reference", "document_identifier", "process_identifier",
             "source_format", "transmission_at", "external_id", "network", "origin", "twin_id")  # fmt: skip
    values: dict[str, Any] = {name: getattr(new, name) for name in names} | {
        "id": str(uuid.uuid4()),
        "status": "DELIVERED" if received else "PROCESSING",
        "sender": json.dumps(new.sender, ensure_ascii=False),
        "recipient": json.dumps(new.recipient, ensure_ascii=False),
        "transmission_id": new.transmission_id or str(uuid.uuid4()),
        "created_at": now,
        "received_at": now if received else None,
        "delivered_at": now if received else None,
    }
    with world.write() as db:
        _insert(db, "documents", values)
        for file in new.files:
            _insert_file(db, values["id"], file, now)
    return str(values["id"])


def get(db: sqlite3.Connection, document_id: str, company_id: str | None = None) -> sqlite3.Row | None:
    """One row by id; with a company, only if the document is that company's."""
    row: sqlite3.Row | None = db.execute(
        "select * from documents where id = ? and (? is null or company_id = ?)",
        (document_id.lower(), company_id, company_id),
    ).fetchone()
    return row


def update(world: World, document_id: str, **columns: Any) -> None:
    with world.write() as db:
        pairs = ", ".join(f"{name} = ?" for name in columns)
        db.execute(f"update documents set {pairs} where id = ?", [*columns.values(), document_id])  # noqa: S608


def add_event(world: World, document_id: str, code: str, message: str, details: str = "") -> None:
    with world.write() as db:
        values = {"code": code, "message": message, "details": details, "created_at": stamp(world.now())}
        _insert(db, "document_events", {"document_id": document_id} | values)


def events_of(db: sqlite3.Connection, document_id: str) -> list[dict[str, str]]:
    """All events, oldest first, as the contract describes them."""
    rows = db.execute("select * from document_events where document_id = ? order by seq", (document_id,))
    return [{name: row[name] for name in ("code", "message", "details", "created_at")} for row in rows]


def files_of(db: sqlite3.Connection, document_ids: Iterable[str]) -> dict[str, list[sqlite3.Row]]:
    """Files by document id, for a whole page in one query."""
    found: dict[str, list[sqlite3.Row]] = {document_id: [] for document_id in document_ids}
    marks = ", ".join("?" * len(found))
    query = f"select * from document_files where document_id in ({marks}) order by seq"  # noqa: S608
    for row in db.execute(query, list(found)):
        found[row["document_id"]].append(row)
    return found


def copies_of(db: sqlite3.Connection, document_id: str) -> list[NewFile]:
    """The files of a document, to be stored with another one."""
    return [
        NewFile(
            filename=row["filename"],
            mimetype=row["mimetype"],
            type=row["type"],
            content=invoices_rows.content(db, row["sha"]),
            file_format=row["file_format"],
        )
        for row in files_of(db, [document_id])[document_id]
    ]


def _insert_file(db: sqlite3.Connection, document_id: str, file: NewFile, now: str) -> None:
    values = {
        "id": str(uuid.uuid4()),
        "document_id": document_id,
        "filename": file.filename,
        "mimetype": file.mimetype,
        "type": file.type,
        "file_format": file.file_format,
        "sha": invoices_rows.keep(db, file.content),
        "created_at": now,
    }
    _insert(db, "document_files", values)


def _insert(db: sqlite3.Connection, table: str, values: dict[str, Any]) -> None:
    columns, marks = ", ".join(values), ", ".join("?" * len(values))
    db.execute(f"insert into {table} ({columns}) values ({marks})", list(values.values()))  # noqa: S608
