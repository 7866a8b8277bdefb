"""Companies that will lose something if nobody acts: AutoScan without return e-mail is closed by AutoInvoice."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from companies.models import ServiceState
from companies.side_services import catalogue
from portal.operations.handlers import Text
from portal.partners.models import PartnerAccount


def autoscan_without_email(accounts: Sequence[PartnerAccount] | QuerySet[PartnerAccount]) -> QuerySet[ServiceState]:
    """AutoScan that is on and has nowhere to send back to."""
    return ServiceState.objects.filter(
        account__in=accounts, service=catalogue.AUTOSCAN, status__in=catalogue.LIVE, return_email=""
    )


def of(state: ServiceState) -> Text:
    """Return what threatens a service; "" when nothing does."""
    if state.service == catalogue.AUTOSCAN and state.status in catalogue.LIVE and not state.return_email:
        return _("There is no return e-mail: AutoInvoice closes AutoScan without one. Give one now.")
    return ""
