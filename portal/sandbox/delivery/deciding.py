"""
Where a sent invoice goes, and whether it arrives. Decided a moment after the upload, and anew after a reroute.

Routes are tried in this order; the first that carries the invoice wins. If none does, it is FAILED for the reason of
the first one that was tried. E-mail and print follow a failed e-invoice only where the call names an e-mail address, or
where neither file nor call names an e-address: an address that is given and wrong is an error, no reason to print.

| what is so                                                            | outcome                                     |
| --------------------------------------------------------------------- | ------------------------------------------- |
| `prevent_routing`                                                     | DELIVERED without destination, nothing sent |
| number used before, setting `stop_duplicate_numbers` is on            | FAILED, DUPLICATE_NUMBER                    |
| no e-address, business id, VAT number, e-mail or full postal address  | FAILED, NO_ADDRESS                          |
| `email_settings[xml_format]`, or rerouted to e-mail                   | e-mail only                                 |
| rerouted to print or e-invoice                                        | that route only, whatever was disabled      |
| **e-invoice**, unless disabled or `recipient_type` is consumer        |                                             |
| receiver is a company here: verified, not disabled, VISMA active      | DELIVERED by VISMA, and RECEIVED there      |
| receiver is a company here, but one of these is missing               | RECEIVER_NOT_ACTIVE                         |
| receiver is a Peppol participant of `delivery_outside`, or put in     | DELIVERED by PEPPOL; some fail later        |
| by the control API                                                    |                                             |
| operator is a bank, the sender's BANK profile is not active           | BANK_NOT_OPEN                               |
| operator is a bank, address has right check digits                    | DELIVERED by BANK                           |
| operator is another known one, address has a right check digit        | DELIVERED by OPERATOR                       |
| operator is named in the call and nobody knows it                     | OPERATOR_UNKNOWN                            |
| any other address                                                     | ADDRESS_UNKNOWN                             |
| **e-mail**, unless disabled in the call or by `send_invoice_email`    |                                             |
| not an address, or its domain ends in `.invalid`                      | EMAIL_INVALID                               |
| any other address                                                     | DELIVERED by EMAIL; `bounce@` fails later   |
| **print**, unless disabled in the call                                |                                             |
| setting `send_invoice_print` is off                                   | PRINT_DISABLED                              |
| street, post code, post office or country missing                     | ADDRESS_INCOMPLETE                          |
| else                                                                  | DELIVERED by PRINT                          |
| no route was open at all                                              | CONSUMER_NOT_REACHED, or NO_ROUTE           |

Whoever delivers, `carrying.fail_later` lets it fail afterwards.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from portal.sandbox.delivery.outside import (
    OPERATORS,
    OWN_OPERATOR,
    PEPPOL,
    Afterwards,
    is_bank,
    known_at_bank,
    known_at_operator,
    participant,
)
from portal.sandbox.delivery.receivers import Receivers
from portal.sandbox.documents.model import Document, Party

Channel = Literal["EINVOICE", "PRINT", "SCAN", "EMAIL"]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a route does not carry an invoice: action key, channel and message of the contract's action."""

    key: str
    channel: Channel | None
    message: str


NO_ADDRESS = Failure("action_route_failed", None, "Not enough information about the recipient")
NO_ROUTE = Failure("action_route_failed", None, "No routing found")
DUPLICATE_NUMBER = Failure("action_error", None, "Invoice number has been used before")
CONSUMER_NOT_REACHED = Failure("action_route_failed", None, "The consumer does not receive e-invoices")
RECEIVER_NOT_ACTIVE = Failure("action_trx_fail", "EINVOICE", "Receiver does not receive e-invoices at the moment")
BANK_NOT_OPEN = Failure("action_trx_fail", "EINVOICE", "Bank network is not open for the sender")
OPERATOR_UNKNOWN = Failure("action_trx_fail", "EINVOICE", "Operator not known")
ADDRESS_UNKNOWN = Failure("action_trx_fail", "EINVOICE", "Receiver address not known")
EMAIL_INVALID = Failure("action_sent_email_failed", "EMAIL", "Recipient e-mail address is not valid")
PRINT_DISABLED = Failure("action_send_fail", "PRINT", "Printing service is not enabled")
ADDRESS_INCOMPLETE = Failure("action_send_fail", "PRINT", "Recipient postal address is incomplete")
REFUSED_LATER = Failure("action_delivery_failed", "EINVOICE", "Recipient's operator could not deliver the invoice")
BOUNCED = Failure("action_sent_email_failed", "EMAIL", "E-mail was returned by the recipient's server")

_EMAIL = re.compile(r"[^@\s,;]+@[^@\s.,;]+(\.[^@\s.,;]+)+")


@dataclass(frozen=True, slots=True)
class Delivered:
    """The invoice was handed over. `receiver_id` is the company here that got it."""

    destination: str
    channel: Channel | None = None
    receiver_id: str | None = None
    address: str = ""
    afterwards: Afterwards = ""


Outcome = Delivered | Failure


@dataclass(slots=True, kw_only=True)
class Options:
    """What the call says about the way, kept with the invoice as JSON; `only` is set by a reroute or forced e-mail."""

    recipient_type: str = "b2b"
    eia: str = ""
    operator: str = ""
    email: str = ""
    disabled: list[str] = field(default_factory=list)
    prevent: bool = False
    only: str = ""
    postal: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Case:
    """Everything a decision depends on; `settings` are the company's blocks, defaults included."""

    document: Document
    options: Options
    settings: dict[str, Any]
    receivers: Receivers
    number_used: bool = False

    def enabled(self, block: str, name: str = "enabled") -> bool:
        return bool((self.settings.get(block) or {}).get(name))

    def allows(self, route: str) -> bool:
        return self.options.only == route or (not self.options.only and route not in self.options.disabled)

    @property
    def falls_back(self) -> bool:
        """Whether e-mail and print may follow without being asked for."""
        has_address = bool(self.options.eia or self.document.buyer.endpoint_id)
        return not (has_address and self.allows("einvoice")) or self.options.recipient_type == "consumer"


def decide(case: Case) -> Outcome:
    """Return where the invoice went or why it could not; changes nothing."""
    if case.options.prevent:
        return Delivered("")
    if case.number_used and case.enabled("send_invoice_general", "stop_duplicate_numbers"):
        return DUPLICATE_NUMBER
    if not _any_address(case):
        return NO_ADDRESS
    reasons: list[Failure] = []
    for attempt in (_by_einvoice, _by_email, _by_print):
        outcome = attempt(case)
        if isinstance(outcome, Delivered):
            return outcome
        if outcome is not None:
            reasons.append(outcome)
    if not reasons:
        return CONSUMER_NOT_REACHED if case.options.recipient_type == "consumer" else NO_ROUTE
    return reasons[0]


def _any_address(case: Case) -> bool:
    buyer, options = case.document.buyer, case.options
    given = (options.eia, options.email, options.postal, buyer.endpoint_id, buyer.bid, buyer.vat, buyer.email)
    return any(given) or buyer.address.complete


def _by_einvoice(case: Case) -> Outcome | None:
    if not case.allows("einvoice") or case.options.recipient_type == "consumer":
        return None
    target, buyer = target_of(case.document.buyer, case.options), case.document.buyer
    if not (target.value or buyer.vat or buyer.bid):
        return None
    if not target.exact or target.operator == OWN_OPERATOR:
        inside = _inside(case, target)
        if inside is not None:
            return inside
    return _outside(case, target)


@dataclass(frozen=True, slots=True)
class Target:
    """
    The electronic address to use.

    :ivar scheme: empty when the address was given without one
    :ivar exact: the call names address and operator, so that nothing else is tried
    """

    scheme: str
    value: str
    operator: str
    exact: bool


def target_of(buyer: Party, options: Options) -> Target:
    if not options.eia:
        return Target(buyer.endpoint_scheme, buyer.endpoint_id, options.operator or buyer.operator, exact=False)
    scheme, colon, value = options.eia.partition(":")
    if not colon:
        scheme, value = "", options.eia
    return Target(scheme, value, options.operator, exact=bool(options.operator))


def _inside(case: Case, target: Target) -> Outcome | None:
    buyer = case.document.buyer
    company_id = case.receivers.by_address(target.scheme, target.value)
    if company_id is None and not target.exact:
        company_id = case.receivers.by_number(buyer.address.country, buyer.vat, buyer.bid)
    if company_id is None:
        return None
    if not case.receivers.receives(company_id):
        return RECEIVER_NOT_ACTIVE
    return Delivered("VISMA", "EINVOICE", company_id, target.value)


def _outside(case: Case, target: Target) -> Outcome:
    outsider = participant(target.scheme, target.value)
    known = outsider is not None or case.receivers.is_outside(target.scheme, target.value)
    if known and (not target.exact or target.operator == PEPPOL):
        afterwards = outsider.afterwards if outsider else ""
        return Delivered(PEPPOL, "EINVOICE", address=target.value, afterwards=afterwards)
    if is_bank(target.operator):
        if not case.receivers.sender_has_bank():
            return BANK_NOT_OPEN
        return _by_operator("BANK", target.value) if known_at_bank(target.value) else ADDRESS_UNKNOWN
    if target.operator in OPERATORS and target.operator != OWN_OPERATOR:
        return _by_operator("OPERATOR", target.value) if known_at_operator(target.value) else ADDRESS_UNKNOWN
    if target.exact and target.operator not in (OWN_OPERATOR, PEPPOL):
        return OPERATOR_UNKNOWN
    return ADDRESS_UNKNOWN


def _by_operator(destination: str, address: str) -> Delivered:
    return Delivered(destination, "EINVOICE", address=address)


def _by_email(case: Case) -> Outcome | None:
    if not case.allows("email"):
        return None
    address = case.options.email
    if not address and (case.options.only == "email" or (case.falls_back and case.enabled("send_invoice_email"))):
        address = case.document.buyer.email
    if not address:
        return EMAIL_INVALID if case.options.only == "email" else None
    if not is_email(address):
        return EMAIL_INVALID
    bounces = address.lower().startswith("bounce@")
    return Delivered("EMAIL", "EMAIL", address=address, afterwards="fails" if bounces else "")


def is_email(address: str) -> bool:
    return _EMAIL.fullmatch(address) is not None and not address.lower().endswith(".invalid")


def _by_print(case: Case) -> Outcome | None:
    if not case.allows("print") or not (case.options.only == "print" or case.falls_back):
        return None
    if not case.enabled("send_invoice_print"):
        return PRINT_DISABLED
    if not (case.options.postal or case.document.buyer.address.complete):
        return ADDRESS_INCOMPLETE
    return Delivered("PRINT", "PRINT", address=_postal_line(case))


def _postal_line(case: Case) -> str:
    if case.options.postal:
        return ", ".join(value for value in case.options.postal.values() if value)
    address = case.document.buyer.address
    return ", ".join([*address.streets, f"{address.post_code} {address.city}", address.country])
