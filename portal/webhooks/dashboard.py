"""What the dashboard says of deliveries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.dashboard import Accounts, Card, register_cards
from portal.webhooks import subscription_watch
from portal.webhooks.enums import DeliveryState
from portal.webhooks.models import Delivery

_NAMED = 3  # accounts in a card's hint


def cards(accounts: Accounts) -> Iterable[Card]:
    """Return cards for deliveries that failed, and for subscriptions that bring no events as they should."""
    failed = Delivery.objects.filter(account__in=accounts, state=DeliveryState.FAILED).count()
    if failed:
        url = f"{reverse('admin:webhooks_delivery_changelist')}?state__exact={DeliveryState.FAILED}"
        hint = _("AutoInvoice told us something that the portal could not process.")
        yield Card(_("Deliveries failed"), failed, url, tone="bad", icon="webhook", hint=hint, order=90)

    if found := [trouble for account in accounts for trouble in subscription_watch.troubles(account)]:
        yield _troubled(found)


def _troubled(found: Sequence[subscription_watch.Trouble]) -> Card:
    """Return one card for all troubles, which counts the accounts and names them."""
    names = defaultdict(list)
    for trouble in found:
        names[f"{trouble.text} {trouble.remedy}"].append(trouble.account.name)
    accounts = {trouble.account.pk for trouble in found}
    url = reverse("admin:webhooks_subscription_changelist")
    if len(accounts) == 1:
        url += f"?account__id__exact={found[0].account.pk}"
    hint = " ".join(f"{_named(those)}: {what}" for what, those in names.items())
    return Card(_("Accounts may miss events"), len(accounts), url, tone="warn", icon="webhook", hint=hint, order=91)


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMED])
    more = len(names) - _NAMED
    return shown if more <= 0 else _("%(names)s and %(count)d more") % {"names": shown, "count": more}


register_cards(cards)
