"""Documents other than invoices: sent with an explicit receiver, followed by status, confirmed by who received them."""

import re
import sqlite3
from collections.abc import Iterator
from typing import Any

from portal.sandbox.api import companies, documents_answers, documents_rows
from portal.sandbox.api.documents_rows import NewDocument, NewFile
from portal.sandbox.call import Answer, Call, Refusal, Upload, simulates
from portal.sandbox.company import Company
from portal.sandbox.delivery import of_documents
from portal.sandbox.delivery.outside import PEPPOL
from portal.sandbox.documents.errors import DocumentError
from portal.sandbox.documents.header import Header, read_header
from portal.sandbox.documents.package import mimetype_of

FILE_TYPES = ("PRIMARY_FILE", "ATTACHMENT", "OTHER")
_FILE = re.compile(r"files\[(\d{1,4})\]\[file\]")
_REFERENCE = re.compile(r"references\[(\d{1,4})\]\[reference_id\]")


@simulates("postV1Documents")
def create(call: Call) -> Answer:
    """PROCESSING at once; where it goes is told by `document_delivery`."""
    company = companies.require_verified(call)
    files = [*_files(call), *_referenced(call)]
    primary = next((file for file in files if file.type == "PRIMARY_FILE"), None)
    if primary is None:
        raise Refusal("bad_input", ["file: a primary file is required"])
    header = _header(primary)
    primary.file_format = header.source_format
    new = _new(call, company, header, files)
    if not new.recipient.get("eia") or not new.recipient.get("operator"):
        raise Refusal("no_receiver", ["recipient_eia and recipient_operator are required unless the file tells them"])
    with call.world.write():
        try:
            document_id = documents_rows.insert(call.world, new)
        except sqlite3.IntegrityError as error:
            raise Refusal("transmission_repeated", [f"transmission_id: {new.transmission_id}"]) from error
        documents_rows.add_event(call.world, document_id, "CREATED", "Document created")
        of_documents.start(call.world, document_id)
    return Answer(201, documents_answers.cut(call, documents_answers.one(call.world.db, owned(call, document_id))))


@simulates("getV1DocumentsId")
def show(call: Call) -> Answer:
    """The entity; `return_format` may name the format that the document came in, nothing is converted."""
    row = owned(call, call.params["id"])
    wanted = [word for word in call.params.get("return_format", []) if word != row["source_format"]]
    if wanted:
        raise Refusal("bad_input", [f"return_format: {word[:40]} is not supported here" for word in wanted])
    return Answer(body=documents_answers.cut(call, documents_answers.one(call.world.db, row)))


@simulates("patchV1DocumentsId")
def confirm(call: Call) -> Answer:
    """CONFIRMED_DELIVERY, once, of a document that is DELIVERED."""
    if "status" not in call.body:
        raise Refusal("bad_input", ["status: is required"])
    with call.world.write():
        row = owned(call, call.params["id"])
        if row["status"] != "DELIVERED":
            raise Refusal("not_delivered", [f"status is {row['status']}"])
        of_documents.confirm(call.world, row)
    return Answer(204)


def owned(call: Call, document_id: str) -> sqlite3.Row:
    """:raises Refusal: not_found, also for a document of another company"""
    row = documents_rows.get(call.world.db, document_id, companies.of(call).id)
    if row is None:
        raise Refusal("not_found")
    return row


def _files(call: Call) -> Iterator[NewFile]:
    """The `file` part, or the numbered ones with a type each; the first one is the primary if none says so."""
    for upload in call.files.get("file", [])[:1]:
        if upload.content:
            yield _file(upload, "PRIMARY_FILE")
    numbered = sorted((int(match[1]), name) for name in call.files if (match := _FILE.fullmatch(name)))
    for number, name in numbered:
        yield _file(call.files[name][0], _file_type(call.body, f"files[{number}][file_type]"))


def _file(upload: Upload, kind: str) -> NewFile:
    mimetype = upload.content_type if upload.content_type != "application/octet-stream" else ""
    name = upload.filename or "document.xml"
    return NewFile(
        filename=name, mimetype=mimetype.split(";")[0] or mimetype_of(name), type=kind, content=upload.content
    )


def _file_type(body: dict[str, Any], name: str) -> str:
    kind = str(body.get(name, "PRIMARY_FILE"))
    if kind not in FILE_TYPES:
        raise Refusal("bad_input", [f"{name}: must be one of {', '.join(FILE_TYPES)}"])
    return kind


def _referenced(call: Call) -> Iterator[NewFile]:
    """Files of documents that the company has here already."""
    for name in sorted(name for name in call.body if _REFERENCE.fullmatch(name)):
        start = name.removesuffix("[reference_id]")
        if call.body.get(f"{start}[reference_id_type]", "document_id") != "document_id":
            raise Refusal("bad_input", [f"{start}: no external storage is connected"])
        row = documents_rows.get(call.world.db, str(call.body[name]), companies.of(call).id)
        if row is None:
            raise Refusal("bad_input", [f"{name}: no such document"])
        kind = _file_type(call.body, f"{start}[file_type]")
        for file in documents_rows.copies_of(call.world.db, row["id"])[:1]:
            file.type = kind
            yield file


def _header(primary: NewFile) -> Header:
    looks_like_xml = primary.filename.lower().endswith(".xml") or primary.content.lstrip()[:1] == b"<"
    if not looks_like_xml:
        return Header(source_format=primary.mimetype.rpartition("/")[2].upper())
    try:
        return read_header(primary.content)
    except DocumentError as error:
        raise Refusal("bad_input", error.details) from error


def _new(call: Call, company: Company, header: Header, files: list[NewFile]) -> NewDocument:
    body = call.body
    own = {"name": company.name, "bid": company.bid, "country": company.country}
    operator = body.get("recipient_operator", "").strip() or (PEPPOL if header.on_peppol else "")
    return NewDocument(
        company_id=company.id,
        direction="SENT",
        type=body.get("type") or header.type,
        sender=own | header.sender | _given(body, "sender"),
        recipient=header.recipient | _given(body, "recipient") | ({"operator": operator} if operator else {}),
        number=header.number,
        reference=header.reference,
        document_identifier=header.document_identifier,
        process_identifier=header.process_identifier,
        source_format=header.source_format,
        transmission_id=body.get("transmission_id", "").strip(),
        transmission_at=body.get("transmission_at"),
        external_id=body.get("external_id", ""),
        origin="API",
        files=files,
    )


def _given(body: dict[str, Any], side: str) -> dict[str, str]:
    """What the call says of a party, over what the file says."""
    words = {name: str(body.get(f"{side}_{name}", "")).strip() for name in ("eia", "name", "country")}
    return {name: value for name, value in words.items() if value}
