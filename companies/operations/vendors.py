"""The link between a company and our software: without it no vendor webhooks, billing and support."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import mirrors, remedies, services
from companies.operations.targets import company_of
from portal import maventa
from portal.operations import registry
from portal.operations.enums import Weight
from portal.operations.handlers import Calls, Handler, NotThere, Remedy, Verdict
from portal.operations.models import Operation


class _Link(Handler[UUID, services.VendorState]):
    target = "companies.Company"
    related = ("account",)

    def prepare(self, members: list[Operation]) -> UUID:
        return company_of(members[0]).uuid

    def settle(self, operation: Operation, sent: services.VendorState) -> dict[str, Any]:
        mirrors.write_vendor(company_of(operation), sent.state, timezone.now())
        return {"state": sent.state}

    def resolve(
        self, request: UUID, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[services.VendorState]:
        return NotThere()  # the state's words are not documented, and doing it twice does what once does

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        return remedies.remedy_for(error)


@registry.register
class LinkVendor(_Link):
    """Our software is linked to the company; registration does this by itself."""

    kind = "companies.link_vendor"
    label = _("Link to our software")
    verb = _("Link")
    permission = "companies.link_company"

    def send(self, request: UUID, calls: Calls) -> services.VendorState:
        return services.VendorService(calls(request)).link()


@registry.register
class UnlinkVendor(_Link):
    """Our software hears nothing of the company any more, and it is not on our bill."""

    kind = "companies.unlink_vendor"
    label = _("Unlink from our software")
    verb = _("Unlink")
    permission = "companies.unlink_company"
    weight = Weight.COSTLY

    def send(self, request: UUID, calls: Calls) -> services.VendorState:
        service = services.VendorService(calls(request))
        try:
            service.unlink()
        except maventa.RejectedError as error:
            if error.status != 404:  # unlinked is what was wanted
                raise
        return service.state()
