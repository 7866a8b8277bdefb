"""
Gaps between the sources that tell of an invoice: deliveries, and lists with feeds and looks.

What lists know and no webhook told of, and what a webhook told of and no list has shown, is written down with its age.
The missing source is asked by itself, within limits: missed events again at most once an hour for an account, and a
company's list at once, for some companies each time.
"""

from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from invoices.enums import Direction, Status
from invoices.models import Invoice
from invoices.sync import CompanyFeed
from portal.operations import queueing
from portal.operations.handlers import NotQueueableError
from portal.partners.models import PartnerAccount
from portal.sync import cursors
from portal.sync.models import Asked, Gap, Lacking
from portal.webhooks.models import Delivery, Subscription
from portal.webhooks.operations import ResendUnacknowledged

_RIPE, _LOOKED_BACK = timedelta(minutes=15), timedelta(hours=24)  # AutoInvoice repeats events for a day
_MOST = 500  # gaps found in one look
_RESEND_EVERY, _COMPANIES_AT_ONCE = timedelta(hours=1), 50


def look(account: PartnerAccount) -> int:
    """Find gaps that have opened, close those that have closed, ask for what is lacking; return how many are open."""
    _close(account)
    _open(account, Lacking.DELIVERY, _never_told(account))
    _open(account, Lacking.LIST, _never_listed(account))
    open_ones = Gap.objects.filter(account=account, closed_at=None)
    _ask(account, open_ones)
    return open_ones.count()


def _ripe(account: PartnerAccount) -> QuerySet[Invoice]:
    now = timezone.now()
    rows = Invoice.objects.filter(account=account, created_at__gte=now - _LOOKED_BACK, created_at__lte=now - _RIPE)
    return rows.select_related("company").only("uuid", "number", "created_at", "company__uuid")


def _never_told(account: PartnerAccount) -> list[Invoice]:
    """Return invoices with news that events tell of, since we subscribed, without a delivery about them."""
    since = Subscription.objects.live().filter(account=account, secret__isnull=False).order_by("created_at").first()
    if since is None:
        return []
    ripe = _ripe(account).filter(created_at__gte=since.created_at)
    news = ripe.filter(direction=Direction.RECEIVED) | ripe.filter(status__in=(Status.DELIVERED, Status.FAILED))
    candidates = list(news.order_by("created_at")[: _MOST * 4])
    told = Delivery.objects.filter(account=account, subject__in=[str(row.uuid) for row in candidates])
    known = set(told.values_list("subject", flat=True))
    return [row for row in candidates if str(row.uuid) not in known][:_MOST]


def _never_listed(account: PartnerAccount) -> list[Invoice]:
    """Return invoices that only an event has named: no list and no look has brought their details."""
    return list(_ripe(account).filter(checked_at=None, total_amount=None).order_by("created_at")[:_MOST])


def _open(account: PartnerAccount, lacking: Lacking, rows: list[Invoice]) -> None:
    Gap.objects.bulk_create(
        [
            Gap(
                account=account,
                company_uuid=row.company.uuid,
                subject=str(row.uuid),
                title=str(row)[:200],
                lacking=lacking,
                known_at=row.created_at,
            )
            for row in rows
        ],
        ignore_conflicts=True,
    )


def _close(account: PartnerAccount) -> None:
    """Close gaps whose source has told by now, and those that are too old for anything more to come."""
    open_ones = Gap.objects.filter(account=account, closed_at=None)
    now = timezone.now()
    told = Delivery.objects.filter(account=account, subject=OuterRef("subject"))
    open_ones.filter(Exists(told), lacking=Lacking.DELIVERY).update(closed_at=now)
    subjects = list(open_ones.filter(lacking=Lacking.LIST).values_list("subject", flat=True)[:_MOST])
    listed = Invoice.objects.filter(account=account, uuid__in=subjects).exclude(checked_at=None, total_amount=None)
    known = [str(uuid) for uuid in listed.values_list("uuid", flat=True)]
    open_ones.filter(lacking=Lacking.LIST, subject__in=known).update(closed_at=now)
    open_ones.filter(known_at__lt=now - _LOOKED_BACK).update(closed_at=now)


def _ask(account: PartnerAccount, open_ones: QuerySet[Gap]) -> None:
    now = timezone.now()
    lacking = open_ones.filter(lacking=Lacking.DELIVERY)
    lately = Gap.objects.filter(account=account, asked=Asked.RESEND, asked_at__gt=now - _RESEND_EVERY)
    if lacking.exists() and not lately.exists():
        try:
            queueing.queue(ResendUnacknowledged.kind, account, account=account)
        except NotQueueableError:
            return  # one is under way
        lacking.update(asked=Asked.RESEND, asked_at=now)
    unasked = open_ones.filter(lacking=Lacking.LIST, asked="")
    companies = set(unasked.order_by("id").values_list("company_uuid", flat=True)[:_COMPANIES_AT_ONCE])
    for company in companies:
        cursors.follow(CompanyFeed.name, account, [company])
        cursors.hurry(CompanyFeed.name, account, company)
    unasked.filter(company_uuid__in=companies).update(asked=Asked.WINDOW, asked_at=now)
