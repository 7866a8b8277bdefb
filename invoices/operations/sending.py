"""Sending a file as an invoice."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, cast
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import facts as company_facts
from invoices import mirror, remedies
from invoices.enums import Direction
from invoices.failures import queue as failures
from invoices.files import storing
from invoices.models import Upload
from invoices.operations import sendings
from invoices.sending import packages
from invoices.services import InvoiceEntity, InvoiceService, SendingOptions
from portal import maventa
from portal.operations import registry
from portal.operations.enums import Weight
from portal.operations.handlers import (
    AlreadyQueuedError,
    Calls,
    Found,
    Handler,
    NotQueueableError,
    NotThere,
    Remedy,
    Verdict,
)
from portal.operations.models import Operation
from portal.partners.fields import decrypt


class SendParameters(msgspec.Struct, frozen=True, kw_only=True):
    sha256: str  # of the stored bytes
    options: SendingOptions = SendingOptions()


@dataclass(frozen=True, slots=True)
class Sending:
    company: UUID
    uuid: UUID
    name: str
    sha256: str
    options: SendingOptions = field(repr=False)  # may hold a personal number

    def open(self) -> BinaryIO:
        return storing.opened(self.sha256)


@dataclass(frozen=True, slots=True)
class Sent:
    entity: InvoiceEntity
    at: datetime  # when it was asked: what the entity says was true then or later


class HandOver(Handler[Sending, Sent]):
    """
    Hand over one file under a uuid of ours.

    However often it is sent, AutoInvoice has it once: a repeat is refused, and then the uuid is looked up.
    """

    permission = "invoices.send_invoice"
    weight = Weight.OUTWARD
    related = ("company",)
    repeatable = True

    def send(self, request: Sending, calls: Calls) -> Sent:
        service = InvoiceService(calls(request.company))
        file = maventa.FilePart("file", request.name, request.open)
        asked_at = timezone.now()
        try:
            return Sent(service.create(file, request.uuid, request.options), asked_at)
        except maventa.RejectedError as refusal:
            # What a known uuid answers is not documented: after any refusal but "no access" the uuid is looked up.
            known = None if refusal.status == 401 else service.find(request.uuid)
            if known is None:
                raise
            return Sent(known, asked_at)

    def resolve(self, request: Sending, operation_uuid: UUID, calls: Calls, before: dict[str, Any]) -> Verdict[Sent]:
        asked_at = timezone.now()
        known = InvoiceService(calls(request.company)).find(request.uuid)
        return Found(Sent(known, asked_at)) if known else NotThere()

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        found = remedies.find(*_said(error))
        return Remedy(found.text, found.by) if found else None


@registry.register
class Send(HandOver):
    """A given file; its uuid follows from company, content and copy number."""

    kind = sendings.KIND
    label = _("Send invoice")
    verb = _("Send")
    target = "invoices.Upload"
    Parameters = SendParameters
    is_apart = True

    def check(self, target: Upload, parameters: SendParameters) -> None:
        known = sendings.noted(target)
        if target.pk in known.invoices:
            raise NotQueueableError(*known.why(target))
        if target.pk in known.under_way:
            raise AlreadyQueuedError(known.why(target)[0], known.under_way[target.pk])

    def missing(self, operation: Operation) -> set[str]:
        company = _upload(operation).company
        return set() if company_facts.is_verified(company) else {company_facts.verified(company.uuid)}

    def prepare(self, members: list[Operation]) -> Sending:
        upload = _upload(members[0])
        try:
            with storing.opened(upload.sha256) as stream:
                name = "invoice.zip" if packages.is_zip(stream.read(4)) else "invoice.xml"
        except FileNotFoundError:
            text = _("The file is not in the storage any more.")
            raise NotQueueableError(text, _("Give the file once more.")) from None
        parameters = self.parameters_of(members[0])
        secret = decrypt(parameters.options.recipient_ssn)
        options = msgspec.structs.replace(parameters.options, recipient_ssn=secret)
        return Sending(upload.company.uuid, upload.uuid, name, upload.sha256, options)

    def settle_many(self, answered: Sequence[tuple[Operation, Sent]]) -> list[dict[str, Any]]:
        uploads = [_upload(operation) for operation, _sent in answered]
        rows = [
            row
            for upload, (_operation, sent) in zip(uploads, answered, strict=True)
            for row in mirror.rows_of(upload.company, [(Direction.SENT, sent.entity)], sent.at)
        ]
        there = mirror.write_and_read(rows)
        failures.taken(uploads)
        return [{"invoice": str(row.uuid), "number": row.number, "status": row.status} for row in there]

    def on_refused(self, operation: Operation, error: maventa.RejectedError) -> None:
        failures.note_refusal(_upload(operation), *_said(error))


def _said(error: maventa.RejectedError) -> tuple[str, str]:
    """Return code and text. The details say what is wrong with this file; the text only names what can be."""
    return "unauthorized" if error.status == 401 else error.code, "\n".join(error.details) or error.text


def _upload(operation: Operation) -> Upload:
    """Return the target, which the frame has read; rows that are gone never come here."""
    upload: Any = operation.target
    return cast("Upload", upload)
