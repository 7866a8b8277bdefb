"""Looking up what Detect's checks found: soon after an invoice has come, and until none is pending."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoices.detect import mirror as detecting
from invoices.models import Analysis
from invoices.services import DetectService, Run
from portal import maventa
from portal.partners.models import PartnerAccount
from portal.sync import paces, registry
from portal.sync.feeds import Look, Watch

_LONGEST_PENDING = timedelta(days=2)  # a check that runs longer is not waited for


@dataclass(frozen=True, slots=True)
class Told:
    """Runs of one invoice, or why AutoInvoice tells nothing of them."""

    runs: list[Run]
    refused: str = ""


@registry.register
class DetectWatch(Watch[Analysis, Told]):
    name = "invoices.detect"
    label = _("Detect findings")

    def due(self, account: PartnerAccount, limit: int) -> Sequence[Analysis]:
        due = Analysis.objects.filter(account=account, next_check_at__lte=timezone.now())
        return list(due.select_related("invoice__company").order_by("next_check_at")[:limit])

    def company_of(self, row: Analysis) -> UUID | None:
        return row.invoice.company.uuid

    def look(self, client: maventa.Client, row: Analysis) -> Told:
        try:
            return Told(DetectService(client).runs(row.invoice.uuid))
        except maventa.RejectedError as error:  # asking again gets the same answer
            return Told([], error.staff_text)

    def write(self, account: PartnerAccount, looks: list[Look[Analysis, Told]]) -> int:
        for look in looks:
            if look.seen.refused:
                Analysis.objects.filter(pk=look.row.pk).update(problem=look.seen.refused[:300], is_pending=False)
            else:
                detecting.write(look.row, look.seen.runs, look.at)
        return len(looks)

    def next_check(self, look: Look[Analysis, Told]) -> datetime | None:
        is_old = timezone.now() - look.row.asked_at > _LONGEST_PENDING
        nothing_yet = not look.seen.runs and timezone.now() - look.row.asked_at < timedelta(minutes=10)
        if look.seen.refused or is_old or not (look.row.is_pending or nothing_yet):
            return None
        return paces.by_age(look.row.asked_at, longest=timedelta(hours=1))
