"""Handing sent invoices over to agencies."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import remedies
from invoices.models import Invoice
from portal import maventa
from portal.operations import registry
from portal.operations.enums import OPEN_STATES, Weight
from portal.operations.handlers import AlreadyQueuedError, Calls, Found, Handler, NotThere, Remedy, Verdict
from portal.operations.models import Operation
from receivables import personal, policies
from receivables.collection import following, payers
from receivables.collection.agencies import AGENCIES
from receivables.enums import Agency, CollectionType, HandOverStatus, ReceivablesType
from receivables.models import HandOver, Payer
from receivables.services import HandedOver, HandOverService, OlderTerms, PayerTerms, Place, Terms

_STANDING = (HandOverStatus.PENDING, HandOverStatus.SENT)


class HandOverParameters(msgspec.Struct, frozen=True, kw_only=True):
    """What is chosen for many at once. Payers and amounts of a single one are in its HandOver row, never here."""

    agency: str
    collection_type: str = CollectionType.REMINDER.value
    receivables_type: str = ReceivablesType.B2B.value
    summary: str = ""


@dataclass(frozen=True, slots=True)
class HandOverRequest:
    company: UUID
    invoice: UUID
    agency: str
    terms: Terms | OlderTerms
    numbers: tuple[str, ...] = field(repr=False)  # personal ones, to keep them out of refusals


@dataclass(frozen=True, slots=True)
class Stands:
    state: HandedOver
    at: datetime


@registry.register
class GiveToAgency(Handler[HandOverRequest, Stands]):
    """
    Hand one invoice over.

    AutoInvoice keeps one assignment an invoice, so it is looked up before it is asked for, and after a lost answer.
    """

    kind = "receivables.hand_over"
    label = _("Hand invoices over to an agency")
    verb = _("Hand over")
    target = "invoices.Invoice"
    permission = "receivables.hand_over_invoice"
    weight = Weight.OUTWARD
    related = ("company", "company__collection_services", "hand_over__payers", "assignments", "operations")
    Parameters = HandOverParameters

    def check(self, target: Invoice, parameters: HandOverParameters) -> None:
        twin = next(
            (one for one in target.operations.all() if one.kind == self.kind and one.state in OPEN_STATES), None
        )
        if twin is not None:
            raise AlreadyQueuedError(_("This invoice is being handed over already."), twin.pk)
        policies.check_invoice(target, parameters.agency, parameters.receivables_type)
        owing = payers.of_hand_over(_prepared(target, parameters), target)
        policies.check_payers(parameters.agency, parameters.receivables_type, owing)

    def prepare(self, members: list[Operation]) -> HandOverRequest:
        invoice, parameters = invoice_of(members[0]), self.parameters_of(members[0])
        chosen = _prepared(invoice, parameters) or _made(invoice, parameters)
        owing = payers.of_hand_over(chosen, invoice)
        policies.check_payers(chosen.agency, chosen.receivables_type, owing)
        older = AGENCIES[chosen.agency].version == 1
        return HandOverRequest(
            company=invoice.company.uuid,
            invoice=invoice.uuid,
            agency=chosen.agency,
            terms=_older_terms(chosen, owing, invoice) if older else _terms(chosen, owing),
            numbers=tuple(payer.personal_number for payer in owing if payer.personal_number),
        )

    def send(self, request: HandOverRequest, calls: Calls) -> Stands:
        service, at = HandOverService(calls(request.company)), timezone.now()
        known = service.state(request.invoice)
        if known is not None and known.status in _STANDING:  # handed over elsewhere: once is enough
            return Stands(known, at)
        try:
            _give(service, request)
        except maventa.AccessRefusedError:
            raise
        except maventa.RejectedError as error:
            raise personal.without(error, request.numbers) from None
        return Stands(HandedOver(status=HandOverStatus.PENDING.value), at)

    def settle(self, operation: Operation, sent: Stands) -> dict[str, Any]:
        invoice, parameters = invoice_of(operation), self.parameters_of(operation)
        row = _prepared(invoice, parameters) or _made(invoice, parameters)
        row.created_by = row.created_by or operation.actor
        row.save()
        following.write(row, sent.state, sent.at)
        return {"status": row.status, "agency": row.agency}

    def resolve(
        self, request: HandOverRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Stands]:
        """One that the agency sent back stands for nothing: then the call had no effect, or may be made again."""
        at = timezone.now()
        known = HandOverService(calls(request.company)).state(request.invoice)
        return Found(Stands(known, at)) if known is not None and known.status in _STANDING else NotThere()

    def on_refused(self, operation: Operation, error: maventa.RejectedError) -> None:
        HandOver.objects.filter(invoice=operation.target_id).exclude(status__in=_STANDING).update(
            status=HandOverStatus.ERROR, error_reason="; ".join(error.details) or error.text, fact_at=timezone.now()
        )

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        if error.status == 403:
            return Remedy(_("The agency is not active for the company. Look its services up, or activate it."))
        if error.status == 404:
            return Remedy(_("AutoInvoice knows no such sent invoice. Look the invoice up."))
        return remedies.remedy_for(error)


def invoice_of(operation: Operation) -> Invoice:
    target: Any = operation.target
    return cast("Invoice", target)


def _prepared(invoice: Invoice, parameters: HandOverParameters) -> HandOver | None:
    """Return what staff prepared for this invoice and agency."""
    row = policies.hand_over_of(invoice)
    return row if row is not None and row.agency == parameters.agency and row.payers.all() else None


def _made(invoice: Invoice, parameters: HandOverParameters) -> HandOver:
    """Return a hand-over by what was chosen for many; the row of an earlier try is used again."""
    row = policies.hand_over_of(invoice) or HandOver(
        account_id=invoice.account_id, company=invoice.company, invoice=invoice, fact_at=invoice.company.created_at
    )
    row.agency, row.version = parameters.agency, AGENCIES[parameters.agency].version
    row.collection_type, row.receivables_type = parameters.collection_type, parameters.receivables_type
    row.summary = parameters.summary
    return row


def _give(service: HandOverService, request: HandOverRequest) -> None:
    if isinstance(request.terms, OlderTerms):
        service.by_older_call(request.invoice, request.terms)
    elif request.agency == Agency.ROPO:
        service.to_ropo(request.invoice, request.terms)
    else:
        service.to_amili(request.invoice, request.terms)


def _terms(chosen: HandOver, owing: list[Payer]) -> Terms:
    return Terms(
        collection_type=chosen.collection_type,
        receivables_type=chosen.receivables_type,
        payers=[_payer(payer) for payer in owing],
        amounts={name: float(Decimal(text)) for name, text in chosen.amounts.items()},
        assignment_summary=chosen.summary,
        reminder_date=chosen.reminder_date.isoformat() if chosen.reminder_date else "",
    )


def _payer(payer: Payer) -> PayerTerms:
    place = Place(street=payer.street, post_code=payer.post_code, city=payer.city, country=payer.country)
    return PayerTerms(
        name=payer.name, role=payer.role, address=place, identifier=payer.identifier, ssn=payer.personal_number
    )


def _older_terms(chosen: HandOver, owing: list[Payer], invoice: Invoice) -> OlderTerms:
    whole = chosen.collectable_amount or (invoice.total_amount if not chosen.amounts else None)
    parts: dict[str, Any] = {name: float(Decimal(text)) for name, text in chosen.amounts.items()}
    if parts and chosen.interest_from:
        parts["interest_calculation_date"] = chosen.interest_from.isoformat()
    premises = {name: value for name, value in chosen.premises.items() if value and name != "kind"}
    return OlderTerms(
        collection_type=chosen.collection_type,
        collectable_amount=float(whole) if whole and not parts else None,
        amounts=parts,
        payer_identifiers=[payer.identifier for payer in owing if payer.identifier],
        payer_ssns=[payer.personal_number for payer in owing if payer.personal_number],
        industry_specific_options={chosen.premises["kind"]: premises} if premises else {},
        assignment_summary=chosen.summary,
    )
