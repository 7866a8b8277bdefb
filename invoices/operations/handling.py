"""Marking received invoices as handled."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoices.enums import Direction
from invoices.models import Invoice
from invoices.services import InvoiceService
from portal.operations import registry
from portal.operations.enums import Weight
from portal.operations.handlers import Calls, Handler, NotQueueableError, NotThere, Verdict
from portal.operations.models import Operation


@dataclass(frozen=True, slots=True)
class Marking:
    company: UUID
    uuid: UUID


@registry.register
class MarkHandled(Handler[Marking, None]):
    """Tell AutoInvoice that a received invoice is safely saved here: it leaves the partner's list of new ones."""

    kind = "invoices.mark_handled"
    label = _("Mark received invoice as handled")
    verb = _("Mark as handled")
    target = "invoices.Invoice"
    permission = "invoices.handle_invoice"
    weight = Weight.INWARD
    related = ("company",)
    repeatable = True  # a mark set twice is the same mark

    def check(self, target: Invoice, parameters: Any) -> None:
        if target.direction != Direction.RECEIVED:
            raise NotQueueableError(_("Only received invoices carry this mark."))
        if target.handled_at:
            raise NotQueueableError(_("It is marked as handled already."))

    def prepare(self, members: list[Operation]) -> Marking:
        invoice: Any = members[0].target
        return Marking(invoice.company.uuid, invoice.uuid)

    def send(self, request: Marking, calls: Calls) -> None:
        InvoiceService(calls(request.company)).mark(request.uuid, "HANDLED")

    def settle(self, operation: Operation, sent: None) -> dict[str, Any]:
        Invoice.objects.filter(pk=operation.target_id, handled_at=None).update(handled_at=timezone.now())
        return {}

    def resolve(self, request: Marking, operation_uuid: UUID, calls: Calls, before: dict[str, Any]) -> Verdict[None]:
        return NotThere()  # marking once more does no harm, and costs less than reading the list
