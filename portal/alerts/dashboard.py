"""What the dashboard says of alerts: how many nobody has taken on, first of all cards."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.alerts.models import Alert
from portal.dashboard import Accounts, Card, register_cards


def cards(accounts: Accounts) -> Iterable[Card]:
    calling = list(Alert.objects.calling().filter(account__in=accounts).order_by("-severity", "-id"))
    url = f"{reverse('admin:alerts_alert_changelist')}?state=open"
    hint = ", ".join(dict.fromkeys(alert.label for alert in calling[:3])) or _("Nothing that nobody sees to")
    yield Card(_("Alerts"), len(calling), url, "bad" if calling else "good", "notifications_active", hint, order=5)


register_cards(cards)
