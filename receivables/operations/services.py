"""Agreements with agencies: what all acts on them have in common, closing them, and looking them up."""

from datetime import datetime
from typing import Any, ClassVar, TypeVar, cast
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import facts as company_facts
from companies import remedies
from companies.models import Company
from portal import maventa
from portal.operations import queueing, registry
from portal.operations.enums import Weight
from portal.operations.handlers import Calls, Found, Handler, NotQueueableError, NotThere, Remedy, Verdict
from portal.operations.models import Operation
from receivables import services
from receivables.collection import service_mirror, service_policies
from receivables.collection.agencies import AGENCIES, fitting
from receivables.collection.service_mirror import Seen
from receivables.enums import Agency, ServiceStatus

RequestT = TypeVar("RequestT")
ON = (ServiceStatus.PENDING, ServiceStatus.ACTIVE)
_NO_RIGHT = (401, 403)


class Told(msgspec.Struct, frozen=True):
    """Services as they were at `at`. `sure`: AutoInvoice said so; else the service is looked up again."""

    seen: list[Seen]
    at: datetime
    sure: bool = True


class CollectionAct(Handler[RequestT, Told]):
    """An act on one agency's service of a company; it waits until the company is verified."""

    agency: ClassVar[Agency]
    target = "companies.Company"
    permission = "receivables.manage_collection"
    related = ("account", "collection_services")

    def check(self, target: Company, parameters: Any) -> None:
        service_policies.check_fits(target, self.agency)

    def missing(self, operation: Operation) -> set[str]:
        company = company_of(operation)
        return set() if company_facts.is_verified(company) else {company_facts.verified(company.uuid)}

    def settle(self, operation: Operation, sent: Told) -> dict[str, Any]:
        company = company_of(operation)
        service_mirror.write(company, sent.seen, sent.at)
        if not sent.sure:
            rows = [queueing.row_of(company, {"agencies": [self.agency.value]})]
            queueing.queue_many(RefreshCollection.kind, rows, account=operation.account)
        return {"status": ", ".join(item.status for item in sent.seen)}

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        return remedies.remedy_for(error)


class AgencyParameters(msgspec.Struct, frozen=True):
    agency: str


class CloseRequest(msgspec.Struct, frozen=True):
    company: UUID
    agency: str


@registry.register
class CloseCollection(Handler[CloseRequest, Told]):
    """Nothing is handed over to, or followed by, the agency any more."""

    kind = "receivables.close_service"
    label = _("Deactivate an agency")
    verb = _("Deactivate")
    target = "companies.Company"
    permission = "receivables.manage_collection"
    weight = Weight.COSTLY
    related = ("account", "collection_services")
    Parameters = AgencyParameters

    def check(self, target: Company, parameters: AgencyParameters) -> None:
        if parameters.agency not in AGENCIES:
            raise NotQueueableError(_("The portal knows no such agency."))
        service_policies.check_on(target, parameters.agency)

    def prepare(self, members: list[Operation]) -> CloseRequest:
        return CloseRequest(company_of(members[0]).uuid, self.parameters_of(members[0]).agency)

    def send(self, request: CloseRequest, calls: Calls) -> Told:
        at, client = timezone.now(), calls(request.company)
        _SERVICES[request.agency](client).close()
        return Told([Seen(agency=request.agency, status=ServiceStatus.DISABLED)], at)

    def settle(self, operation: Operation, sent: Told) -> dict[str, Any]:
        service_mirror.write(company_of(operation), sent.seen, sent.at, closed_by_us=True)
        return {"status": ", ".join(item.status for item in sent.seen)}

    def resolve(
        self, request: CloseRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Told]:
        at = timezone.now()
        seen = look(request.agency, request.company, calls)
        return NotThere() if seen and seen[0].status in ON else Found(Told(seen, at))

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        return remedies.remedy_for(error)


class RefreshParameters(msgspec.Struct, frozen=True):
    agencies: list[str] = msgspec.field(default_factory=list)  # none: all that fit the country


class RefreshRequest(msgspec.Struct, frozen=True):
    company: UUID
    agencies: list[str]


@registry.register
class RefreshCollection(Handler[RefreshRequest, Told]):
    """The company's agencies as they are now; nothing is changed."""

    kind = "receivables.refresh_services"
    label = _("Look up collection services")
    verb = _("Look up")
    target = "companies.Company"
    permission = "companies.refresh_company"
    weight = Weight.INWARD
    Parameters = RefreshParameters
    related = ("account",)

    def prepare(self, members: list[Operation]) -> RefreshRequest:
        company, wanted = company_of(members[0]), self.parameters_of(members[0]).agencies
        names = [item.name.value for item in fitting(company.country)]
        return RefreshRequest(company.uuid, [name for name in names if not wanted or name in wanted])

    def send(self, request: RefreshRequest, calls: Calls) -> Told:
        at = timezone.now()
        return Told([item for name in request.agencies for item in look(name, request.company, calls)], at)

    def settle(self, operation: Operation, sent: Told) -> dict[str, Any]:
        return {"changed": service_mirror.write(company_of(operation), sent.seen, sent.at)}

    def resolve(
        self, request: RefreshRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Told]:
        return NotThere()  # looking again costs nothing


def look(agency: str, company: UUID, calls: Calls) -> list[Seen]:
    """Ask for one agency; [] where AutoInvoice tells this company nothing of it."""
    try:
        return [_LOOKS[agency](calls(company))]
    except maventa.RejectedError as error:
        if error.status in _NO_RIGHT:  # not verified yet, or no right to ask
            return []
        if error.status == 404:
            return [service_mirror.nothing(agency)]
        raise


def company_of(operation: Operation) -> Company:
    target: Any = operation.target
    return cast("Company", target)


_SERVICES: dict[str, Any] = {
    Agency.AMILI: services.AmiliService,
    Agency.ROPO: services.RopoService,
    Agency.INTRUM: services.IntrumService,
}
_LOOKS: dict[str, Any] = {
    Agency.AMILI: lambda client: service_mirror.of_amili(services.AmiliService(client).show()),
    Agency.ROPO: lambda client: service_mirror.of_ropo(services.RopoService(client).show()),
    Agency.INTRUM: lambda client: service_mirror.of_intrum(services.IntrumService(client).show()),
}
