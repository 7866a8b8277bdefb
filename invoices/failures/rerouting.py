"""
What speaks against sending a failed invoice another way, before it is done: look-ups and known facts, never in the way.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from companies.clients import for_company
from companies.models import Company
from companies.services import LookupService
from companies.services.lookups import Receiver
from invoices.documents import Party
from invoices.models import Invoice
from invoices.operations.rerouting import EinvoiceParameters, EmailParameters, PrintParameters
from invoices.sending.concerns import Concern
from portal import contract, maventa

_NETWORKS = ("VISMA", "PEPPOL", "BANK")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
# How post codes are written where AutoInvoice prints.
_POST_CODES = {
    "FI": r"\d{5}", "SE": r"\d{3} ?\d{2}", "NO": r"\d{4}", "DK": r"\d{4}", "NL": r"\d{4} ?[A-Z]{2}", "BE": r"\d{4}",
    "EE": r"\d{5}", "DE": r"\d{5}", "LV": r"(LV-?)?\d{4}", "IT": r"\d{5}", "PL": r"\d{2}-?\d{3}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Address:
    """Where a receiver can be reached, as the look-up says."""

    eia: str
    operator: str
    name: str
    network: str


def addresses_of(invoice: Invoice) -> list[Address]:
    """
    Look up where the invoice's receiver can be reached, by its business id, else by its name.

    :raises maventa.MaventaError: nothing was learnt
    """
    country = invoice.counterparty_country
    asked = {"bid": invoice.real_business_id} if invoice.business_id else {"name": invoice.counterparty_name}
    return look_up(invoice.company, country=country, **asked)


def addresses_of_party(company: Company, party: Party, *, business_id: str = "") -> list[Address]:
    """
    Look up where a party of a file can be reached, by its business id, else by its name.

    :param business_id: when the one in the file is known to be wrong
    :raises maventa.MaventaError: nothing was learnt
    """
    bid = business_id or party.business_id
    return look_up(company, country=party.country, **({"bid": bid} if bid else {"name": party.name}))


def look_up(company: Company, *, bid: str = "", eia: str = "", name: str = "", country: str = "") -> list[Address]:
    """
    Return where a receiver can be reached, asked for as a company by business id, address or name.

    :raises maventa.MaventaError: nothing was learnt
    """
    service = LookupService(for_company(company))
    return [_address(found) for found in service.receivers(_NETWORKS, bid=bid, eia=eia, name=name, country=country)]


def doubts_of_einvoice(invoice: Invoice, given: EinvoiceParameters) -> Iterator[Concern]:
    """Yield what the look-up and the company's networks say against an address at an operator."""
    if (given.eia, given.operator) == (invoice.counterparty_address, invoice.counterparty_operator):
        yield _same_again()
    if _is_bank(given.operator) and not _is_open(invoice.company, "BANK"):
        yield Concern(
            "bank_closed",
            _("%(operator)s is a bank, and the BANK network of %(company)s is not open.")
            % {"operator": given.operator, "company": invoice.company},
            _("Activate BANK for the company first; banks take one to three days."),
        )
    yield from _about_address(invoice, given)


def _about_address(invoice: Invoice, given: EinvoiceParameters) -> Iterator[Concern]:
    try:
        found = LookupService(for_company(invoice.company)).receivers(_NETWORKS, eia=given.eia)
    except maventa.MaventaError as error:
        text = _("The receiver could not be looked up just now: %(why)s") % {"why": error.staff_text}
        yield Concern("not_looked_up", text, _("Try again in a moment, or send it all the same."))
        return
    if not found:
        yield Concern(
            "address_unknown",
            _("No network that can be looked up knows the address %(address)s.") % {"address": given.eia},
            _("Compare it with what the receiver gave. Operators in Finland may know it all the same."),
        )
    elif given.operator not in (operators := _operators(found)):
        yield Concern(
            "operator_differs",
            _("The address is known, but at %(operators)s, not at %(given)s.")
            % {"operators": ", ".join(operators), "given": given.operator},
            _("Choose the operator that the look-up names."),
        )


def doubts_of_email(invoice: Invoice, given: EmailParameters) -> Iterator[Concern]:
    """Yield what is known against an e-mail address."""
    tried = {
        value for action in invoice.actions.filter(channel="EMAIL") for value in action.details.values() if "@" in value
    }
    if given.email.casefold() in {value.casefold() for value in tried}:
        yield _same_again()
    if given.email.casefold().endswith((".invalid", ".localhost")):
        text = _("Nobody can have an e-mail address at %(domain)s.") % {"domain": given.email.rpartition("@")[2]}
        yield Concern("email_doubtful", text, _("Ask the receiver for the right address."))


def doubts_of_print(invoice: Invoice, given: PrintParameters) -> Iterator[Concern]:
    """Yield what is known against a letter."""
    printing = invoice.company.settings.get("send_invoice_print") or {}
    if printing.get("enabled") is False:
        yield Concern(
            "print_off",
            _("Printing is switched off in the settings of %(company)s, so AutoInvoice will not print it.")
            % {"company": invoice.company},
            _("Switch it on under Settings, Printing; then come back."),
        )
    pattern = _POST_CODES.get(given.country)
    if pattern and not re.fullmatch(pattern, given.post_code, re.IGNORECASE):
        text = _("%(code)s does not look like a post code of %(country)s.")
        yield Concern(
            "post_code_doubtful",
            text % {"code": given.post_code, "country": given.country},
            _("Compare it with the invoice; a letter to a wrong post code comes back after weeks."),
        )


def _same_again() -> Concern:
    return Concern(
        "same_again",
        _("This is where it failed before."),
        _("Do it again only if the cause is mended; else give another address."),
    )


def _is_bank(operator: str) -> bool:
    return _BIC.fullmatch(operator) is not None and operator != "PEPPOL"


def _is_open(company: Company, network: str) -> bool:
    return company.profiles.filter(network=network, status="active").exists()


def _operators(found: Sequence[Receiver]) -> list[str]:
    return list(dict.fromkeys(_address(one).operator for one in found))


def _address(found: Receiver) -> Address:
    own: str = contract.networks()["operators"]["own"]["operator_id"]
    identifier = found.identifier
    known = (
        f"{identifier.scheme}:{identifier.endpoint_id}" if identifier and (identifier.scheme or "").isdigit() else ""
    )
    network = found.network or ""
    return Address(
        eia=known or found.eia or "",
        operator=found.operator or ("PEPPOL" if network == "PEPPOL" else own),
        name=(found.participant.name if found.participant else "") or "",
        network=network,
    )
