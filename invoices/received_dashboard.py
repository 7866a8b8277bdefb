"""What the dashboard says of received invoices that are not well here."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from invoices import links
from invoices.models import Invoice
from portal import dashboard
from portal.dashboard import Accounts, Card


def cards(accounts: Accounts) -> Iterable[Card]:
    """Return counts of what needs somebody; none while all is well."""
    rows = Invoice.objects.filter(account__in=accounts)
    unsaved = rows.received().exclude(files_problem="").count()
    changed = rows.received().exclude(files_changed_at=None).count()
    if unsaved:
        yield Card(
            _("Received, not saved"),
            unsaved,
            links.list_of("receivedinvoice", saved="problem"),
            tone="bad",
            icon="cloud_off",
            hint=_("AutoInvoice keeps them as new."),
            order=43,
        )
    if changed:
        yield Card(
            _("Changed after receiving"),
            changed,
            links.list_of("receivedinvoice", saved="changed"),
            tone="warn",
            icon="difference",
            order=44,
        )


dashboard.register_cards(cards)
