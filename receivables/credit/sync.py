"""Invoice credit that waits for a signature, and the figures of active ones: looked at by company."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import maventa
from portal.partners.models import PartnerAccount
from portal.sync import paces, registry
from portal.sync.feeds import Look, Watch
from receivables.credit import mirror as credit_mirror
from receivables.enums import ServiceStatus
from receivables.models import InvoiceCredit
from receivables.services.credit import CreditService

_SIGNED_WITHIN = timedelta(hours=6)  # the longest pause between looks at what waits for a signature
_DAILY = timedelta(days=1)


@registry.register
class CreditWatch(Watch[InvoiceCredit, credit_mirror.Seen]):
    """Looking is what opens a credit that was signed: so it is looked at until it is open, or declined."""

    name = "receivables.credit"
    label = _("Invoice credit")

    def due(self, account: PartnerAccount, limit: int) -> Sequence[InvoiceCredit]:
        due = InvoiceCredit.objects.filter(account=account, next_check_at__lte=timezone.now())
        return list(due.select_related("company").order_by("next_check_at")[:limit])

    def company_of(self, row: InvoiceCredit) -> UUID | None:
        return row.company.uuid

    def look(self, client: maventa.Client, row: InvoiceCredit) -> credit_mirror.Seen:
        return credit_mirror.look(CreditService(client))

    def write(self, account: PartnerAccount, looks: list[Look[InvoiceCredit, credit_mirror.Seen]]) -> int:
        changed = 0
        for one in looks:
            one.row.company.account = account
            changed += credit_mirror.write(one.row.company, one.seen)
        return changed

    def next_check(self, look: Look[InvoiceCredit, credit_mirror.Seen]) -> datetime | None:
        status = look.seen.credit.status if look.seen.credit else ""
        if status == ServiceStatus.PENDING:
            return paces.by_age(look.row.created_at, shortest=credit_mirror.FIRST_LOOK, longest=_SIGNED_WITHIN)
        return timezone.now() + _DAILY if status == ServiceStatus.ACTIVE else None
