"""What is watched of deliveries and subscriptions: that events come, and that they are processed."""

from collections.abc import Callable, Iterable
from datetime import timedelta

from django.db.models import Min
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.lists import counting
from portal.partners.models import PartnerAccount
from portal.watching import EXAMPLES, Example, Found, Watched, register
from portal.webhooks import subscription_watch
from portal.webhooks.enums import DeliveryState
from portal.webhooks.models import Delivery, DeliveryQuerySet


def _examples(rows: DeliveryQuerySet) -> Iterable[Example]:
    for delivery in rows.defer("body", "traceback")[:EXAMPLES]:
        url = reverse("admin:webhooks_delivery_change", args=[delivery.pk])
        yield Example(str(delivery), url, since=delivery.received_at, company_uuid=delivery.company_uuid)


def _list(state: str) -> str:
    return f"{reverse('admin:webhooks_delivery_changelist')}?state__exact={state}"


def lag(account: PartnerAccount, seconds: int) -> Found | None:
    """Deliveries that came long ago and are not processed."""
    before = timezone.now() - timedelta(seconds=seconds)
    late = Delivery.objects.filter(account=account, state=DeliveryState.STORED, received_at__lt=before)
    count = counting.capped(late)
    if not count:
        return None
    oldest = late.order_by().aggregate(oldest=Min("received_at"))["oldest"] or before
    minutes = int((timezone.now() - oldest).total_seconds() // 60)
    text = ngettext(
        "%(count)s delivery is not processed; it came %(minutes)d minutes ago.",
        "%(count)s deliveries are not processed; the oldest came %(minutes)d minutes ago.",
        count,
    )
    words = {"count": count, "minutes": minutes}
    url = _list(DeliveryState.STORED)
    return Found(int(count), text % words, lambda: _examples(late.order_by("received_at")), url, max(minutes, 1))


def failed(account: PartnerAccount, least: int) -> Found | None:
    rows = Delivery.objects.filter(account=account, state=DeliveryState.FAILED)
    count = counting.capped(rows)
    if count < least:
        return None
    text = ngettext("%(count)s delivery could not be processed.", "%(count)s deliveries could not be processed.", count)
    return Found(
        int(count), text % {"count": count}, lambda: _examples(rows.order_by("-id")), _list(DeliveryState.FAILED)
    )


def trouble(kind: str) -> Callable[[PartnerAccount, int], Found | None]:
    """Return the look at one trouble of subscriptions."""

    def look(account: PartnerAccount, least: int) -> Found | None:
        found = [one for one in subscription_watch.troubles(account) if one.kind == kind]
        if len(found) < least:
            return None
        url = reverse("admin:webhooks_subscription_changelist")
        return Found(len(found), found[0].text, lambda: [Example(str(one.text), url) for one in found], url)

    return look


register(
    Watched(
        name="webhooks.lag",
        label=_("Deliveries wait too long"),
        measure=_("seconds that a delivery may wait"),
        threshold=300,
        lowest=60,
        remedy=_("Look whether workers and broker run: manage.py doctor. Nothing is lost, it is processed later."),
        look=lag,
        is_serious=True,
    )
)
register(
    Watched(
        name="webhooks.failed",
        label=_("Deliveries failed"),
        measure=_("deliveries"),
        threshold=1,
        remedy=_("Open one and see why; when it is mended, choose them all and press “Process again”."),
        look=failed,
        is_serious=True,
    )
)
_SUBSCRIPTIONS: dict[str, tuple[Promise, Promise, bool]] = {
    subscription_watch.MISSING: (
        _("Subscription is missing"),
        _("Subscribe under In step, Subscriptions. Until then states are polled, which is slower."),
        True,
    ),
    subscription_watch.DOUBLED: (
        _("Subscription is doubled"),
        _("Unsubscribe the older one; each event costs twice until then."),
        False,
    ),
    subscription_watch.WRONG_URL: (
        _("Subscription leads elsewhere"),
        _("Replace its secret: the new subscription gets the present address."),
        True,
    ),
    subscription_watch.SILENT: (
        _("Subscription is silent"),
        _("Look whether AutoInvoice can reach PUBLIC_URL from outside, then ask for missed events."),
        True,
    ),
}
for _kind, (_label, _remedy, _serious) in _SUBSCRIPTIONS.items():
    register(
        Watched(
            name=f"webhooks.{_kind}",
            label=_label,
            measure=_("subscriptions"),
            threshold=1,
            highest=1,
            remedy=_remedy,
            look=trouble(_kind),
            is_serious=_serious,
        )
    )
