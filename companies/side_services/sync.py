"""Services that are being opened, and questions for suppliers that AutoInvoice still works on: looked at by id."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import services
from companies.models import ServiceState, SupplierQuery
from companies.operations.services import RefreshRequest, look
from companies.side_services import catalogue, supplier_mirror
from companies.side_services import mirror as service_mirror
from portal import maventa
from portal.partners.models import PartnerAccount
from portal.sync import paces, registry
from portal.sync.feeds import Look, Watch

_OPENS_IN = timedelta(hours=6)  # a signature at the bank takes days; the longest pause between looks
_ANSWERS_IN = timedelta(minutes=15)


@registry.register
class ServiceWatch(Watch[ServiceState, list[service_mirror.Seen]]):
    """Services that are pending, or of which an event told only the name."""

    name = "companies.services"
    label = _("Services being opened")

    def due(self, account: PartnerAccount, limit: int) -> Sequence[ServiceState]:
        due = ServiceState.objects.filter(account=account, next_check_at__lte=timezone.now())
        return list(due.select_related("company").order_by("next_check_at")[:limit])

    def company_of(self, row: ServiceState) -> UUID | None:
        return None if row.service == catalogue.LYANTHE else row.company.uuid

    def look(self, client: maventa.Client, row: ServiceState) -> list[service_mirror.Seen]:
        numbers = [int(row.key)] if row.service == catalogue.ODP and row.key.isdigit() else []
        request = RefreshRequest(company=row.company.uuid, services=[row.service], odp=numbers)
        return look(row.service, request, lambda _company: client)

    def write(self, account: PartnerAccount, looks: list[Look[ServiceState, list[service_mirror.Seen]]]) -> int:
        changed = 0
        for one in looks:
            company = one.row.company
            company.account = account
            changed += bool(service_mirror.write(company, one.seen, one.at))
        return changed

    def next_check(self, look: Look[ServiceState, list[service_mirror.Seen]]) -> datetime | None:
        mine = [item for item in look.seen if item.key == look.row.key]
        if not any(item.status in catalogue.COMING for item in mine):
            return None
        return paces.by_age(look.row.created_at, shortest=service_mirror.FIRST_LOOK, longest=_OPENS_IN)


@registry.register
class SupplierWatch(Watch[SupplierQuery, services.SupplierAnswer]):
    """Questions for suppliers that were not answered at once: asked again, which changes nothing there."""

    name = "companies.supplier_queries"
    label = _("Questions for suppliers")

    def due(self, account: PartnerAccount, limit: int) -> Sequence[SupplierQuery]:
        due = SupplierQuery.objects.filter(account=account, next_check_at__lte=timezone.now())
        return list(due.select_related("company").order_by("next_check_at")[:limit])

    def company_of(self, row: SupplierQuery) -> UUID | None:
        return row.company.uuid

    def look(self, client: maventa.Client, row: SupplierQuery) -> services.SupplierAnswer:
        return services.SupplierService(client).query(row.oldest_invoice_at)

    def write(self, account: PartnerAccount, looks: list[Look[SupplierQuery, services.SupplierAnswer]]) -> int:
        changed = 0
        for one in looks:
            company = one.row.company
            company.account = account
            changed += bool(supplier_mirror.write_answer(one.row, company, one.seen, one.at))
        return changed

    def next_check(self, look: Look[SupplierQuery, services.SupplierAnswer]) -> datetime | None:
        if look.seen.status != supplier_mirror.PENDING:
            return None
        return paces.by_age(look.row.asked_at, shortest=supplier_mirror.FIRST_LOOK, longest=_ANSWERS_IN)
