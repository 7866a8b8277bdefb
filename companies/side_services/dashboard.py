"""What services add to the dashboard: AutoScan that AutoInvoice will close, and whose move it is there."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies.enums import Mover
from companies.pages.one_company import on_tab
from companies.side_services import risks
from portal import dashboard
from portal.dashboard import Accounts, Card, Move


def cards(accounts: Accounts) -> Iterable[Card]:
    """Only when somebody has to act: most accounts have no such company."""
    if threatened := risks.autoscan_without_email(accounts).count():
        url = f"{reverse('admin:companies_servicestate_changelist')}?{urlencode({'risk': 'autoscan'})}"
        title = _("AutoScan without return e-mail")
        yield Card(title, threatened, url, "bad", "mark_email_unread", _("AutoInvoice closes it"), order=16)


def moves(accounts: Accounts, most: int) -> Iterable[Move]:
    rows = risks.autoscan_without_email(accounts).select_related("company").order_by("fact_at")[:most]
    for row in rows:
        what = _("AutoScan will be closed: no return e-mail")
        url = on_tab(row.company, "services")
        yield Move(what, Mover.STAFF.label, str(row.company), url, row.created_at, "bad", _("Give a return e-mail"))


dashboard.register_cards(cards)
dashboard.register_moves(moves)
