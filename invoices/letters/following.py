"""Following print jobs: the service tells nothing by itself, so each is asked about until it has ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoices.letters import words
from invoices.models import PrintAccount, PrintJob
from invoices.services import PrintingService
from portal import maventa
from portal.partners.models import PartnerAccount
from portal.sync import paces, registry
from portal.sync.feeds import Look, Watch

WATCH = "invoices.print_watch"
_PATIENCE = timedelta(days=14)


@registry.register
class PrintWatch(Watch[PrintJob, str]):
    """Letters that are being printed."""

    name = WATCH
    label = _("Letters being printed")

    def due(self, account: PartnerAccount, limit: int) -> Sequence[PrintJob]:
        rows = PrintJob.objects.filter(account=account, next_check_at__lte=timezone.now()).select_related("company")
        return list(rows.order_by("next_check_at")[:limit])

    def company_of(self, row: PrintJob) -> UUID | None:
        return row.company.uuid

    def look(self, client: maventa.Client, row: PrintJob) -> str:
        return PrintingService(client).status(row.filename)

    def write(self, account: PartnerAccount, looks: list[Look[PrintJob, str]]) -> int:
        changed = 0
        for look in looks:
            older = PrintJob.objects.filter(pk=look.row.pk, fact_at__lt=look.at)
            changed += older.exclude(status_text=look.seen[:500]).update(status_text=look.seen[:500])
            older.update(fact_at=look.at)
            self._learn_mode(look)
        return changed

    def _learn_mode(self, look: Look[PrintJob, str]) -> None:
        """Support ends test mode, and nobody tells us: the fate of letters does."""
        if words.is_test(look.seen) or words.is_printed(look.seen):
            mode = words.is_test(look.seen)
            PrintAccount.objects.filter(company=look.row.company_id).exclude(test_mode=mode).update(test_mode=mode)
            PrintJob.objects.filter(pk=look.row.pk).update(test_mode=mode)

    def next_check(self, look: Look[PrintJob, str]) -> datetime | None:
        sent_at = look.row.sent_at or look.row.created_at
        if words.is_final(look.seen) or timezone.now() - sent_at > _PATIENCE:
            return None
        return paces.by_age(sent_at, longest=timedelta(hours=4))
