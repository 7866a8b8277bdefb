"""Control calls about documents: let one arrive from outside, move a sent one to another status."""

import base64
import binascii
from typing import Any

from starlette.requests import Request

from portal.sandbox.api import documents_rows
from portal.sandbox.api.documents_rows import NewDocument, NewFile
from portal.sandbox.control.companies import find
from portal.sandbox.control.errors import UnknownError, WrongInputError
from portal.sandbox.delivery import of_documents
from portal.sandbox.delivery.outside import PARTICIPANTS
from portal.sandbox.documents.errors import DocumentError
from portal.sandbox.documents.header import ROOTS, Header, read_header
from portal.sandbox.world import World

Body = dict[str, Any]

STATES = ("PROCESSING", "RESERVED", "DELIVERED", "CONFIRMED_DELIVERY", "FAILED")
TYPES = sorted({kind for kind, _, _ in ROOTS.values()} | {"INVOICE_RESPONSE", "MESSAGE_LEVEL_RESPONSE",
               "CATALOGUE_RESPONSE", "VOUCHER", "BANK_FILE", "SCAN"})  # fmt: skip
_MADE_UP = """<?xml version="1.0" encoding="UTF-8"?>
<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:order:3</cbc:CustomizationID>
<cbc:ProfileID>urn:fdc:peppol.eu:poacc:bis:ordering:3</cbc:ProfileID><cbc:ID>{number}</cbc:ID></Order>
"""


def receive(world: World, request: Request, body: Body) -> Any:
    """
    A document arrives: `xml` in base64 or multipart `file`, else an order made up; `type`, `number`, `sender_name`.
    """
    company = find(world, request.path_params["id"])
    count = world.db.execute("select count(*) from documents").fetchone()[0]
    content = _content(body) or _MADE_UP.format(number=f"O-{count + 1:04d}").encode()
    header = _header(content)
    kind = str(body.get("type") or header.type)
    if kind not in TYPES:
        raise WrongInputError(f"type must be one of {', '.join(TYPES)}")
    sender = PARTICIPANTS[count % len(PARTICIPANTS)]
    outsider = {"eia": f"{sender.scheme}:{sender.endpoint}", "name": sender.name, "bid": sender.endpoint}
    named = {"name": str(body["sender_name"])} if body.get("sender_name") else {}
    own = {"name": company.name, "bid": company.bid, "country": company.country}
    new = NewDocument(
        company_id=company.id,
        direction="RECEIVED",
        type=kind,
        sender=outsider | {"country": sender.country} | header.sender | named,
        recipient=header.recipient or own,
        number=str(body.get("number") or header.number),
        reference=header.reference,
        document_identifier=header.document_identifier,
        process_identifier=header.process_identifier,
        source_format=header.source_format,
        network="PEPPOL",
        origin="EXTERNAL",
        files=[
            NewFile(
                filename="document.xml",
                mimetype="application/xml",
                type="PRIMARY_FILE",
                content=content,
                file_format=header.source_format,
            )
        ],
    )
    return {"id": of_documents.arrive(world, new), "company_id": company.id}


def move(world: World, request: Request, body: Body) -> Any:
    """`status` of a sent document, and `message` if it FAILED: what networks and operators would tell."""
    row = documents_rows.get(world.db, request.path_params["id"])
    if row is None:
        raise UnknownError("no document has this id")
    status, message = body.get("status"), str(body.get("message", ""))
    if status not in STATES:
        raise WrongInputError(f"status must be one of {', '.join(STATES)}")
    if status == "FAILED":
        late = of_documents.REFUSED_LATER
        of_documents.fail(world, row, of_documents.Failure(late.code, message or late.message))
    elif status == "DELIVERED":
        of_documents.settle(world, row)
    elif status == "CONFIRMED_DELIVERY":
        of_documents.confirm(world, row)
    else:
        documents_rows.update(world, row["id"], status=status)
        documents_rows.add_event(world, row["id"], status, message)
    return {"id": row["id"], "status": status}


def _content(body: Body) -> bytes:
    if isinstance(body.get("file"), dict):
        content: bytes = body["file"]["content"]
        return content
    try:
        return base64.b64decode(str(body.get("xml", "")), validate=True)
    except (binascii.Error, ValueError) as error:
        raise WrongInputError("xml must be base64") from error


def _header(content: bytes) -> Header:
    try:
        return read_header(content)
    except DocumentError as error:
        raise WrongInputError(str(error)) from error


TABLE = (
    ("POST", "/companies/{id}/documents", receive),
    ("POST", "/documents/{id}/status", move),
)
