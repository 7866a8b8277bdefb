"""Answering a received invoice over Nemhandel: nothing can be taken back or looked up."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from invoices.models import Invoice
from invoices.services import NemhandelService
from invoices.trade import answers
from portal import maventa
from portal.operations import registry
from portal.operations.enums import OPEN_STATES, Weight
from portal.operations.handlers import AlreadyQueuedError, Calls, Handler, NotQueueableError, Remedy
from portal.operations.models import Operation


class NemhandelParameters(msgspec.Struct, frozen=True, kw_only=True):
    response: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Responding:
    company: UUID
    invoice: UUID
    response: str
    reason: str


@registry.register
class RespondNemhandel(Handler[Responding, bool]):
    """One answer, to the supplier who sent the invoice."""

    kind = answers.NEMHANDEL_KIND
    label = _("Answer invoice over Nemhandel")
    verb = _("Send the answer")
    target = "invoices.Invoice"
    permission = "invoices.respond_to_invoice"
    weight = Weight.COSTLY  # it cannot be taken back
    Parameters = NemhandelParameters
    related = ("company",)
    resolvable = False
    named_case = _(
        "The answer may have gone out, and AutoInvoice cannot be asked for it. Ask the supplier, or look in its pages."
    )

    def check(self, target: Invoice, parameters: NemhandelParameters) -> None:
        if not answers.is_danish(target):
            raise NotQueueableError(_("Only invoices that a Danish company received are answered over Nemhandel."))
        twin = target.operations.filter(kind=self.kind, state__in=OPEN_STATES).first()
        if twin:
            raise AlreadyQueuedError(
                _("An answer is on its way: what may follow is known once it has settled."), twin.pk
            )
        last = answers.last_nemhandel(target)
        if parameters.response not in {answer.code for answer in answers.may_follow(answers.NEMHANDEL, last)}:
            raise NotQueueableError(
                _("This answer cannot follow the last one: %(last)s.")
                % {"last": answers.name_of(answers.NEMHANDEL, last)},
                _("The order is fixed; choose one of those that the page offers."),
            )

    def prepare(self, members: list[Operation]) -> Responding:
        invoice: Any = members[0].target
        wanted = self.parameters_of(members[0])
        return Responding(invoice.company.uuid, invoice.uuid, wanted.response, wanted.reason)

    def send(self, request: Responding, calls: Calls) -> bool:
        told = NemhandelService(calls(request.company)).respond(request.invoice, request.response, request.reason)
        return bool(told.is_requested)

    def settle(self, operation: Operation, sent: bool) -> dict[str, Any]:
        return {"is_requested": sent}

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        if error.status == 400:
            return Remedy(
                _(
                    "AutoInvoice took no such answer for this invoice: it did not come over Nemhandel, or somebody has "
                    "answered it meanwhile in another way. Its own words say which."
                )
            )
        if error.status == 401:
            return Remedy(_("AutoInvoice opens these answers by vendor key. Ask its support for it."), "support")
        return None
