"""Where this app gets its clients from; tests replace this seam."""

from companies.models import Company
from portal import maventa
from portal.partners import clients


def for_company(company: Company, *, log: maventa.Log | None = None) -> maventa.Client:
    """Return a client that speaks for one company."""
    return clients.for_account(company.account, company=company.uuid, log=log)
