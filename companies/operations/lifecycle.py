"""Keeping quiet companies alive: AutoInvoice disables accounts after thirteen idle months."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import remedies, services
from companies.models import Company
from companies.operations.targets import company_of
from portal import maventa
from portal.operations import registry
from portal.operations.handlers import Calls, Handler, NotThere, Remedy, Verdict
from portal.operations.models import Operation


@registry.register
class KeepActive(Handler[UUID, None]):
    """Its count of idle months starts anew."""

    kind = "companies.keep_active"
    label = _("Keep company active")
    verb = _("Keep active")
    target = "companies.Company"
    permission = "companies.keep_company_active"
    related = ("account",)

    def prepare(self, members: list[Operation]) -> UUID:
        return company_of(members[0]).uuid

    def send(self, request: UUID, calls: Calls) -> None:
        services.CompanyService(calls(request)).keep_active()

    def settle(self, operation: Operation, sent: None) -> dict[str, Any]:
        Company.objects.filter(pk=company_of(operation).pk).update(kept_active_at=timezone.now())
        return {}

    def resolve(self, request: UUID, operation_uuid: UUID, calls: Calls, before: dict[str, Any]) -> Verdict[None]:
        return NotThere()  # starting the count twice does what starting it once does

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        return remedies.remedy_for(error)
