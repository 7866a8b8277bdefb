"""Invoice credit (OP Laskulaina): looked up, asked for, its terms, and payments that went past the bank."""

from typing import Any, TypeVar
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import facts, remedies
from companies.models import Company
from companies.operations.targets import company_of
from portal import maventa
from portal.operations import queueing, registry
from portal.operations.enums import Weight
from portal.operations.handlers import (
    Calls,
    Found,
    Handler,
    NotQueueableError,
    NotThere,
    Remedy,
    Verdict,
)
from portal.operations.models import Operation
from receivables.credit import mirror as credit_mirror
from receivables.credit.mirror import Seen
from receivables.enums import ServiceStatus
from receivables.models import InvoiceCredit
from receivables.services.credit import Credit, CreditForm, CreditService, CreditTerms, WantedTerms

COUNTRY = "FI"
RequestT = TypeVar("RequestT")


class CreditAct(Handler[RequestT, Any]):
    """An act on a company's credit."""

    target = "companies.Company"
    permission = "receivables.manage_credit"
    related = ("account",)
    needs_active = True

    def check(self, target: Company, parameters: Any) -> None:
        check_country(target)
        if self.needs_active and not is_active(target):
            raise NotQueueableError(
                _("Invoice credit is not active."), _("Activate it, or look it up if you think that it is.")
            )

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        return remedies.remedy_for(error)


def check_country(company: Company) -> None:
    """:raises NotQueueableError: the bank lends to Finnish companies only"""
    if company.country != COUNTRY:
        raise NotQueueableError(_("OP Laskulaina is for Finnish companies only."))


def credit_of(company: Company) -> InvoiceCredit | None:
    return InvoiceCredit.objects.filter(company=company).first()


def is_active(company: Company) -> bool:
    found = credit_of(company)
    return found is not None and found.is_active


def look_up(company: Company, because: Operation) -> None:
    """Queue a look: what was settled was answered without figures."""
    queueing.queue_many(RefreshCredit.kind, [queueing.row_of(company, {})], account=because.account)


@registry.register
class RefreshCredit(CreditAct[UUID]):
    """The credit as it is now; a signed one is opened by the look."""

    kind = "receivables.refresh_credit"
    label = _("Look up invoice credit")
    verb = _("Look up")
    permission = "receivables.view_invoicecredit"
    weight = Weight.INWARD
    needs_active = False

    def prepare(self, members: list[Operation]) -> UUID:
        return company_of(members[0]).uuid

    def send(self, request: UUID, calls: Calls) -> Seen:
        return credit_mirror.look(CreditService(calls(request)))

    def settle(self, operation: Operation, sent: Seen) -> dict[str, Any]:
        credit_mirror.write(company_of(operation), sent)
        return {"status": sent.credit.status if sent.credit else ServiceStatus.NONE}

    def resolve(self, request: UUID, operation_uuid: UUID, calls: Calls, before: dict[str, Any]) -> Verdict[Seen]:
        return NotThere()  # looking again costs nothing


class ActivateParameters(msgspec.Struct, frozen=True, kw_only=True):
    contact_email: str
    iban: str
    bic: str
    bank: str


class ActivateRequest(msgspec.Struct, frozen=True):
    company: UUID
    form: CreditForm


@registry.register
class ActivateCredit(CreditAct[ActivateRequest]):
    """The bank makes an agreement; somebody of the company signs it on the bank's page."""

    kind = "receivables.activate_credit"
    label = _("Ask for invoice credit")
    verb = _("Ask the bank")
    needs_active = False
    Parameters = ActivateParameters

    def check(self, target: Company, parameters: ActivateParameters) -> None:
        super().check(target, parameters)
        found = credit_of(target)
        if found and found.status == ServiceStatus.PENDING:
            raise NotQueueableError(
                _("The agreement waits for a signature already."), _("Forward its link; it is on the company's page.")
            )

    def missing(self, operation: Operation) -> set[str]:
        company = company_of(operation)
        return set() if facts.is_verified(company) else {facts.verified(company.uuid)}

    def prepare(self, members: list[Operation]) -> ActivateRequest:
        wanted = self.parameters_of(members[0])
        return ActivateRequest(company_of(members[0]).uuid, CreditForm(**msgspec.structs.asdict(wanted)))

    def send(self, request: ActivateRequest, calls: Calls) -> Credit:
        return CreditService(calls(request.company)).activate(request.form)

    def settle(self, operation: Operation, sent: Credit) -> dict[str, Any]:
        credit_mirror.write(company_of(operation), Seen(at=timezone.now(), credit=sent))
        return {"status": sent.status or ""}

    def resolve(
        self, request: ActivateRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Credit]:
        try:
            found = CreditService(calls(request.company)).credit()
        except maventa.RejectedError as error:
            if error.status == 404:
                return NotThere()
            raise
        wanted = request.form
        same = (found.contact_email, found.iban, found.bic) == (wanted.contact_email, wanted.iban, wanted.bic)
        return Found(found) if same and found.status != ServiceStatus.DISABLED else NotThere()


class TermsParameters(msgspec.Struct, frozen=True, kw_only=True):
    b2c_enabled: bool
    payment_percent: int
    interest_rate: int
    credit_limit: str  # euros, at most two decimals


class TermsRequest(msgspec.Struct, frozen=True):
    company: UUID
    terms: WantedTerms


@registry.register
class ChangeCreditTerms(CreditAct[TermsRequest]):
    """What the company borrows at, and how much of each payment pays the loan back."""

    kind = "receivables.change_credit_terms"
    label = _("Change the terms of invoice credit")
    verb = _("Save the terms")
    weight = Weight.COSTLY
    Parameters = TermsParameters

    def prepare(self, members: list[Operation]) -> TermsRequest:
        wanted = self.parameters_of(members[0])
        given = msgspec.structs.asdict(wanted) | {"credit_limit": float(wanted.credit_limit)}
        return TermsRequest(company_of(members[0]).uuid, WantedTerms(**given))

    def send(self, request: TermsRequest, calls: Calls) -> None:
        CreditService(calls(request.company)).change_settings(request.terms)

    def settle(self, operation: Operation, sent: None) -> dict[str, Any]:
        look_up(company_of(operation), operation)
        return {}

    def resolve(
        self, request: TermsRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[None]:
        current = CreditService(calls(request.company)).settings().current
        return Found(None) if current and _says(current, request.terms) else NotThere()


class PaymentParameters(msgspec.Struct, frozen=True):
    invoice: UUID  # AutoInvoice's id of the sent invoice
    number: str = ""  # for people


class PaymentRequest(msgspec.Struct, frozen=True):
    company: UUID
    invoice: UUID


@registry.register
class TellDirectPayment(CreditAct[PaymentRequest]):
    """The buyer paid to the company's own account: the bank no longer counts on this invoice."""

    kind = "receivables.tell_credit_payment"
    label = _("Tell the bank of a direct payment")
    verb = _("Tell the bank")
    Parameters = PaymentParameters
    resolvable = False  # the bank lists no payments it was told of
    named_case = _("Did the bank take note of the direct payment? Ask it, or watch whether the collateral fell.")

    def prepare(self, members: list[Operation]) -> PaymentRequest:
        return PaymentRequest(company_of(members[0]).uuid, self.parameters_of(members[0]).invoice)

    def send(self, request: PaymentRequest, calls: Calls) -> None:
        CreditService(calls(request.company)).tell_direct_payment(request.invoice)

    def settle(self, operation: Operation, sent: None) -> dict[str, Any]:
        look_up(company_of(operation), operation)
        return {"invoice": str(self.parameters_of(operation).number)}

    def on_confirmed(self, operation: Operation) -> dict[str, Any]:
        return self.settle(operation, None)


def _says(current: CreditTerms, wanted: WantedTerms) -> bool:
    given = msgspec.structs.asdict(wanted)
    return all(getattr(current, name) is not None and float(getattr(current, name)) == float(value)
               for name, value in given.items())  # fmt: skip
