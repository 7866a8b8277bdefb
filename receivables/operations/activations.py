"""Agreements with agencies: asking for them and changing them. Each is read again when in doubt."""

from typing import Any, TypeVar
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from portal.operations import registry
from portal.operations.handlers import Calls, Found, NotQueueableError, NotThere, Verdict
from portal.operations.models import Operation
from receivables import services
from receivables.collection import service_mirror, service_policies
from receivables.collection.agencies import EXPRESS, FULL
from receivables.enums import Agency, ServiceStatus
from receivables.operations.services import ON, CollectionAct, Told, company_of, look

RequestT = TypeVar("RequestT")


class Activate(CollectionAct[RequestT]):
    """Asking for an agency; the answer says how it stands."""

    def check(self, target: Company, parameters: Any) -> None:
        super().check(target, parameters)
        service_policies.check_off(target, self.agency)

    def company_in(self, request: RequestT) -> UUID:
        raise NotImplementedError

    def resolve(self, request: RequestT, operation_uuid: UUID, calls: Calls, before: dict[str, Any]) -> Verdict[Told]:
        """It was off before: if it is on now, the request came through."""
        at = timezone.now()
        seen = look(self.agency, self.company_in(request), calls)
        return Found(Told(seen, at)) if seen and seen[0].status in ON else NotThere()


class AmiliParameters(msgspec.Struct, frozen=True, kw_only=True):
    """The contract's fields; an address is its street, postcode, city and country."""

    service_type: str
    iban: str
    bic: str
    bank: str
    contact_person: str
    contact_email: str
    contact_phone_number: str
    customer_service_email: str
    billing_street: str
    billing_zip_code: str
    billing_city: str
    billing_country: str
    accountable_party: str = ""
    customer_service_phone_number: str = ""
    authorization_email: str = ""
    postal_street: str = ""
    postal_zip_code: str = ""
    postal_city: str = ""
    postal_country: str = ""


class AmiliRequest(msgspec.Struct, frozen=True):
    company: UUID
    terms: services.AmiliTerms


@registry.register
class ActivateAmili(Activate[AmiliRequest]):
    """Ask Amili for Kassavirta or Perintä; somebody who may represent the company then identifies it."""

    kind = "receivables.activate_amili"
    label = _("Activate Amili")
    verb = _("Activate Amili")
    agency = Agency.AMILI
    Parameters = AmiliParameters

    def prepare(self, members: list[Operation]) -> AmiliRequest:
        given = msgspec.structs.asdict(self.parameters_of(members[0]))
        terms = {name: value for name, value in given.items() if not name.startswith(("billing_", "postal_"))}
        billing = _address(given, "billing")
        postal = _address(given, "postal") if given["postal_street"] else None
        return AmiliRequest(
            company_of(members[0]).uuid,
            services.AmiliTerms(**terms, billing_address=billing, postal_address=postal),
        )

    def company_in(self, request: AmiliRequest) -> UUID:
        return request.company

    def send(self, request: AmiliRequest, calls: Calls) -> Told:
        at = timezone.now()
        answer = services.AmiliService(calls(request.company)).activate(request.terms)
        return Told([service_mirror.of_amili(answer)], at)


class RopoParameters(msgspec.Struct, frozen=True):
    agreement_contact_email: str


class RopoRequest(msgspec.Struct, frozen=True):
    company: UUID
    email: str


@registry.register
class ActivateRopo(Activate[RopoRequest]):
    """Ropo mails its agreement to the contact, who fills it and signs."""

    kind = "receivables.activate_ropo"
    label = _("Activate Ropo")
    verb = _("Activate Ropo")
    agency = Agency.ROPO
    Parameters = RopoParameters

    def prepare(self, members: list[Operation]) -> RopoRequest:
        email = self.parameters_of(members[0]).agreement_contact_email
        return RopoRequest(company_of(members[0]).uuid, email)

    def company_in(self, request: RopoRequest) -> UUID:
        return request.company

    def send(self, request: RopoRequest, calls: Calls) -> Told:
        at = timezone.now()
        return Told([service_mirror.of_ropo(services.RopoService(calls(request.company)).activate(request.email))], at)


class IntrumParameters(msgspec.Struct, frozen=True, kw_only=True):
    agreement_contact_name: str
    agreement_contact_email: str
    agreement_contact_phone: str
    real_estate_management_company: str = ""


class IntrumRequest(msgspec.Struct, frozen=True):
    company: UUID
    terms: services.IntrumTerms


@registry.register
class ActivateIntrum(Activate[IntrumRequest]):
    """Ask Intrum for a contract; its client code, given afterwards, makes the service active."""

    kind = "receivables.activate_intrum"
    label = _("Activate Intrum")
    verb = _("Activate Intrum")
    agency = Agency.INTRUM
    Parameters = IntrumParameters

    def prepare(self, members: list[Operation]) -> IntrumRequest:
        given = msgspec.structs.asdict(self.parameters_of(members[0]))
        return IntrumRequest(company_of(members[0]).uuid, services.IntrumTerms(**given))

    def company_in(self, request: IntrumRequest) -> UUID:
        return request.company

    def send(self, request: IntrumRequest, calls: Calls) -> Told:
        at = timezone.now()
        answer = services.IntrumService(calls(request.company)).activate(request.terms)
        return Told([service_mirror.of_intrum(answer)], at)


class ChangeParameters(msgspec.Struct, frozen=True, kw_only=True):
    service_type: str
    accountable_party: str


class ChangeRequest(msgspec.Struct, frozen=True, kw_only=True):
    company: UUID
    service_type: str
    accountable_party: str


@registry.register
class ChangeAmili(CollectionAct[ChangeRequest]):
    """From Kassavirta to Perintä or back, or who follows the payments."""

    kind = "receivables.change_amili"
    label = _("Change Amili")
    verb = _("Save")
    agency = Agency.AMILI
    Parameters = ChangeParameters

    def check(self, target: Company, parameters: ChangeParameters) -> None:
        super().check(target, parameters)
        held = service_policies.check_on(target, self.agency)
        if parameters.service_type not in (FULL, EXPRESS):
            raise NotQueueableError(_("Amili sells Kassavirta (full) and Perintä (express)."))
        same = held.details.get("accountable_party") == parameters.accountable_party
        if held.service_type == parameters.service_type and same:
            raise NotQueueableError(_("Amili's service is that way already."))

    def prepare(self, members: list[Operation]) -> ChangeRequest:
        given = msgspec.structs.asdict(self.parameters_of(members[0]))
        return ChangeRequest(company=company_of(members[0]).uuid, **given)

    def send(self, request: ChangeRequest, calls: Calls) -> Told:
        at = timezone.now()
        services.AmiliService(calls(request.company)).change(
            service_type=request.service_type, accountable_party=request.accountable_party
        )
        return Told([], at, sure=False)

    def resolve(
        self, request: ChangeRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Told]:
        at = timezone.now()
        seen = look(self.agency, request.company, calls)
        wanted = (request.service_type, request.accountable_party)
        is_so = bool(seen) and (seen[0].service_type, seen[0].details.get("accountable_party")) == wanted
        return Found(Told(seen, at)) if is_so else NotThere()


class ClientCodeParameters(msgspec.Struct, frozen=True):
    client_code: str


class ClientCodeRequest(msgspec.Struct, frozen=True):
    company: UUID
    client_code: str


@registry.register
class GiveClientCode(CollectionAct[ClientCodeRequest]):
    """The contract with Intrum is made: its client code turns the service on."""

    kind = "receivables.give_client_code"
    label = _("Give Intrum's client code")
    verb = _("Give the client code")
    agency = Agency.INTRUM
    Parameters = ClientCodeParameters

    def check(self, target: Company, parameters: ClientCodeParameters) -> None:
        super().check(target, parameters)
        service_policies.check_on(target, self.agency)

    def prepare(self, members: list[Operation]) -> ClientCodeRequest:
        return ClientCodeRequest(company_of(members[0]).uuid, self.parameters_of(members[0]).client_code)

    def send(self, request: ClientCodeRequest, calls: Calls) -> Told:
        at = timezone.now()
        services.IntrumService(calls(request.company)).give_client_code(request.client_code)
        return Told([], at, sure=False)

    def resolve(
        self, request: ClientCodeRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Told]:
        at = timezone.now()
        seen = look(self.agency, request.company, calls)
        return Found(Told(seen, at)) if seen and seen[0].status == ServiceStatus.ACTIVE else NotThere()


def _address(given: dict[str, str], kind: str) -> services.Address:
    return services.Address(
        country=given[f"{kind}_country"],
        streets=[given[f"{kind}_street"]],
        city=given[f"{kind}_city"],
        zip_code=given[f"{kind}_zip_code"],
    )
