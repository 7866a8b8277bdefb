"""What the dashboard says of invoices."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from invoices import links, remedies
from invoices.enums import Direction, Mover, Status
from invoices.failures import queue as failures
from invoices.filters import day_begins
from invoices.models import Invoice, InvoiceQuerySet
from invoices.pills import mover_word
from portal import dashboard
from portal.counters import declared
from portal.counters import figures as counters
from portal.dashboard import Accounts, Bar, Card, Chart, Move, Text
from portal.lists import secrets

_DAYS, _RECEIVED_DAYS, _FAILED_DAYS = 14, 7, 30
_UNSHOWN = secrets.of(Invoice, ("company",))
declared.register("invoices", "invoices.Invoice", "direction", "status", hour="created_at")


def cards(accounts: Accounts) -> Iterable[Card]:
    """Return counts that lead to their lists."""
    rows = Invoice.objects.filter(account__in=accounts)
    failed = failures.count_invoices(accounts) + failures.files(accounts).count()
    yield from _odd(rows)
    yield Card(
        _("Invoices on their way"),
        rows.sent().filter(status=Status.PENDING).count(),
        links.list_of("sentinvoice", status=Status.PENDING.value),
        tone="info",
        icon="schedule_send",
        order=40,
    )
    yield Card(
        _("Failed invoices"),
        failed,
        reverse("admin:invoices_failed"),
        tone="bad" if failed else "good",
        icon="error",
        order=41,
    )
    yield Card(
        _("Received in 7 days"),
        _received(accounts),
        links.list_of("receivedinvoice", created=_RECEIVED_DAYS),
        icon="inbox",
        order=42,
    )


def _odd(rows: InvoiceQuerySet) -> Iterable[Card]:
    """Return what somebody should look at, when there is any."""
    if stuck := rows.stuck().count():
        title, hint = _("Stuck on their way"), _("for more than a day")
        yield Card(title, stuck, links.list_of("sentinvoice", status="stuck"), "warn", "hourglass_disabled", hint, 43)
    if returned := rows.sent().failed_after_delivery().count():
        title, hint = _("Failed after delivery"), _("senders may believe that they arrived")
        url = links.list_of("sentinvoice", status="failed_later")
        yield Card(title, returned, url, "bad", "assignment_return", hint, 44)


def moves(accounts: Accounts, most: int) -> Iterable[Move]:
    """Return the failed invoices of the last weeks, the oldest first: somebody has to act on each."""
    since = timezone.now() - timedelta(days=_FAILED_DAYS)
    for account in accounts:  # an index carries the order of each account alone
        failed = failures.invoices([account]).filter(fact_at__gte=since).select_related("company")
        yield from map(_move, failed.defer(*_UNSHOWN).order_by("fact_at", "id")[:most])


def _move(invoice: Invoice) -> Move:
    return Move(
        what=_what(invoice),
        whose=mover_word(invoice.remedy_by or Mover.SUPPORT),
        title=_("Invoice %(number)s of %(company)s") % {"number": invoice, "company": invoice.company},
        url=links.page_of(invoice),
        since=invoice.fact_at,
        tone="bad",
        action=_("What to do"),
    )


def _what(invoice: Invoice) -> Text:
    name = remedies.by_key(invoice.remedy_key).name
    return _("Failed after delivery: %(cause)s") % {"cause": name} if invoice.failed_after_delivery else name


def chart(accounts: Accounts) -> Chart:
    """Return the sent invoices of each of the last days, by how they stand now."""
    today = timezone.localdate()
    days = [today - timedelta(days=ago) for ago in reversed(range(_DAYS))]
    counts = _counts_by_day(accounts, days[0])
    return Chart(
        _("Invoices sent in 14 days"),
        tuple(_bar(day, {status: counts[day, status] for status in Status.values}) for day in days),
        hint=_("By day and how they stand now."),
        order=20,
    )


def _counts_by_day(accounts: Accounts, since: date) -> Counter[tuple[date, str]]:
    counts: Counter[tuple[date, str]] = Counter()
    days: dict[datetime, date] = {}  # two weeks have some thousand counts, and three hundred hours
    for (hour, (direction, status)), count in counters.by_hour("invoices", accounts, day_begins(since)).items():
        if direction == Direction.SENT:
            if hour not in days:
                days[hour] = timezone.localdate(hour)
            counts[days[hour], status] += count
    return counts


def _received(accounts: Accounts) -> int:
    """Return how many invoices came in today and on the six days before, as the list behind the card shows them."""
    since = day_begins(timezone.localdate() - timedelta(days=_RECEIVED_DAYS - 1))
    hours = counters.by_hour("invoices", accounts, since)
    return sum(count for (_hour, (direction, _status)), count in hours.items() if direction == Direction.RECEIVED)


def _bar(day: date, counts: dict[str, int]) -> Bar:
    parts = (
        ("good", counts[Status.DELIVERED], Status.DELIVERED.label),
        ("info", counts[Status.PENDING], Status.PENDING.label),
        ("bad", counts[Status.FAILED], Status.FAILED.label),
    )
    url = links.list_of("sentinvoice", created=day.isoformat())
    return Bar(date_format(day, "j M"), url, parts)


dashboard.register_cards(cards)
dashboard.register_moves(moves)
dashboard.register_chart(chart)
