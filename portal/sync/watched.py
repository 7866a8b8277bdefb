"""What is watched of sync: that feeds are read in time, and that little is found out of step."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.lists import counting
from portal.partners.models import PartnerAccount
from portal.sync import comparing, registry
from portal.sync.models import Cursor, Drift, Gap
from portal.watching import EXAMPLES, Example, Found, Watched, register

_DAY = timedelta(days=1)


def _runs_of(cursors: QuerySet[Cursor]) -> Iterable[Example]:
    labels = {source.name: source.label for source in registry.all_sources()}
    for cursor in cursors.order_by("next_at")[:EXAMPLES]:
        url = f"{reverse('admin:sync_syncrun_changelist')}?source={cursor.source}"
        title = str(labels.get(cursor.source, cursor.source))
        yield Example(title, url, since=cursor.next_at, company_uuid=cursor.company_uuid)


def lag(account: PartnerAccount, seconds: int) -> Found | None:
    """Feeds and watches that nobody runs although they are due."""
    before = timezone.now() - timedelta(seconds=seconds)
    late = Cursor.objects.due(before).filter(account=account)
    count = late.count()
    if not count:
        return None
    text = ngettext(
        "%(count)d list should have been read at AutoInvoice long ago.",
        "%(count)d lists should have been read at AutoInvoice long ago.",
        count,
    )
    return Found(count, text % {"count": count}, lambda: _runs_of(late), reverse("admin:sync_syncrun_changelist"))


def stuck(account: PartnerAccount, failures: int) -> Found | None:
    """Feeds and watches that fail again and again."""
    rows = Cursor.objects.filter(account=account, failures__gte=failures)
    count = rows.count()
    if not count:
        return None
    text = ngettext(
        "%(count)d list cannot be read at AutoInvoice, again and again.",
        "%(count)d lists cannot be read at AutoInvoice, again and again.",
        count,
    ) % {"count": count}
    url = f"{reverse('admin:sync_syncrun_changelist')}?state__exact=FAILED"
    return Found(count, text, lambda: _runs_of(rows), url)


def drift(account: PartnerAccount, least: int) -> Found | None:
    """What comparisons of the last day found different."""
    rows = Drift.objects.filter(account=account, found_at__gte=timezone.now() - _DAY)
    count = counting.capped(rows)
    if count < least:
        return None
    text = ngettext(
        "%(count)s fact was not as AutoInvoice has it within a day; it was put right.",
        "%(count)s facts were not as AutoInvoice has them within a day; they were put right.",
        count,
    )
    return Found(int(count), text % {"count": count}, lambda: _drifts(rows), reverse("admin:sync_drift_changelist"))


def _drifts(rows: QuerySet[Drift]) -> Iterable[Example]:
    labels = comparing.labels()
    for row in rows.order_by("-id")[:EXAMPLES]:
        url = reverse("admin:sync_drift_change", args=[row.pk])
        title = f"{labels.get(row.source, row.source)}: {row}"
        yield Example(title, url, since=row.found_at, company_uuid=row.company_uuid)


def gaps(account: PartnerAccount, minutes: int) -> Found | None:
    """What one source lacks for longer than the portal needs to fetch it by itself."""
    before = timezone.now() - timedelta(minutes=minutes)
    rows = Gap.objects.filter(account=account, closed_at=None, known_at__lt=before)
    count = counting.capped(rows)
    if not count:
        return None
    text = ngettext(
        "%(count)s thing is known by one source and lacking in another, although it was asked for.",
        "%(count)s things are known by one source and lacking in another, although they were asked for.",
        count,
    )
    url = f"{reverse('admin:sync_gap_changelist')}?state=open"
    return Found(int(count), text % {"count": count}, lambda: _gaps(rows), url)


def _gaps(rows: QuerySet[Gap]) -> Iterable[Example]:
    for gap in rows.order_by("known_at")[:EXAMPLES]:
        url = reverse("admin:sync_gap_change", args=[gap.pk])
        title = f"{gap}: {gap.get_lacking_display()}"
        yield Example(title, url, since=gap.known_at, company_uuid=gap.company_uuid)


register(
    Watched(
        name="sync.lag",
        label=_("Sync lags behind"),
        measure=_("seconds that a list may be overdue"),
        threshold=600,
        lowest=60,
        remedy=_("Look whether workers and beat run: manage.py doctor. What is shown may be old until then."),
        look=lag,
        is_serious=True,
    )
)
register(
    Watched(
        name="sync.stuck",
        label=_("Sync stands still"),
        measure=_("failures of a list in a row"),
        threshold=3,
        lowest=2,
        highest=1000,
        remedy=_("Open the failed runs: their error says why. What is shown may be old until they work again."),
        look=stuck,
        is_serious=True,
    )
)
register(
    Watched(
        name="sync.drift",
        label=_("Much drift"),
        measure=_("facts within a day"),
        threshold=10,
        highest=counting.CAP,
        remedy=_("See which event should have told of them: often a subscription is silent or leads elsewhere."),
        look=drift,
    )
)
register(
    Watched(
        name="sync.gaps",
        label=_("Gaps stay open"),
        measure=_("minutes that a gap may stay open"),
        threshold=180,
        lowest=30,
        remedy=_("The portal has asked for them already. Compare the company with AutoInvoice, then ask its support."),
        look=gaps,
    )
)
