"""What the dashboard says of sync."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from portal.dashboard import Accounts, Bar, Card, Chart, register_cards, register_chart
from portal.sync.models import Cursor, Drift, DriftKind, Gap

_DAYS, _MOST = 14, 20_000
_STUCK_AFTER = 3  # failures in a row; one alone mends itself


def cards(accounts: Accounts) -> Iterable[Card]:
    """Return a card for feeds and watches that fail again and again, when there are any."""
    stuck = Cursor.objects.filter(account__in=accounts, failures__gte=_STUCK_AFTER).count()
    if stuck:
        url = f"{reverse('admin:sync_syncrun_changelist')}?state__exact=FAILED"
        hint = _("What is shown may be old until they work again.")
        yield Card(_("Sync stands still"), stuck, url, tone="bad", icon="sync_problem", hint=hint, order=95)

    gaps = Gap.objects.filter(account__in=accounts, closed_at=None).count()
    if gaps:
        url = f"{reverse('admin:sync_gap_changelist')}?state=open"
        hint = _("Some sources know of it, another does not. It has been asked for.")
        yield Card(_("Gaps"), gaps, url, tone="warn", icon="rule", hint=hint, order=92)


def drift(accounts: Accounts) -> Chart:
    """Return how much comparisons found, day by day."""
    today = timezone.localdate()
    days = [today - timedelta(days=ago) for ago in range(_DAYS - 1, -1, -1)]
    found = Drift.objects.filter(account__in=accounts, found_at__gte=timezone.now() - timedelta(days=_DAYS))
    counts = Counter(
        (timezone.localtime(at).date(), kind) for at, kind in found.values_list("found_at", "kind")[:_MOST]
    )
    tones = ((DriftKind.MISSING, "bad"), (DriftKind.DIFFERENT, "warn"), (DriftKind.GONE, "info"))
    url = reverse("admin:sync_drift_changelist")
    bars = [
        Bar(
            date_format(day, "j.n."),
            url,
            tuple((tone, counts[day, kind], kind.label) for kind, tone in tones),
        )
        for day in days
    ]
    hint = _("What comparisons found to be not as AutoInvoice has it, and put right")
    return Chart(_("Drift by day"), tuple(bars), hint=hint, order=80)


register_cards(cards)
register_chart(drift)
