"""Drafts of what staff write to AutoInvoice support and to customers about accounts."""

from django.utils.translation import gettext_lazy as _

from companies.models import Company, IdentityChange, Takeover
from companies.networks.conflict_mails import Draft

_TAKEOVER = """Hello,

we take over an account for our customer and attach the documents:
- the customer's authorization, signed by a person with signing rights
- a proof of that right: an extract of the register, or a power of attorney

Company: {name}
Business id: {country} {business_id}
AutoInvoice id of the account: {uuid}
Takeover id: {takeover}
Our partner account: {partner}

Please tell us when the documents are accepted: then we complete the takeover.

Kind regards
"""
_CUSTOMER = """Dear customer,

{name} ({business_id}) already has an account at AutoInvoice, opened with
another software. We can take it over: then you send and receive through us.

For that we need, signed by a person with signing rights:
- your authorization that we take the account over
- an extract of the business register, or a power of attorney, that shows
  the person's right to sign

Until the takeover is completed nothing changes for you. Afterwards the
former software no longer sends or receives for you: please tell its supplier.

Kind regards
"""
_CLOSE_DEPARTMENT = """Hello,

please close departments of one of our customers; there is no call for it.

Company: {name}
Business id: {country} {business_id}
AutoInvoice id: {uuid}
Departments to close (name, GLN, AutoInvoice id):

Kind regards
"""
_IDENTITY = """Hello,

one of our customers has another business id now.

Company: {name}
AutoInvoice id: {uuid}
Business id until now: {country} {business_id}
New business id: {new_country} {new_business_id}

{wish}

Kind regards
"""
_IN_NORWAY = """Please change the business id of the account, and tell us what becomes of
its networks and agreements."""
_ELSEWHERE = """We have opened a new account for the new business id. Please close the old one
when its last invoices have arrived, and keep its invoices readable."""


def takeover(row: Takeover) -> list[Draft]:
    """Return the letters that a takeover needs: what the customer signs, and what goes to support with it."""
    facts = {
        "name": row.name,
        "country": row.country,
        "business_id": row.business_id,
        "uuid": row.company_uuid,
        "takeover": row.remote_id or "–",
        "partner": row.account,
    }
    subject = _("Takeover of %(name)s") % {"name": row.name}
    return [
        Draft("support", _("to AutoInvoice support, with the documents"), "", str(subject), _TAKEOVER.format(**facts)),
        Draft("customer", _("to the customer, for the documents"), "", str(subject), _CUSTOMER.format(**facts)),
    ]


def close_departments(company: Company) -> Draft:
    """Return the letter that has departments closed."""
    subject = _("Departments of %(name)s") % {"name": company.name}
    return Draft(
        "support", _("to AutoInvoice support"), "", str(subject), _CLOSE_DEPARTMENT.format(**_company_facts(company))
    )


def identity(change: IdentityChange) -> Draft:
    """Return the letter about a new business id: in Norway support changes it, elsewhere it closes the old account."""
    wish = _IN_NORWAY if change.country == change.company.country == "NO" else _ELSEWHERE
    facts = _company_facts(change.company)
    text = _IDENTITY.format(**facts, new_country=change.country, new_business_id=change.business_id, wish=wish)
    subject = _("New business id of %(name)s") % {"name": change.company.name}
    return Draft("support", _("to AutoInvoice support"), "", str(subject), text)


def _company_facts(company: Company) -> dict[str, object]:
    return {
        "name": company.name,
        "country": company.country,
        "business_id": company.business_id,
        "uuid": company.uuid,
    }
