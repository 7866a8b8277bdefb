"""Scanning: the scan service, AutoScan and Lyanthe. Each write is looked up again by reading the same resource."""

from typing import Any
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import services
from companies.models import Company
from companies.operations.services import ServiceAct, Told
from companies.operations.targets import company_of
from companies.side_services import catalogue
from companies.side_services import mirror as service_mirror
from companies.side_services import policies as service_policies
from portal import maventa
from portal.operations import registry
from portal.operations.enums import Weight
from portal.operations.handlers import Calls, Found, NotQueueableError, NotThere, Verdict
from portal.operations.models import Operation

_NO_EMAIL = _("There is no return e-mail: what holds no invoice would have nowhere to go.")


class ScanParameters(msgspec.Struct, frozen=True, kw_only=True):
    return_email: str = ""  # empty: the company's own, as its settings have it
    street: str = ""
    extra_line: str = ""
    post_code: str = ""
    city: str = ""
    country: str = ""


class ScanRequest(msgspec.Struct, frozen=True, kw_only=True):
    company: UUID
    back: services.ReturnAddress


class _WriteScan(ServiceAct[ScanRequest]):
    service = catalogue.SCAN
    Parameters = ScanParameters

    def check(self, target: Company, parameters: ScanParameters) -> None:
        super().check(target, parameters)
        return_email_of(target, parameters.return_email)

    def prepare(self, members: list[Operation]) -> ScanRequest:
        company, wanted = company_of(members[0]), self.parameters_of(members[0])
        postal = {name: getattr(wanted, name) for name in ("street", "extra_line", "post_code", "city", "country")}
        back = services.ReturnAddress(email=return_email_of(company, wanted.return_email), **postal)
        return ScanRequest(company=company.uuid, back=back)

    def resolve(
        self, request: ScanRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Told]:
        at = timezone.now()
        found = services.ScanService(calls(request.company)).scan()
        on = found.status in (*catalogue.LIVE, *catalogue.COMING)
        return Found(Told([service_mirror.of_scan(found)], at)) if on and _same(found, request.back) else NotThere()


@registry.register
class ActivateScan(_WriteScan):
    """The company gets addresses to which its suppliers send paper and PDF."""

    kind = "companies.activate_scan"
    label = _("Activate the scan service")
    verb = _("Activate")
    weight = Weight.COSTLY

    def check(self, target: Company, parameters: ScanParameters) -> None:
        super().check(target, parameters)
        service_policies.check_off(target, self.service)

    def send(self, request: ScanRequest, calls: Calls) -> Told:
        at = timezone.now()
        answer = services.ScanService(calls(request.company)).activate_scan(request.back)
        return Told([service_mirror.of_scan(answer)], at)


@registry.register
class ChangeScan(_WriteScan):
    """What is no invoice goes to another address from the next business day on."""

    kind = "companies.change_scan"
    label = _("Change the scan service")
    verb = _("Save")

    def check(self, target: Company, parameters: ScanParameters) -> None:
        super().check(target, parameters)
        service_policies.check_on(target, self.service)

    def send(self, request: ScanRequest, calls: Calls) -> Told:
        at = timezone.now()
        answer = services.ScanService(calls(request.company)).change_scan(request.back)
        return Told([service_mirror.of_scan(answer)], at)


class AutoScanParameters(msgspec.Struct, frozen=True, kw_only=True):
    return_email: str = ""  # empty: the company's own, as its settings have it
    line_scanning: bool = False


class AutoScanRequest(msgspec.Struct, frozen=True, kw_only=True):
    company: UUID
    return_email: str
    line_scanning: bool


@registry.register
class SetAutoScan(ServiceAct[AutoScanRequest]):
    """AutoScan is on afterwards, with this return e-mail: one call activates and changes."""

    kind = "companies.set_autoscan"
    label = _("Activate or change AutoScan")
    verb = _("Save AutoScan")
    service = catalogue.AUTOSCAN
    Parameters = AutoScanParameters

    def check(self, target: Company, parameters: AutoScanParameters) -> None:
        super().check(target, parameters)
        return_email_of(target, parameters.return_email)

    def prepare(self, members: list[Operation]) -> AutoScanRequest:
        company, wanted = company_of(members[0]), self.parameters_of(members[0])
        return AutoScanRequest(
            company=company.uuid,
            return_email=return_email_of(company, wanted.return_email),
            line_scanning=wanted.line_scanning,
        )

    def send(self, request: AutoScanRequest, calls: Calls) -> Told:
        at = timezone.now()
        answer = services.ScanService(calls(request.company)).set_autoscan(
            return_email=request.return_email, line_scanning=request.line_scanning
        )
        return Told([service_mirror.of_autoscan(answer)], at)

    def resolve(
        self, request: AutoScanRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Told]:
        at = timezone.now()
        found = services.ScanService(calls(request.company)).autoscan()
        lines = (found.features or {}).get("invoice_line_scanning", request.line_scanning)
        same = (found.return_email_address or "", lines) == (request.return_email, request.line_scanning)
        on = found.status in catalogue.LIVE
        return Found(Told([service_mirror.of_autoscan(found)], at)) if on and same else NotThere()


class LyantheParameters(msgspec.Struct, frozen=True):
    email: str  # where Lyanthe sends from


class LyantheRequest(msgspec.Struct, frozen=True):
    company: UUID
    email: str


@registry.register
class ActivateLyanthe(ServiceAct[LyantheRequest]):
    """What Lyanthe scans for the company comes in as invoices."""

    kind = "companies.activate_lyanthe"
    label = _("Activate Lyanthe scanning")
    verb = _("Activate")
    service = catalogue.LYANTHE
    Parameters = LyantheParameters

    def prepare(self, members: list[Operation]) -> LyantheRequest:
        return LyantheRequest(company_of(members[0]).uuid, self.parameters_of(members[0]).email)

    def send(self, request: LyantheRequest, calls: Calls) -> Told:
        at = timezone.now()
        services.LyantheService(calls(None)).activate(request.company, request.email)
        seen = service_mirror.Seen(service=self.service, status="active", return_email=request.email)
        return Told([seen], at, sure=False)

    def resolve(
        self, request: LyantheRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Told]:
        at = timezone.now()
        found = _unless_none(lambda: services.LyantheService(calls(None)).get(request.company))
        seen = service_mirror.of_lyanthe(found) if found else service_mirror.nothing(self.service)
        return NotThere() if seen.status == catalogue.NONE else Found(Told([seen], at))


class _Close(ServiceAct[UUID]):
    weight = Weight.COSTLY

    def check(self, target: Company, parameters: Any) -> None:
        super().check(target, parameters)
        service_policies.check_on(target, self.service)

    def missing(self, operation: Operation) -> set[str]:
        return set()  # closing waits for nothing

    def prepare(self, members: list[Operation]) -> UUID:
        return company_of(members[0]).uuid

    def send(self, request: UUID, calls: Calls) -> Told:
        at = timezone.now()
        try:
            self.close(request, calls)
        except maventa.RejectedError as error:
            if error.status != 404:  # gone is what was wanted
                raise
        return Told([service_mirror.nothing(self.service)], at)

    def resolve(self, request: UUID, operation_uuid: UUID, calls: Calls, before: dict[str, Any]) -> Verdict[Told]:
        at = timezone.now()
        status = self.status(request, calls)
        off = status is None or status in catalogue.OFF
        return Found(Told([service_mirror.nothing(self.service)], at)) if off else NotThere()

    def close(self, company: UUID, calls: Calls) -> None:
        raise NotImplementedError

    def status(self, company: UUID, calls: Calls) -> str | None:
        raise NotImplementedError


@registry.register
class CloseScan(_Close):
    """The scan addresses end; what still arrives is passed on for 60 days."""

    kind = "companies.close_scan"
    label = _("Close the scan service")
    verb = _("Close")
    service = catalogue.SCAN

    def close(self, company: UUID, calls: Calls) -> None:
        services.ScanService(calls(company)).close_scan()

    def status(self, company: UUID, calls: Calls) -> str | None:
        found = _unless_none(services.ScanService(calls(company)).scan)
        return found.status if found else None


@registry.register
class CloseAutoScan(_Close):
    """Mail to the AutoScan address is not read any more."""

    kind = "companies.close_autoscan"
    label = _("Close AutoScan")
    verb = _("Close")
    service = catalogue.AUTOSCAN

    def close(self, company: UUID, calls: Calls) -> None:
        services.ScanService(calls(company)).close_autoscan()

    def status(self, company: UUID, calls: Calls) -> str | None:
        found = _unless_none(services.ScanService(calls(company)).autoscan)
        return found.status if found else None


@registry.register
class CloseLyanthe(_Close):
    """What Lyanthe scans does not come in any more."""

    kind = "companies.close_lyanthe"
    label = _("Close Lyanthe scanning")
    verb = _("Close")
    service = catalogue.LYANTHE

    def close(self, company: UUID, calls: Calls) -> None:
        services.LyantheService(calls(None)).close(company)

    def status(self, company: UUID, calls: Calls) -> str | None:
        found = _unless_none(lambda: services.LyantheService(calls(None)).get(company))
        return service_mirror.of_lyanthe(found).status if found else None


def return_email_of(company: Company, given: str) -> str:
    """
    Return the address for what is no invoice: the given one, or the company's own.

    :raises NotQueueableError: neither is known
    """
    own = (company.settings.get("details") or {}).get("email") or ""
    if not (given or own):
        raise NotQueueableError(_NO_EMAIL, _("Give one, or read the company's settings first: its own is taken then."))
    return given or str(own)


def _same(found: services.ScanConfiguration, wanted: services.ReturnAddress) -> bool:
    """Tell whether the return address is the wanted one; the answer words it differently from the request."""
    back = found.return_address
    postal = back.postal_address if back else None
    there = (
        (back.email_address or "") if back else "",
        (postal.address1 or "") if postal else "",
        (postal.post_code or "") if postal else "",
        (postal.city or "") if postal else "",
    )
    return there == (wanted.email, wanted.street, wanted.post_code, wanted.city)


def _unless_none(ask: Any) -> Any:
    try:
        return ask()
    except maventa.RejectedError as error:
        if error.status == 404:
            return None
        raise
