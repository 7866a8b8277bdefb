"""What an invoice looks like in answers: the JSON entity, its actions, and every kind of `return_format`."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from typing import Any

from portal.sandbox.api import invoices_rows
from portal.sandbox.call import Answer, Refusal
from portal.sandbox.documents.completion import completed
from portal.sandbox.documents.convert import convert, read
from portal.sandbox.documents.errors import FormatNotSimulatedError
from portal.sandbox.documents.image import draw

IMAGES = ("ORIGINAL_IMAGE", "GENERATED_IMAGE", "ORIGINAL_OR_GENERATED_IMAGE")

Entity = dict[str, Any]


def entities(db: sqlite3.Connection, rows: Iterable[sqlite3.Row]) -> list[Entity]:
    """Rows of a list, each with its attachments but without its actions."""
    page = list(rows)
    files = invoices_rows.files_of(db, [row["id"] for row in page])
    return [entity(row, files[row["id"]]) for row in page]


def entity(row: sqlite3.Row, files: Iterable[sqlite3.Row]) -> Entity:
    """The invoice as the contract describes it; sums are JSON numbers, absent dates and words are left out."""
    found = {
        "id": row["id"],
        "status": row["status"],
        "reference": row["reference"],
        "number": row["number"],
        "sender": json.loads(row["sender"]),
        "recipient": json.loads(row["recipient"]),
        "received_at": row["received_at"],
        "created_at": row["created_at"],
        "date": row["date"],
        "date_due": row["date_due"],
        "source_format": row["source_format"],
        "sum": float(row["net"]),
        "sum_tax": float(row["gross"]),
        "currency": row["currency"],
        "origin": row["origin"],
        "origin_type": row["origin_type"],
        "destination": row["destination"],
        "comment": row["comment"],
        "files": [file_entity(file) for file in files],
    }
    return {name: value for name, value in found.items() if value is not None or name in ("received_at", "origin_type")}


def file_entity(file: sqlite3.Row) -> Entity:
    return {
        "id": file["id"],
        "filename": file["filename"],
        "type": "ATTACHMENT",
        "mimetype": file["mimetype"],
        "href": f"/v1/invoices/{file['invoice_id']}/files/{file['id']}",
    }


def action_entity(action: sqlite3.Row, *, with_details: bool = False) -> Entity:
    found = {
        "type": action["type"],
        "message": action["message"],
        "key": action["key"],
        "happened_at": action["happened_at"],
    }
    if action["channel"]:
        found["channel"] = action["channel"]
    if with_details:
        found["channel_details"] = json.loads(action["details"])
    return found


def detailed(db: sqlite3.Connection, row: sqlite3.Row) -> Entity:
    """One invoice with attachments and actions."""
    found = entity(row, invoices_rows.files_of(db, [row["id"]])[row["id"]])
    found["actions"] = [action_entity(action) for action in invoices_rows.actions_of(db, row["id"])]
    return found


def in_format(db: sqlite3.Connection, row: sqlite3.Row, word: str) -> Answer:
    """
    The invoice as `return_format` asks for it.

    :raises Refusal: image_absent; not_simulated for a format that has no writer here
    """
    if word == "EXTENDED_DETAILS":
        return Answer(body=detailed(db, row) | _extended(db, row))
    if word in IMAGES:
        return Answer(body=_image(db, row, word), content_type="application/pdf")
    return Answer(body=_xml(db, row, word), content_type="application/xml")


def _xml(db: sqlite3.Connection, row: sqlite3.Row, word: str) -> bytes:
    """The uploaded bytes themselves when they are in that format already."""
    original = invoices_rows.content(db, row["xml_sha"])
    if row["source_format"] == word:
        return original
    document = replace(read(original), attachments=invoices_rows.attachments_of(db, row["id"]))
    try:
        return convert(document, word)
    except FormatNotSimulatedError as exc:
        text = f"conversion from {row['source_format']} to {word} is not simulated"
        raise Refusal("not_simulated", [text], message=text) from exc


def _image(db: sqlite3.Connection, row: sqlite3.Row, word: str) -> bytes:
    if word != "GENERATED_IMAGE" and row["image_sha"]:
        return invoices_rows.content(db, row["image_sha"])
    if word == "ORIGINAL_IMAGE":
        raise Refusal("image_absent", ["the invoice came without an image"])
    return draw(read(invoices_rows.content(db, row["xml_sha"])))


def _extended(db: sqlite3.Connection, row: sqlite3.Row) -> Entity:
    document = completed(read(invoices_rows.content(db, row["xml_sha"])))
    parts = {
        "kind": document.kind,
        "buyer_reference": document.buyer_reference,
        "order_reference": document.order_reference,
        "notes": document.notes,
        "seller": asdict(document.seller),
        "buyer": asdict(document.buyer),
        "lines": [asdict(line) for line in document.lines],
        "vat_rows": [asdict(vat_row) for vat_row in document.vat_rows],
        "totals": asdict(document.totals),
        "payment": asdict(document.payment),
    }
    return {name: _plain(value) for name, value in parts.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
