"""What the dashboard says of deliveries."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.dashboard import Accounts, Card, register_cards
from portal.webhooks import subscription_watch
from portal.webhooks.enums import DeliveryState
from portal.webhooks.models import Delivery


def cards(accounts: Accounts) -> Iterable[Card]:
    """Return cards for deliveries that failed, and for subscriptions that bring no events as they should."""
    failed = Delivery.objects.filter(account__in=accounts, state=DeliveryState.FAILED).count()
    if failed:
        url = f"{reverse('admin:webhooks_delivery_changelist')}?state__exact={DeliveryState.FAILED}"
        hint = _("AutoInvoice told us something that the portal could not process.")
        yield Card(_("Deliveries failed"), failed, url, tone="bad", icon="webhook", hint=hint, order=90)

    found = [trouble for account in accounts for trouble in subscription_watch.troubles(account)]
    if found:
        url = reverse("admin:webhooks_subscription_changelist")
        what = " ".join(dict.fromkeys(f"{trouble.text} {trouble.remedy}" for trouble in found))
        yield Card(_("Trouble with subscriptions"), len(found), url, tone="warn", icon="webhook", hint=what, order=91)


register_cards(cards)
