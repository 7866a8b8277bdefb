"""Sending Finnish bank messages. AutoInvoice takes no id of ours, but ours stands in the message itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoices.bank import following
from invoices.files import storing
from invoices.models import BankMessage
from invoices.services import BankMessageService
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
_MOST_READ = 50


@dataclass(frozen=True, slots=True)
class Sending:
    company: UUID
    uuid: UUID
    kind: str
    sha256: str
    given_at: datetime


@registry.register
class SendBankMessage(Handler[Sending, str]):
    """Tell the banks about a sender of consumers' e-invoices, or propose e-invoices to a consumer."""

    kind = "invoices.send_bank_message"
    label = _("Send bank message")
    verb = _("Send to the banks")
    target = "invoices.BankMessage"
    permission = "invoices.send_bank_message"
    related = ("company", "account")

    def check(self, target: BankMessage, parameters: Any) -> None:
        if target.company.country != "FI":
            raise NotQueueableError(_("Bank messages are for companies in Finland only."))
        if target.sent_at:
            raise NotQueueableError(_("This message was sent already."), _("Write a new one to change something."))
        twin = target.operations.filter(kind=self.kind, state__in=OPEN_STATES).first()
        if twin:
            raise AlreadyQueuedError(_("This message is on its way already."), twin.pk)

    def prepare(self, members: list[Operation]) -> Sending:
        message: Any = members[0].target
        return Sending(message.company.uuid, message.uuid, message.kind, message.sha256, message.created_at)

    def send(self, request: Sending, calls: Calls) -> str:
        """Return AutoInvoice's id of the message."""
        name = f"{request.uuid}.xml"
        part = maventa.FilePart("file", name, lambda: storing.opened(request.sha256), "application/xml")
        service = BankMessageService(calls(request.company))
        return service.send(part) or _find(service, request)

    def settle(self, operation: Operation, sent: str) -> dict[str, Any]:
        now = timezone.now()
        message = BankMessage.objects.select_related("company", "account").get(pk=operation.target_id)
        message.remote_id, message.sent_at, message.next_check_at = sent, now, now
        message.save(update_fields=["remote_id", "sent_at", "next_check_at"])
        following.follow(message.company)
        return {"message": sent}

    def resolve(self, request: Sending, operation_uuid: UUID, calls: Calls, before: dict[str, Any]) -> Verdict[str]:
        known = _find(BankMessageService(calls(request.company)), request)
        return Found(known) if known else NotThere()

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        if error.status == 400:
            return Remedy(_("AutoInvoice does not take this message. Its own words say what is wrong with it."))
        return None


def _find(service: BankMessageService, request: Sending) -> str:
    """Return the id of the sent message that holds our own id, "" for none: its text is all that tells."""
    listed = service.sent(request.kind, request.given_at - _SLACK, timezone.now() + _SLACK)
    mine = str(request.uuid).encode()
    return next((one.id for one in listed[-_MOST_READ:] if mine in service.sent_message(one.id)), "")
