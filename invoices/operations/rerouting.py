"""
Sending a failed invoice another way: as e-invoice, by e-mail, as letter.

The call carries no id of ours, so it is never repeated blindly: an answer that was lost is looked up by the invoice's
status and steps. Whoever is on the way again, or has more steps than before, was rerouted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, cast
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from companies import facts as company_facts
from invoices import mirror
from invoices.documents import Party
from invoices.enums import Direction, Status, status_of
from invoices.files import originals
from invoices.models import Invoice
from invoices.services import InvoiceEntity, InvoiceService, RerouteService, Route
from portal import maventa
from portal.operations import registry
from portal.operations.enums import OPEN_STATES, State, Weight
from portal.operations.handlers import (
    AlreadyQueuedError,
    Calls,
    CannotTell,
    Found,
    Handler,
    NotQueueableError,
    NotThere,
    Remedy,
    Verdict,
)
from portal.operations.models import Operation


class RerouteParameters(msgspec.Struct, frozen=True, kw_only=True):
    """What is empty comes from the invoice's own file."""

    seen: int = -1  # how many steps the failure had when staff decided; -1: not asked, as for many at once


class EinvoiceParameters(RerouteParameters, frozen=True, kw_only=True):
    eia: str = ""
    operator: str = ""


class EmailParameters(RerouteParameters, frozen=True, kw_only=True):
    email: str = ""


class PrintParameters(RerouteParameters, frozen=True, kw_only=True):
    name: str = ""
    address1: str = ""
    address2: str = ""
    post_code: str = ""
    post_office: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Rerouting:
    company: UUID
    uuid: UUID
    receiver: Mapping[str, str]  # as the call names it
    steps: int  # known before the call
    is_fresh: bool  # nothing was awaited: the steps are all there were


@dataclass(frozen=True, slots=True)
class Rerouted:
    at: datetime  # before it was asked
    entity: InvoiceEntity | None = None  # when a look-up found it


class _Reroute(Handler[Rerouting, Rerouted]):
    """What the three ways have in common."""

    route: ClassVar[Route]
    target = "invoices.Invoice"
    permission = "invoices.reroute_invoice"
    related = ("company",)

    def check(self, target: Invoice, parameters: Any) -> None:
        must_have_failed(target)
        must_be_still(target)
        if parameters.seen not in (-1, target.actions.count()):
            raise NotQueueableError(
                _("The invoice has moved on since the page was opened; nothing was sent."),
                _("Look at its way, then decide again."),
            )
        if not company_facts.is_verified(target.company):
            raise NotQueueableError(_("The company is not verified."), _("Get its authorization signed first."))
        self.receiver(target, parameters)

    def recheck(self, members: list[Operation]) -> None:
        must_have_failed(_invoice(members[0]))

    def prepare(self, members: list[Operation]) -> Rerouting:
        invoice = _invoice(members[0])
        is_lost = members[0].state == State.UNKNOWN  # a look-up needs no receiver, nor the file that tells it
        return Rerouting(
            company=invoice.company.uuid,
            uuid=invoice.uuid,
            receiver={} if is_lost else self.receiver(invoice, self.parameters_of(members[0])),
            steps=invoice.actions.count(),
            is_fresh=invoice.next_check_at is None and invoice.checked_at is not None,
        )

    def before(self, request: Rerouting) -> dict[str, Any]:
        return {"steps": request.steps, "is_fresh": request.is_fresh}

    def receiver(self, invoice: Invoice, parameters: Any) -> dict[str, str]:
        """
        Return the receiver as the call names it; may read the invoice's file.

        :raises NotQueueableError: something that the route needs is neither given nor in the file
        """
        raise NotImplementedError

    def send(self, request: Rerouting, calls: Calls) -> Rerouted:
        at = timezone.now()
        RerouteService(calls(request.company)).reroute(request.uuid, self.route, request.receiver)
        return Rerouted(at)

    def settle(self, operation: Operation, sent: Rerouted) -> dict[str, Any]:
        invoice = Invoice.objects.select_for_update().get(pk=operation.target_id)
        invoice.rerouted_at, invoice.delivered_at, invoice.next_check_at = sent.at, None, timezone.now()
        if invoice.fact_at <= sent.at:  # else an event was faster
            invoice.fact_at = sent.at
            invoice.status = status_of(sent.entity.status) if sent.entity else Status.PENDING
            mirror.note_failure(invoice, "", "")
        invoice.save()
        return {"invoice": str(invoice.uuid), "route": str(self.route)}

    def resolve(
        self, request: Rerouting, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Rerouted]:
        service, at = InvoiceService(calls(request.company)), timezone.now()
        entity = service.find(request.uuid)
        if entity is None:
            return CannotTell(_now("AutoInvoice does not know the invoice."))
        if status_of(entity.status) != Status.FAILED:
            return Found(Rerouted(at, entity))
        if len(service.actions(request.uuid)) <= before["steps"]:
            return NotThere()
        if before["is_fresh"]:
            return Found(Rerouted(at, entity))  # it went, and failed again
        return CannotTell(_now("It has failed, and it cannot be told whether before or after it was sent again."))

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        if error.status == 409:
            text = _(
                "At AutoInvoice the invoice has not failed, or not any more. The portal looks it up; nothing was sent."
            )
            return Remedy(text, "staff")
        return None

    def on_refused(self, operation: Operation, error: maventa.RejectedError) -> None:
        Invoice.objects.filter(pk=operation.target_id).update(next_check_at=timezone.now())


@registry.register
class RerouteToEinvoice(_Reroute):
    """Exactly this address at exactly this operator."""

    kind = "invoices.reroute_einvoice"
    label = _("Reroute as e-invoice")
    verb = _("Reroute as e-invoice")
    route = Route.EINVOICE
    Parameters = EinvoiceParameters

    def receiver(self, invoice: Invoice, parameters: EinvoiceParameters) -> dict[str, str]:
        party = originals.receiver_of(invoice) if not (parameters.eia and parameters.operator) else Party()
        address = parameters.eia or (f"{party.scheme}:{party.endpoint}" if _is_code(party.scheme) else party.endpoint)
        operator = parameters.operator or party.operator or invoice.counterparty_operator
        return _needed(
            recipient_eia=(address, _("the receiver's e-invoice address")),
            recipient_operator=(operator, _("the receiver's operator")),
        )


@registry.register
class RerouteToEmail(_Reroute):
    """A link or PDF by e-mail."""

    kind = "invoices.reroute_email"
    label = _("Reroute to e-mail")
    verb = _("Reroute to e-mail")
    route = Route.EMAIL
    Parameters = EmailParameters

    def receiver(self, invoice: Invoice, parameters: EmailParameters) -> dict[str, str]:
        address = parameters.email or originals.receiver_of(invoice).email
        return _needed(recipient_email=(address, _("the receiver's e-mail address")))


@registry.register
class RerouteToPrint(_Reroute):
    """A letter, which costs postage."""

    kind = "invoices.reroute_print"
    label = _("Reroute to print")
    verb = _("Print and post")
    route = Route.PRINT
    weight = Weight.COSTLY
    Parameters = PrintParameters

    def receiver(self, invoice: Invoice, parameters: PrintParameters) -> dict[str, str]:
        if not all((parameters.name, parameters.address1, parameters.post_code, parameters.post_office)):
            parameters = postal_of(originals.receiver_of(invoice), invoice)
        needed = _needed(
            recipient_name=(parameters.name, _("the receiver's name")),
            recipient_address1=(parameters.address1, _("the street")),
            recipient_post_code=(parameters.post_code, _("the post code")),
            recipient_post_office=(parameters.post_office, _("the city")),
            recipient_country=(parameters.country, _("the country")),
        )
        return {**needed, **({"recipient_address2": parameters.address2} if parameters.address2 else {})}


RESEND = "invoices.resend"
REROUTES = (RerouteToEinvoice.kind, RerouteToEmail.kind, RerouteToPrint.kind)


def postal_of(party: Party, invoice: Invoice) -> PrintParameters:
    """Return the postal address that an invoice's file has of its receiver; what it lacks stays empty."""
    lines = (*party.address.lines, "", "")
    return PrintParameters(
        name=party.name or invoice.counterparty_name,
        address1=lines[0],
        address2=lines[1],
        post_code=party.address.post_code,
        post_office=party.address.city,
        country=(party.address.country or invoice.counterparty_country)[:2],
    )


def must_be_still(invoice: Invoice) -> None:
    """
    Refuse a second try while one is under way: both could arrive.

    :raises AlreadyQueuedError: one is
    """
    twin = invoice.operations.filter(kind__in=(*REROUTES, RESEND), state__in=OPEN_STATES).first()
    if twin:
        raise AlreadyQueuedError(_("This invoice is being sent again or another way already."), twin.pk)


def must_have_failed(invoice: Invoice) -> None:
    if invoice.direction != Direction.SENT:
        raise NotQueueableError(_("Only sent invoices can go another way."))
    if invoice.status != Status.FAILED:
        raise NotQueueableError(
            _("The invoice has not failed, so it cannot go another way."),
            _("To send its content once more, press “Send again as a new copy” on its page."),
        )


def _needed(**values: tuple[str, Any]) -> dict[str, str]:
    missing = [str(name) for value, name in values.values() if not value.strip()]
    if missing:
        raise NotQueueableError(
            _now("Neither given nor in the invoice's file: %(what)s.") % {"what": ", ".join(missing)},
            _("Open the invoice and give it there."),
        )
    return {field: value.strip() for field, (value, _name) in values.items()}


def _is_code(scheme: str) -> bool:
    return len(scheme) == 4 and scheme.isdigit()


def _invoice(operation: Operation) -> Invoice:
    target: Any = operation.target
    return cast("Invoice", target)
