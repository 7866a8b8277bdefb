"""Where this app gets its clients from; tests replace this seam."""

from companies.models import Company
from portal import maventa
from portal.partners import clients
from portal.partners.models import PartnerAccount


def for_company(company: Company, *, operation: int | None = None) -> maventa.Client:
    """Return a client that speaks for one company."""
    return clients.for_account(company.account, company=company.uuid, operation=operation)


def for_partner(account: PartnerAccount, *, operation: int | None = None) -> maventa.Client:
    """Return a client that speaks for the partner company itself."""
    return clients.for_account(account, operation=operation)
