"""Monthly snapshots of what is billed: read by themselves, daily and once more when a month is closed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from portal import maventa
from portal.partners.models import PartnerAccount
from portal.sync import registry
from portal.sync.feeds import Look, Watch
from receivables import personal
from receivables.billing import calendar
from receivables.models import BilledUse, BillingMonth
from receivables.services.billing import BillingService, Transaction

_DAILY = timedelta(days=1)
_CHUNK = 1000


def open_months(account: PartnerAccount) -> int:
    """Have every month that can still be read looked at; returns how many are new."""
    now = timezone.now()
    wanted = calendar.readable(now)
    known = set(BillingMonth.objects.filter(account=account, month__in=wanted).values_list("month", flat=True))
    new = [BillingMonth(account=account, month=month, next_check_at=now) for month in wanted if month not in known]
    BillingMonth.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


@registry.register
class BillingWatch(Watch[BillingMonth, list[Transaction]]):
    """Months that change, or were not read since they were closed."""

    name = "receivables.billing"
    label = _("Billing reports")
    every = timedelta(minutes=1)
    limit = 4  # a report of many companies is large
    parallel = 1
    after_error = timedelta(minutes=30)

    def due(self, account: PartnerAccount, limit: int) -> Sequence[BillingMonth]:
        due = BillingMonth.objects.filter(account=account, next_check_at__lte=timezone.now())
        return list(due.order_by("month")[:limit])

    def company_of(self, row: BillingMonth) -> UUID | None:
        return None  # the partner company's own report

    def look(self, client: maventa.Client, row: BillingMonth) -> list[Transaction]:
        return BillingService(client).transactions(row.month)

    def write(self, account: PartnerAccount, looks: list[Look[BillingMonth, list[Transaction]]]) -> int:
        return sum(write(account, one.row, one.seen, one.at) for one in looks)

    def next_check(self, look: Look[BillingMonth, list[Transaction]]) -> datetime | None:
        return next_read(look.row.month, look.at)

    def failed(self, account: PartnerAccount, row: BillingMonth, error: maventa.MaventaError) -> None:
        BillingMonth.objects.filter(pk=row.pk).update(error_text=error.staff_text)
        if timezone.localdate() > calendar.kept_until(row.month):
            row.next_check_at = None


def next_read(month: date, read_at: datetime) -> datetime | None:
    """Return when a month is read again after a read; None: it was closed by then, or cannot be read any more."""
    closes = calendar.closes_at(month)
    if read_at >= closes or timezone.localdate(read_at) > calendar.kept_until(month):
        return None
    return min(read_at + _DAILY, closes) if read_at + _DAILY < closes else closes


def write(account: PartnerAccount, row: BillingMonth, lines: list[Transaction], at: datetime) -> bool:
    """
    Write a month as it was told; tells whether its sums are others now.

    An empty answer after AutoInvoice dropped the month takes nothing away here.
    """
    if not lines and row.read_at and timezone.localdate(at) > calendar.kept_until(row.month):
        return False
    summed = _summed(lines)
    BilledUse.objects.filter(month=row).delete()
    items = list(summed.items())
    for start in range(0, len(items), _CHUNK):
        BilledUse.objects.bulk_create(_rows(account, row, items[start : start + _CHUNK], at))
    totals: Counter[str] = Counter()
    for line, count in summed.values():
        totals[line.action_name or ""] += count
    before, row.totals, row.read_at, row.error_text = row.totals, dict(totals), at, ""
    row.companies = len({line.company_id for line in lines})
    row.is_final = at >= calendar.closes_at(row.month)
    row.save(update_fields=["totals", "read_at", "error_text", "companies", "is_final"])
    return bool(before != row.totals)


Key = tuple[str, str, str, str]


def _summed(lines: Iterable[Transaction]) -> dict[Key, tuple[Transaction, int]]:
    """Return one line for each company, software, action and licence: a report may split them further."""
    found: dict[Key, tuple[Transaction, int]] = {}
    for line in lines:
        key = (line.company_id or "", line.software_name or "", line.action_name or "", line.license_key or "")
        count = int(line.action_count or 0)
        found[key] = (line, found[key][1] + count if key in found else count)
    return found


def _rows(account: PartnerAccount, month: BillingMonth, chunk: Any, at: datetime) -> list[BilledUse]:
    uuids = {uuid for (company, *_rest), _line in chunk if (uuid := _uuid(company))}
    known = {str(row.uuid): row for row in Company.objects.filter(account=account, uuid__in=uuids)}
    return [
        BilledUse(
            month=month,
            account=account,
            company=known.get(company.lower()),
            company_uuid=company[:60],
            company_name=(line.company_name or "")[:300],
            business_id=_shown_id(known.get(company.lower()), line),
            software=software[:200],
            action=action[:200],
            licensing_system=(line.licensing_system or "")[:100],
            license_key=licence[:200],
            license_meta=(line.license_meta or "")[:500],
            count=count,
            read_at=at,
        )
        for (company, software, action, licence), (line, count) in chunk
    ]


def _shown_id(company: Company | None, line: Transaction) -> str:
    """Return the business id as it may be seen: of a company here as its mirror has it, else without a person's."""
    return company.business_id if company else personal.hidden(line.company_bid or "")[:60]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
