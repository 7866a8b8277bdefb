"""What the dashboard says of sync."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.dashboard import Accounts, Card, register_cards
from portal.sync.models import Cursor

_STUCK_AFTER = 3  # failures in a row; one alone mends itself


def cards(accounts: Accounts) -> Iterable[Card]:
    """Return a card for feeds and watches that fail again and again, when there are any."""
    stuck = Cursor.objects.filter(account__in=accounts, failures__gte=_STUCK_AFTER).count()
    if stuck:
        url = f"{reverse('admin:sync_syncrun_changelist')}?state__exact=FAILED"
        hint = _("What is shown may be old until they work again.")
        yield Card(_("Sync stands still"), stuck, url, tone="bad", icon="sync_problem", hint=hint, order=95)


register_cards(cards)
