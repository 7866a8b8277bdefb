"""Documents as the contract describes them, one or a page of them, and their files and events."""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from portal.sandbox.api import documents_rows
from portal.sandbox.call import Call

Entity = dict[str, Any]

_TEXTS = (
    "id", "type", "document_identifier", "process_identifier", "status", "reference", "number", "created_at",
    "delivered_at", "received_at", "source_format", "transmission_id", "transmission_at", "network", "origin",
    "external_id",
)  # fmt: skip


def one(db: sqlite3.Connection, row: sqlite3.Row) -> Entity:
    return page(db, [row])[0]


def page(db: sqlite3.Connection, rows: Sequence[sqlite3.Row]) -> list[Entity]:
    """The rows with their files and their last events."""
    files = documents_rows.files_of(db, [row["id"] for row in rows])
    last = _last_events(db, [row["id"] for row in rows])
    return [_entity(row, files[row["id"]], last.get(row["id"])) for row in rows]


def file_entity(file: sqlite3.Row) -> Entity:
    return {
        "id": file["id"],
        "filename": file["filename"],
        "file_format": file["file_format"],
        "mimetype": file["mimetype"],
        "href": f"/v1/files/{file['id']}",
        "created_at": file["created_at"],
        "type": file["type"],
        "format_version": "",
        "document_file_links": [],
    }


def cut(call: Call, entity: Entity) -> Entity:
    """Only the fields that the call names, all if it names none."""
    fields = call.params.get("fields")
    return {name: value for name, value in entity.items() if name in fields} if fields else entity


def _entity(row: sqlite3.Row, files: Sequence[sqlite3.Row], last_event: Entity | None) -> Entity:
    found: Entity = {name: row[name] for name in _TEXTS if row[name]}
    found |= {"sender": json.loads(row["sender"]), "recipient": json.loads(row["recipient"])}
    found["supported_formats"] = [row["source_format"]] if row["source_format"] else []
    found["files"] = [file_entity(file) for file in files]
    if last_event:
        found["last_event"] = last_event
    return found


def _last_events(db: sqlite3.Connection, document_ids: Sequence[str]) -> dict[str, Entity]:
    marks = ", ".join("?" * len(document_ids))
    rows = db.execute(
        f"select document_id, code, message, details, created_at, max(seq) from document_events"  # noqa: S608
        f" where document_id in ({marks}) group by document_id",
        list(document_ids),
    )
    names = ("code", "message", "details", "created_at")
    return {row["document_id"]: {name: row[name] for name in names} for row in rows}
