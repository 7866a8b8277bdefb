"""What the dashboard says of deliveries."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.dashboard import Accounts, Card, register_cards
from portal.webhooks.enums import DeliveryState
from portal.webhooks.models import Delivery


def cards(accounts: Accounts) -> Iterable[Card]:
    """Return a card for deliveries that failed, when there are any."""
    failed = Delivery.objects.filter(account__in=accounts, state=DeliveryState.FAILED).count()
    if failed:
        url = f"{reverse('admin:webhooks_delivery_changelist')}?state__exact={DeliveryState.FAILED}"
        hint = _("AutoInvoice told us something that the portal could not process.")
        yield Card(_("Deliveries failed"), failed, url, tone="bad", icon="webhook", hint=hint, order=90)


register_cards(cards)
