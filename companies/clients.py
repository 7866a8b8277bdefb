"""Where this app gets its clients from; tests replace this seam."""

from companies.models import Company
from portal import maventa
from portal.partners import clients
from portal.partners.models import PartnerAccount


def for_company(company: Company, *, log: maventa.Log | None = None) -> maventa.Client:
    """Return a client that speaks for one company."""
    return clients.for_account(company.account, company=company.uuid, log=log)


def for_partner(account: PartnerAccount, *, log: maventa.Log | None = None) -> maventa.Client:
    """Return a client that speaks for the partner company itself; threads without a database give a `log` of theirs."""
    return clients.for_account(account, log=log)
