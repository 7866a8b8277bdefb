"""National services: AvtaleGiro, the Swedish B2C agreement, trust at ODP. Each is read again when in doubt."""

from typing import Any
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import business_ids, services
from companies.models import Company
from companies.operations.services import ServiceAct, Told
from companies.operations.targets import company_of
from companies.side_services import catalogue
from companies.side_services import mirror as service_mirror
from companies.side_services import policies as service_policies
from portal import maventa
from portal.operations import registry
from portal.operations.enums import Weight
from portal.operations.handlers import Calls, CannotTell, Found, NotQueueableError, NotThere, Remedy, Verdict
from portal.operations.models import Operation

_SEEN_TERMS = ("kid_length", "reference_position", "payment_type_position")


class AtgParameters(msgspec.Struct, frozen=True, kw_only=True):
    account_number: str
    kid_length: int
    reference_position: str
    signer_email: str
    payment_type_position: str = ""
    notification_by_print: bool = False
    notification_by_email: bool = False


class AtgRequest(msgspec.Struct, frozen=True, kw_only=True):
    company: UUID
    account_number: str
    terms: services.AtgTerms
    same_before: bool = False  # as far as can be seen from outside, the agreement said all this before


class _Atg(ServiceAct[AtgRequest]):
    service = catalogue.ATG
    Parameters = AtgParameters

    def check(self, target: Company, parameters: AtgParameters) -> None:
        super().check(target, parameters)
        if not 2 <= parameters.kid_length <= 25:
            raise NotQueueableError(_("A KID has 2 to 25 digits."), _("Correct its length."))

    def prepare(self, members: list[Operation]) -> AtgRequest:
        company, wanted = company_of(members[0]), self.parameters_of(members[0])
        terms = {name: value for name, value in msgspec.structs.asdict(wanted).items() if name != "account_number"}
        state = service_policies.state_of(company, self.service, wanted.account_number)
        before = state.details if state else {}
        return AtgRequest(
            company=company.uuid,
            account_number=wanted.account_number,
            terms=services.AtgTerms(**terms),
            same_before=all(str(before.get(name) or "") == str(terms[name] or "") for name in _SEEN_TERMS),
        )

    def before(self, request: AtgRequest) -> dict[str, Any]:
        return {"same": request.same_before}

    def resolve(self, request: AtgRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]) -> Verdict[Told]:
        at = timezone.now()
        try:
            found = services.NationalService(calls(request.company)).atg_agreement(request.account_number)
        except maventa.RejectedError as error:
            if error.status == 404:
                return NotThere()
            raise
        if not _says(found, request.terms):
            return NotThere()
        if before.get("same"):  # only the signer changed, and who signs is told to nobody
            return CannotTell("the agreement looked the same before")
        return Found(Told([service_mirror.of_atg(found)], at))


@registry.register
class AgreeAtg(_Atg):
    """The signer gets an e-mail; when the agreement is signed, payers can agree to direct debit."""

    kind = "companies.agree_atg"
    label = _("Agree on AvtaleGiro")
    verb = _("Send the agreement")

    def check(self, target: Company, parameters: AtgParameters) -> None:
        super().check(target, parameters)
        service_policies.check_off(target, self.service, parameters.account_number)

    def send(self, request: AtgRequest, calls: Calls) -> Told:
        at = timezone.now()
        answer = services.NationalService(calls(request.company)).agree_atg(request.account_number, request.terms)
        return Told([service_mirror.of_atg(answer)], at)


@registry.register
class ChangeAtg(_Atg):
    """The agreement on one bank account says something else."""

    kind = "companies.change_atg"
    label = _("Change AvtaleGiro")
    verb = _("Save the agreement")

    def check(self, target: Company, parameters: AtgParameters) -> None:
        super().check(target, parameters)
        if service_policies.state_of(target, self.service, parameters.account_number) is None:
            raise NotQueueableError(_("There is no agreement on this bank account."), _("Look the services up first."))

    def send(self, request: AtgRequest, calls: Calls) -> Told:
        at = timezone.now()
        services.NationalService(calls(request.company)).change_atg(request.account_number, request.terms)
        return Told([], at, sure=False)


class B2cseParameters(msgspec.Struct, frozen=True, kw_only=True):
    account_number: str
    account_type: str = "BankGiro"
    fui: str = ""
    agreement_id: str = ""
    website: str = ""


class B2cseRequest(msgspec.Struct, frozen=True):
    company: UUID
    terms: services.B2cseTerms


@registry.register
class AgreeB2cse(ServiceAct[B2cseRequest]):
    """The agreement is made, or says something else from now on."""

    kind = "companies.agree_b2cse"
    label = _("Agree on e-invoices to consumers")
    verb = _("Save the agreement")
    service = catalogue.B2CSE
    Parameters = B2cseParameters

    def check(self, target: Company, parameters: B2cseParameters) -> None:
        super().check(target, parameters)
        if parameters.account_type not in ("PlusGiro", "BankGiro"):
            raise NotQueueableError(_("There is no such kind of account."), _("Use PlusGiro or BankGiro."))

    def prepare(self, members: list[Operation]) -> B2cseRequest:
        wanted = self.parameters_of(members[0])
        return B2cseRequest(company_of(members[0]).uuid, services.B2cseTerms(**msgspec.structs.asdict(wanted)))

    def send(self, request: B2cseRequest, calls: Calls) -> Told:
        at = timezone.now()
        services.NationalService(calls(request.company)).agree_b2cse(request.terms)
        return Told([], at, sure=False)

    def resolve(
        self, request: B2cseRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Told]:
        at = timezone.now()
        try:
            found = services.NationalService(calls(request.company)).b2cse()
        except maventa.RejectedError as error:
            if error.status in (404, 422):
                return NotThere()
            raise
        wanted = request.terms
        same = (found.account_number, found.account_type, found.website or "") == (
            wanted.account_number, wanted.account_type, wanted.website,
        )  # fmt: skip
        return Found(Told([service_mirror.of_b2cse(found)], at)) if same else NotThere()


class OdpParameters(msgspec.Struct, frozen=True):
    number: int  # the company's number at ODP, which AutoInvoice's other calls do not know
    trusted: bool


class OdpRequest(msgspec.Struct, frozen=True, kw_only=True):
    company: UUID
    country: str
    business_id: str
    number: int
    trusted: bool


class OtherCompanyError(maventa.RejectedError):
    """The number belongs to another company: nothing was changed."""


@registry.register
class TrustOdp(ServiceAct[OdpRequest]):
    """ODP trusts the company from now on, or no longer. Its number is checked against the business id first."""

    kind = "companies.trust_odp"
    label = _("Change trust at ODP")
    verb = _("Save")
    weight = Weight.COSTLY
    service = catalogue.ODP
    Parameters = OdpParameters

    def prepare(self, members: list[Operation]) -> OdpRequest:
        company, wanted = company_of(members[0]), self.parameters_of(members[0])
        return OdpRequest(
            company=company.uuid,
            country=company.country,
            business_id=company.real_business_id,
            number=wanted.number,
            trusted=wanted.trusted,
        )

    def send(self, request: OdpRequest, calls: Calls) -> Told:
        service, at = services.NationalService(calls(request.company)), timezone.now()
        found = service.odp(request.number)
        if not business_ids.same(request.country, found.bid or "", request.business_id):
            raise OtherCompanyError(409, "other_company", found.name or "")
        service.trust_odp(request.number, trusted=request.trusted)
        told = msgspec.structs.replace(found, state="TRUSTED" if request.trusted else found.state)
        return Told([service_mirror.of_odp(told)], at, sure=request.trusted)

    def resolve(self, request: OdpRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]) -> Verdict[Told]:
        at = timezone.now()
        found = services.NationalService(calls(request.company)).odp(request.number)
        same = (found.state == "TRUSTED") == request.trusted
        return Found(Told([service_mirror.of_odp(found)], at)) if same else NotThere()

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        if error.code == "other_company":
            return Remedy(_("This number belongs to another company; nothing was changed. Correct the number."))
        if error.status == 404:
            return Remedy(_("ODP knows no company of this number. Ask AutoInvoice support for it."))
        return super().remedy(operation, error)


def _says(found: services.AtgAgreement, terms: services.AtgTerms) -> bool:
    """Tell whether an agreement has these terms, as far as AutoInvoice tells them."""
    return all(str(getattr(found, name) or "") == str(getattr(terms, name) or "") for name in _SEEN_TERMS)
