"""What is watched of invoices: how many fail, which are stuck on their way, and hand-overs that nobody tries."""

from collections.abc import Iterable
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from invoices import links
from invoices.enums import Direction, Status
from invoices.failures import queue as failures
from invoices.hand_overs import handing_over
from invoices.models import HandOver, Invoice
from portal.counters import figures as counters
from portal.lists import counting
from portal.partners.models import PartnerAccount
from portal.watching import EXAMPLES, Example, Found, Watched, register

_DAY = timedelta(days=1)
_FAILED = (Direction.SENT.value, Status.FAILED.value)


def failed(account: PartnerAccount, least: int) -> Found | None:
    """Invoices of the last day that failed, as counted; named are those that want somebody."""
    since = timezone.now() - _DAY
    hours = counters.by_hour("invoices", [account], since)
    count = sum(amount for (_hour, values), amount in hours.items() if values == _FAILED)
    if count < least:
        return None
    rows = failures.invoices([account]).filter(created_at__gte=since).select_related("company")
    text = ngettext(
        "%(count)d invoice of the last day failed.", "%(count)d invoices of the last day failed.", count
    ) % {"count": count}
    url = reverse("admin:invoices_failed")
    return Found(count, text, lambda: _examples(rows.order_by("-created_at")[:EXAMPLES]), url)


def stuck(account: PartnerAccount, least: int) -> Found | None:
    """Sent invoices that have been on their way for longer than any route takes."""
    rows = Invoice.objects.filter(account=account).stuck()
    count = counting.capped(rows)
    if count < least:
        return None
    ordered = rows.select_related("company").order_by("created_at")
    text = ngettext(
        "%(count)s invoice has been on its way for more than a day.",
        "%(count)s invoices have been on their way for more than a day.",
        count,
    ) % {"count": count}
    url = links.list_of("sentinvoice", status="stuck")
    return Found(int(count), text, lambda: _examples(ordered[:EXAMPLES]), url)


def _examples(rows: Iterable[Invoice]) -> Iterable[Example]:
    for invoice in rows:
        title = _("Invoice %(number)s") % {"number": invoice}
        yield Example(title, links.page_of(invoice), str(invoice.company), invoice.created_at)


def hand_overs(account: PartnerAccount, least: int) -> Found | None:
    """Invoices that did not reach their customer's system, and that nobody tries any more."""
    rows = handing_over.stuck(HandOver.objects.filter(account=account))
    count = counting.capped(rows)
    if count < least:
        return None
    text = ngettext(
        "%(count)s received invoice did not reach the customer's system.",
        "%(count)s received invoices did not reach the customer's system.",
        count,
    ) % {"count": count}
    url = f"{reverse('admin:invoices_handover_changelist')}?state=failed"
    return Found(int(count), text, lambda: _hand_overs(rows), url)


def _hand_overs(rows: Iterable[HandOver]) -> Iterable[Example]:
    found: list[HandOver] = list(rows.select_related("invoice__company", "target").order_by("-pk")[:EXAMPLES])  # type: ignore[attr-defined]
    for row in found:
        title = _("Invoice %(number)s to %(target)s") % {"number": row.invoice, "target": row.target}
        yield Example(title, links.page_of(row.invoice), str(row.invoice.company), row.created_at)


register(
    Watched(
        name="invoices.failed",
        label=_("Many invoices fail"),
        measure=_("invoices of the last day"),
        threshold=10,
        remedy=_("Open the failed invoices, by cause: the most frequent one first."),
        look=failed,
        is_serious=True,
    )
)
register(
    Watched(
        name="invoices.stuck",
        label=_("Invoices are stuck on their way"),
        measure=_("invoices"),
        threshold=1,
        remedy=_("Look one up now; if AutoInvoice still says pending, ask its support with the invoice's UUID."),
        look=stuck,
    )
)
register(
    Watched(
        name="invoices.hand_overs",
        label=_("Hand-overs to customers fail"),
        measure=_("hand-overs"),
        threshold=1,
        remedy=_("See what the customer's system said, ask whoever runs it, then hand the invoices over again."),
        look=hand_overs,
    )
)
