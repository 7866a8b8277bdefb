"""Sending business documents, and confirming received ones."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import facts as company_facts
from invoices.enums import Direction
from invoices.files import storing
from invoices.models import BusinessDocument, DocumentDraft, transmission_of
from invoices.services import DocumentEntity, DocumentService, NewDocument
from invoices.services.documents import DUPLICATE, INVALID_STATE
from invoices.trade import following, mirror
from invoices.trade.kinds import DocumentStatus, DocumentType
from portal import maventa
from portal.operations import registry
from portal.operations.enums import OPEN_STATES
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

_SLACK = timedelta(hours=1)  # how far AutoInvoice's clock may be from ours
_UNVERIFIED = _("AutoInvoice has not verified this company. Get its authorization signed; then send again.")


class SendDocumentParameters(msgspec.Struct, frozen=True, kw_only=True):
    recipient_eia: str
    recipient_operator: str
    recipient_name: str = ""
    recipient_country: str = ""
    copy: int = 0  # above 0: once more on purpose


@dataclass(frozen=True, slots=True)
class Sending:
    company: UUID
    document: NewDocument
    files: tuple[maventa.FilePart, ...]
    given_at: datetime  # no earlier document of AutoInvoice's can be this one


@dataclass(frozen=True, slots=True)
class Sent:
    entity: DocumentEntity
    at: datetime  # when it was asked


@registry.register
class SendDocument(Handler[Sending, Sent]):
    """
    Hand over one document to exactly one receiver, under a transmission id of ours.

    The id follows from content, type, receiver and copy number, and AutoInvoice takes an id once: after a lost answer
    the company's list tells whether a document carries it.
    """

    kind = "invoices.send_document"
    label = _("Send document")
    verb = _("Send document")
    target = "invoices.DocumentDraft"
    permission = "invoices.send_document"
    Parameters = SendDocumentParameters
    related = ("company", "account", "invoice")
    repeatable = True

    def check(self, target: DocumentDraft, parameters: SendDocumentParameters) -> None:
        if target.type not in DocumentType.values:
            raise NotQueueableError(_("AutoInvoice has no such type of document."), _("Choose one of the list."))
        if not parameters.recipient_eia.strip() or not parameters.recipient_operator.strip():
            raise NotQueueableError(
                _("A document goes to exactly one address at one operator, and one of them is missing."),
                _("Give both; the look-up beside the fields knows them."),
            )
        transmission = _transmission(target, parameters)
        sent = BusinessDocument.objects.filter(account=target.account_id, transmission_id=transmission).first()
        if sent:
            raise NotQueueableError(
                _("This document was sent to this receiver already: %(number)s.") % {"number": sent},
                _("Open it to see how it stands; there it can be sent once more on purpose."),
            )
        if target.invoice_id and (twin := target.operations.filter(kind=self.kind, state__in=OPEN_STATES).first()):
            raise AlreadyQueuedError(_("This answer is on its way already."), twin.pk)

    def missing(self, operation: Operation) -> set[str]:
        company = _draft(operation).company
        return set() if company_facts.is_verified(company) else {company_facts.verified(company.uuid)}

    def prepare(self, members: list[Operation]) -> Sending:
        draft, wanted = _draft(members[0]), self.parameters_of(members[0])
        files = [(draft.name, draft.sha256), *((file["name"], file["sha256"]) for file in draft.attachments)]
        if not all(storing.is_there(sha256) for _name, sha256 in files):
            raise NotQueueableError(_("The file is not in the storage any more."), _("Give the file once more."))
        document = NewDocument(
            type=draft.type,
            transmission_id=_transmission(draft, wanted),
            recipient_eia=wanted.recipient_eia,
            recipient_operator=wanted.recipient_operator,
            recipient_name=wanted.recipient_name,
            recipient_country=wanted.recipient_country,
        )
        return Sending(draft.company.uuid, document, tuple(_part(*file) for file in files), draft.created_at)

    def send(self, request: Sending, calls: Calls) -> Sent:
        service = DocumentService(calls(request.company))
        at = timezone.now()
        try:
            return Sent(service.create(request.files, request.document), at)
        except maventa.RejectedError as refusal:
            known = _look_up(service, request) if refusal.code == DUPLICATE else None
            if known is None:
                raise
            return Sent(known, at)

    def settle(self, operation: Operation, sent: Sent) -> dict[str, Any]:
        draft = _draft(operation)
        document = mirror.write(draft.company, Direction.SENT, sent.entity, sent.at)
        BusinessDocument.objects.filter(pk=document.pk).update(draft=draft, invoice=draft.invoice)
        following.follow(draft.account, [draft.company.uuid])
        return {"document": document.remote_id, "number": document.number, "status": document.status}

    def resolve(self, request: Sending, operation_uuid: UUID, calls: Calls, before: dict[str, Any]) -> Verdict[Sent]:
        at = timezone.now()
        known = _look_up(DocumentService(calls(request.company)), request)
        return Found(Sent(known, at)) if known else NotThere()

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        if error.code == DUPLICATE:
            return Remedy(
                _(
                    "The company used this transmission id before, for a document that is not in its list any more, or "
                    "that another software sent. Nothing was sent now. If the receiver does not have it, send it once "
                    "more on purpose: that takes a new id."
                )
            )
        return Remedy(_UNVERIFIED, "customer") if error.status == 401 else None


def _look_up(service: DocumentService, request: Sending) -> DocumentEntity | None:
    """Return the sent document with our transmission id: nothing can be asked for by it, so the list is read."""
    wanted = request.document
    since, until = request.given_at - _SLACK, timezone.now() + _SLACK
    pages = service.pages(since=since, until=until, direction=Direction.SENT, kind=wanted.type)
    return next((found for page in pages for found in page if found.transmission_id == wanted.transmission_id), None)


def _transmission(draft: DocumentDraft, wanted: SendDocumentParameters) -> str:
    return str(transmission_of(draft, wanted.recipient_eia, wanted.recipient_operator, wanted.copy))


def _part(name: str, sha256: str) -> maventa.FilePart:
    return maventa.FilePart("file", name, lambda: storing.opened(sha256))


def _draft(operation: Operation) -> DocumentDraft:
    target: Any = operation.target
    return cast("DocumentDraft", target)


@dataclass(frozen=True, slots=True)
class Confirming:
    company: UUID
    remote_id: str


@registry.register
class ConfirmDocument(Handler[Confirming, datetime]):
    """Tell the sender that a received document has arrived well: its status becomes CONFIRMED_DELIVERY."""

    kind = "invoices.confirm_document"
    label = _("Confirm delivery of document")
    verb = _("Confirm delivery")
    target = "invoices.BusinessDocument"
    permission = "invoices.confirm_document"
    related = ("company",)

    def check(self, target: BusinessDocument, parameters: Any) -> None:
        if target.direction != Direction.RECEIVED:
            raise NotQueueableError(_("Only the receiver of a document confirms its delivery."))
        if target.status == DocumentStatus.CONFIRMED:
            raise NotQueueableError(_("Its delivery is confirmed already."))
        if target.status != DocumentStatus.DELIVERED:
            raise NotQueueableError(_("Only a delivered document can be confirmed."), _("Wait until it is delivered."))

    def prepare(self, members: list[Operation]) -> Confirming:
        document: Any = members[0].target
        return Confirming(document.company.uuid, document.remote_id)

    def send(self, request: Confirming, calls: Calls) -> datetime:
        service = DocumentService(calls(request.company))
        at = timezone.now()
        try:
            service.confirm(request.remote_id)
        except maventa.RejectedError as refusal:
            # Somebody else may have confirmed it: then what was wanted is so.
            if refusal.code != INVALID_STATE or not _is_confirmed(service, request):
                raise
        return at

    def settle(self, operation: Operation, sent: datetime) -> dict[str, Any]:
        older = BusinessDocument.objects.filter(pk=operation.target_id, fact_at__lt=sent)
        older.update(status=DocumentStatus.CONFIRMED, fact_at=sent)
        BusinessDocument.objects.filter(pk=operation.target_id).update(next_check_at=timezone.now())
        return {}

    def resolve(
        self, request: Confirming, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[datetime]:
        at = timezone.now()
        return Found(at) if _is_confirmed(DocumentService(calls(request.company)), request) else NotThere()

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        if error.code != INVALID_STATE:
            return None
        return Remedy(
            _(
                "AutoInvoice confirms only what it shows as delivered, and this document is in another state there. "
                "Press “Look up now”: the page then says which, and whether it can still be confirmed."
            )
        )

    def on_refused(self, operation: Operation, error: maventa.RejectedError) -> None:
        BusinessDocument.objects.filter(pk=operation.target_id).update(next_check_at=timezone.now())


def _is_confirmed(service: DocumentService, request: Confirming) -> bool:
    return service.get(request.remote_id).status == DocumentStatus.CONFIRMED
