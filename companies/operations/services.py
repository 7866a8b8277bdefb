"""What all acts on a company's services have in common, and looking the services up."""

from datetime import datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import remedies, services
from companies.models import Company
from companies.operations.targets import company_of
from companies.side_services import catalogue
from companies.side_services import mirror as service_mirror
from companies.side_services import policies as service_policies
from companies.side_services.mirror import Seen
from portal import maventa
from portal.operations import queueing, registry
from portal.operations.enums import Weight
from portal.operations.handlers import Calls, Handler, NotThere, Remedy, Verdict
from portal.operations.models import Operation

RequestT = TypeVar("RequestT")
_REFUSED = (401, 403)
_NONE_SUCH = (404, 422)


class Told(msgspec.Struct, frozen=True):
    """Services as they were at `at`. `sure`: AutoInvoice said so; else it is what was sent, and is looked up."""

    seen: list[Seen]
    at: datetime
    sure: bool = True


class ServiceAct(Handler[RequestT, Told]):
    """An act on one service of a company; it waits for what the service needs."""

    service: ClassVar[str]
    target = "companies.Company"
    permission = "companies.manage_services"
    related = ("account",)

    def check(self, target: Company, parameters: Any) -> None:
        service_policies.check_fits(target, self.service)

    def missing(self, operation: Operation) -> set[str]:
        return service_policies.missing_for(company_of(operation), self.service)

    def settle(self, operation: Operation, sent: Told) -> dict[str, Any]:
        company = company_of(operation)
        service_mirror.write(company, sent.seen, sent.at)
        if not sent.sure:
            look_up(company, [self.service], operation)
        return {"status": ", ".join(item.status for item in sent.seen)}

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        return remedies.remedy_for(error)


def look_up(company: Company, names: list[str], because: Operation) -> None:
    """Queue a look at some services: the act that was settled was answered without words."""
    rows = [queueing.row_of(company, {"services": names})]
    queueing.queue_many(RefreshServices.kind, rows, account=because.account)


class RefreshParameters(msgspec.Struct, frozen=True):
    services: list[str] = msgspec.field(default_factory=list)  # none: all that fit the country


class RefreshRequest(msgspec.Struct, frozen=True, kw_only=True):
    company: UUID
    services: list[str]
    odp: list[int]  # numbers there that we know


@registry.register
class RefreshServices(Handler[RefreshRequest, Told]):
    """The company's services as they are now; nothing is changed."""

    kind = "companies.refresh_services"
    label = _("Look up services")
    verb = _("Look up services")
    target = "companies.Company"
    permission = "companies.refresh_company"
    weight = Weight.INWARD
    Parameters = RefreshParameters
    related = ("account",)

    def prepare(self, members: list[Operation]) -> RefreshRequest:
        company, wanted = company_of(members[0]), self.parameters_of(members[0]).services
        fitting = [item.name for item in catalogue.fitting(company.country)]
        numbers = company.services.filter(service=catalogue.ODP).values_list("key", flat=True)
        return RefreshRequest(
            company=company.uuid,
            services=[name for name in fitting if not wanted or name in wanted],
            odp=[int(number) for number in numbers if number.isdigit()],
        )

    def send(self, request: RefreshRequest, calls: Calls) -> Told:
        at = timezone.now()
        return Told([item for name in request.services for item in look(name, request, calls)], at)

    def settle(self, operation: Operation, sent: Told) -> dict[str, Any]:
        company = company_of(operation)
        changed = service_mirror.write(company, sent.seen, sent.at)
        if any(item.service == catalogue.ATG for item in sent.seen):
            present = [item.key for item in sent.seen if item.service == catalogue.ATG]
            service_mirror.drop_others(company, catalogue.ATG, present, sent.at)
        return {"changed": changed}

    def resolve(
        self, request: RefreshRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Told]:
        return NotThere()  # looking again costs nothing


def look(name: str, request: RefreshRequest, calls: Calls) -> list[Seen]:
    """Ask for one service; [] where AutoInvoice tells this company nothing of it."""
    try:
        return _ASKING[name](request, calls)
    except maventa.RejectedError as error:
        if error.status in _REFUSED:  # not verified yet, or no right to ask
            return []
        if error.status in _NONE_SUCH:
            return [service_mirror.nothing(name)]
        raise


def _scan(request: RefreshRequest, calls: Calls) -> list[Seen]:
    return [service_mirror.of_scan(services.ScanService(calls(request.company)).scan())]


def _autoscan(request: RefreshRequest, calls: Calls) -> list[Seen]:
    return [service_mirror.of_autoscan(services.ScanService(calls(request.company)).autoscan())]


def _atg(request: RefreshRequest, calls: Calls) -> list[Seen]:
    agreements = services.NationalService(calls(request.company)).atg_agreements()
    found = [service_mirror.of_atg(agreement) for agreement in agreements if agreement.account_number]
    return found or [service_mirror.nothing(catalogue.ATG)]


def _b2cno(request: RefreshRequest, calls: Calls) -> list[Seen]:
    return [service_mirror.of_b2cno(services.NationalService(calls(request.company)).b2cno())]


def _b2cse(request: RefreshRequest, calls: Calls) -> list[Seen]:
    return [service_mirror.of_b2cse(services.NationalService(calls(request.company)).b2cse())]


def _lyanthe(request: RefreshRequest, calls: Calls) -> list[Seen]:
    return [service_mirror.of_lyanthe(services.LyantheService(calls(None)).get(request.company))]


def _odp(request: RefreshRequest, calls: Calls) -> list[Seen]:
    service = services.NationalService(calls(request.company))
    return [service_mirror.of_odp(service.odp(number)) for number in request.odp]


_ASKING = {
    catalogue.SCAN: _scan,
    catalogue.AUTOSCAN: _autoscan,
    catalogue.ATG: _atg,
    catalogue.B2CNO: _b2cno,
    catalogue.B2CSE: _b2cse,
    catalogue.LYANTHE: _lyanthe,
    catalogue.ODP: _odp,
}
