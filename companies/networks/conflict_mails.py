"""Drafts of what staff write about a refused registration: to the customer, and to AutoInvoice support."""

from dataclasses import dataclass
from urllib.parse import quote

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.models import Case
from companies.networks import conflicts, peppol

_TO_CUSTOMER = """Dear customer,

we are connecting {company} ({business_id}) to the {network} network, so that you receive e-invoices through us.
The network refused it: your e-invoice address {address} is still registered {holder}.

Please ask them to end the service and to take the address out of the network. Nothing else changes for you until
then. Tell us when they have confirmed it; we finish the connection on the same day.

Kind regards
"""
_TO_SUPPORT = """Hello,

a registration of one of our customers is refused, please tell us who holds the address and what frees it.

Company: {company}
Business id: {country} {business_id}
AutoInvoice id: {uuid}
Network: {network}
Profiles: {profiles}
Address: {address}
Answer of the API: {code} {text}
Receiver look-up: {holder}
Asked at: {at} UTC

Kind regards
"""


@dataclass(frozen=True, slots=True)
class Draft:
    name: str  # "customer", "support"
    title: str | Promise
    to: str  # e-mail address; "": staff know it
    subject: str
    body: str

    @property
    def mailto(self) -> str:
        """Return a link that opens the draft in the reader's mail program."""
        return f"mailto:{quote(self.to)}?subject={quote(self.subject)}&body={quote(self.body)}"


def drafts(case: Case) -> list[Draft]:
    """Return the letters that help with a case, the one for whoever has to move first."""
    if case.company is None:
        return []
    words = _words(case)
    subject = f"{words['company']}: {words['network']} {words['address']}".strip()
    letters = [
        Draft("customer", _("To the customer"), case.company.auth_email, subject, _TO_CUSTOMER.format(**words)),
        Draft("support", _("To AutoInvoice support"), "", subject, _TO_SUPPORT.format(**words)),
    ]
    return letters if conflicts.explanation_of(case).asks_holder else letters[1:]


def _words(case: Case) -> dict[str, str]:
    company, operation = case.company, case.operation
    endpoint = conflicts.endpoint_of(case)
    return {
        "company": str(company),
        "country": company.country if company else "",
        "business_id": company.business_id if company else "",
        "uuid": str(company.uuid) if company else "",
        "network": str(case.facts.get("network", "")),
        "profiles": ", ".join(case.facts.get("profiles", [])),
        "address": peppol.shown(endpoint, company.country) if endpoint and company else "",
        "code": str(case.facts.get("code", "")),
        "text": operation.error_text if operation else "",
        "holder": _holder(case),
        "at": f"{timezone.localtime(case.opened_at, timezone.get_fixed_timezone(0)):%Y-%m-%d %H:%M}",
    }


def _holder(case: Case) -> str:
    holder = case.facts.get("holder") or {}
    if not holder.get("found"):
        return "with another operator, whom the receiver look-up does not name"
    name = f" as {holder['name']}" if holder.get("name") else ""
    return f"with the operator {holder.get('operator') or 'unknown'}{name}"
