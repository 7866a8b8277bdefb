"""Invoices of a company: upload, one invoice in every format, its actions and its attachments."""

import sqlite3
import uuid
from dataclasses import asdict
from typing import Any

from portal.sandbox.api import companies, invoices_answers, invoices_rows
from portal.sandbox.api.invoices_rows import NewInvoice
from portal.sandbox.call import Answer, Call, Refusal, Upload, simulates
from portal.sandbox.delivery import carrying
from portal.sandbox.delivery.deciding import Options
from portal.sandbox.documents.content_check import check
from portal.sandbox.documents.convert import read
from portal.sandbox.documents.errors import DocumentError, FormatNotSimulatedError
from portal.sandbox.documents.model import Document
from portal.sandbox.documents.package import Package, open_package
from portal.sandbox.world import World


@simulates("postV1Invoices")
def create(call: Call) -> Answer:
    """Take an XML or ZIP; PENDING at once, DELIVERED or FAILED a moment later by the rules of `delivery.deciding`."""
    company = companies.require_verified(call)
    upload = _upload(call)
    invoice_id = call.body.get("uuid", "").lower() or str(uuid.uuid4())
    if invoices_rows.get(call.world.db, invoice_id) is not None:
        raise Refusal("uuid_repeated")
    package, document = _read(upload, call.body.get("format", ""))
    new = NewInvoice(
        id=invoice_id,
        company_id=company.id,
        direction="SENT",
        document=document,
        xml=package.xml,
        image=package.image.content if package.image else None,
        attachments=[*package.attachments, *document.attachments],
        options=asdict(_options(call.body)),
        comment=call.body.get("sender_comment", ""),
        recipient_operator=call.body.get("recipient_operator", ""),
    )
    _store(call.world, new)
    return Answer(201, invoices_answers.detailed(call.world.db, owned(call, invoice_id)))


@simulates("getV1InvoicesId")
def show(call: Call) -> Answer:
    """The JSON entity, or what `return_format` asks for."""
    companies.require_verified(call)
    row = owned(call, call.params["id"])
    word = call.params.get("return_format")
    if word is None:
        return Answer(body=invoices_answers.detailed(call.world.db, row))
    return invoices_answers.in_format(call.world.db, row, word)


@simulates("getV1InvoicesIdActions")
def actions(call: Call) -> Answer:
    """The history, oldest first; `channel_details_version` adds where each step went."""
    row = owned(call, call.params["id"])
    found = invoices_rows.actions_of(call.world.db, row["id"], call.params.get("type", []))
    with_details = "channel_details_version" in call.params
    return Answer(body=[invoices_answers.action_entity(action, with_details=with_details) for action in found])


@simulates("getV1InvoicesIdFilesFileId")
def download(call: Call) -> Answer:
    """An attachment, byte for byte as it came."""
    row = owned(call, call.params["id"])
    for file in invoices_rows.files_of(call.world.db, [row["id"]])[row["id"]]:
        if file["id"] == call.params["file_id"]:
            return Answer(body=invoices_rows.content(call.world.db, file["sha"]), content_type=file["mimetype"])
    raise Refusal("not_found")


def owned(call: Call, invoice_id: str) -> sqlite3.Row:
    """:raises Refusal: not_found, also for an invoice of another company"""
    row = invoices_rows.get(call.world.db, invoice_id, companies.of(call).id)
    if row is None:
        raise Refusal("not_found")
    return row


def _upload(call: Call) -> Upload:
    uploads = [upload for upload in call.files.get("file", []) if upload.content]
    if not uploads:
        raise Refusal("no_file", ["file: a file is required"])
    return uploads[0]


def _read(upload: Upload, stated_format: str) -> tuple[Package, Document]:
    try:
        package = open_package(upload.filename, upload.content)
        document = read(package.xml)
        check(document)
        _check_family(document, stated_format)
    except DocumentError as exc:
        raise Refusal("content_missing", exc.details) from exc
    except FormatNotSimulatedError as exc:
        text = f"format {exc.args[0]} is recognised, but not simulated"
        raise Refusal("not_simulated", [text], message=text) from exc
    return package, document


def _check_family(document: Document, stated_format: str) -> None:
    """A version may differ from what the call states, Finvoice and UBL must not be taken for each other."""
    is_finvoice = document.format.startswith("FINVOICE")
    if stated_format and stated_format.startswith("FINVOICE") != is_finvoice:
        raise DocumentError(f"ERROR: FILE IS {document.format}, NOT {stated_format}")


def _options(body: dict[str, Any]) -> Options:
    return Options(
        recipient_type=body.get("recipient_type", "b2b"),
        eia=body.get("recipient_eia", "").strip(),
        operator=body.get("recipient_operator", "").strip(),
        email=body.get("recipient_email", "").strip(),
        disabled=body.get("disabled_routes", []),
        prevent=body.get("prevent_routing", False),
        only="email" if body.get("email_settings[xml_format]") else "",
    )


def _store(world: World, new: NewInvoice) -> None:
    with world.write() as db:
        try:
            invoices_rows.insert(db, new, world.now())
        except sqlite3.IntegrityError as exc:
            raise Refusal("uuid_repeated") from exc
        text = "Invoice created"
        invoices_rows.add_action(db, new.id, world.now(), "CREATED", key="action_created", message=text)
        carrying.start(world, new.id, attempt=1)
