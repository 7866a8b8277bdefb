"""
What AutoInvoice would not take as a setting, beyond the types of the contract.

The contract names one code for all of it (400 `invalid_parameters`); limits nobody documents are the simulator's own.
"""

import base64
import binascii
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from portal.sandbox.company import Company

Values = Mapping[str, Any]
Rule = Callable[[Values, Values, Company], Iterator[str]]  # what is sent, what it makes of the block, whose it is

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_MOST_LOGO_BYTES = 2 * 2**20
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"


def faults(sent: Mapping[str, Values], after: Mapping[str, Values], company: Company) -> list[str]:
    """One line a fault of the blocks that were sent; empty if all is well."""
    return [
        f"{name}.{line}"
        for name, block in sent.items()
        for line in _RULES.get(name, _anything)(block, after.get(name, {}), company)
    ]


def _anything(_sent: Values, _after: Values, _company: Company) -> Iterator[str]:
    yield from ()


def _details(sent: Values, _after: Values, _company: Company) -> Iterator[str]:
    if len(sent.get("name", "xxx").strip()) < 3:
        yield "name: at least 3 characters are needed"
    yield from _email("email", sent.get("email"), needed="email" in sent)
    if sent.get("website") and not re.match(r"https?://\S+$", sent["website"]):
        yield "website: is not an address"


def _address(sent: Values, _after: Values, _company: Company) -> Iterator[str]:
    for name in ("street_address", "post_code", "post_office"):
        if name in sent and not sent[name].strip():
            yield f"{name}: is required"


def _notifications(sent: Values, after: Values, _company: Company) -> Iterator[str]:
    receiving, errors = after.get("on_receiving", {}), sent.get("on_send_errors", {})
    if "on_receiving" in sent:
        yield from _email("on_receiving.other_email", receiving.get("other_email"), needed=receiving.get("enabled"))
    yield from _emails("on_send_errors.to_emails", errors.get("to_emails"))


def _by_email(sent: Values, _after: Values, _company: Company) -> Iterator[str]:
    if sent.get("reminder_frequency", 0) < 0:
        yield "reminder_frequency: must not be negative"
    contact = sent.get("content_data", {}).get("contact", {})
    yield from _email("content_data.contact.email", contact.get("email"))


def _by_letter(sent: Values, _after: Values, company: Company) -> Iterator[str]:
    if sent.get("marketing_page") and company.country != "FI":
        yield "marketing_page: is available in Finland only"


def _logos(sent: Values, _after: Values, _company: Company) -> Iterator[str]:
    for name, kinds in (("pdf", (_PNG, _JPEG)), ("email_header", (_PNG,))):
        content = sent.get(name, {}).get("content")
        if content is None:
            continue
        try:
            raw = base64.b64decode(content, validate=True)
        except (binascii.Error, ValueError):
            yield f"{name}.content: is not base64"
            continue
        if len(raw) > _MOST_LOGO_BYTES:
            yield f"{name}.content: is too large"
        elif not raw.startswith(kinds):
            yield f"{name}.content: must be {'PNG or JPEG' if len(kinds) > 1 else 'PNG'}"


def _reports(sent: Values, after: Values, _company: Company) -> Iterator[str]:
    yield from _emails("email_reports", sent.get("email_reports"))
    if after.get("report_interval", "off") != "off" and not after.get("email_reports"):
        yield "email_reports: at least one address is needed"


def _billing(sent: Values, _after: Values, _company: Company) -> Iterator[str]:
    yield from _email("invoicing_email", sent.get("invoicing_email"))
    if sent.get("billing_company_id"):
        try:
            uuid.UUID(sent["billing_company_id"])
        except ValueError:
            yield "billing_company_id: is not a uuid"


def _email(name: str, value: str | None, *, needed: Any = False) -> Iterator[str]:
    if value and not _EMAIL.fullmatch(value):
        yield f"{name}: {value} is not an e-mail address"
    elif needed and not value:
        yield f"{name}: is required"


def _emails(name: str, values: list[str] | None) -> Iterator[str]:
    for value in values or ():
        yield from _email(name, value, needed=True)


_RULES: dict[str, Rule] = {
    "details": _details,
    "address": _address,
    "invoice_notifications": _notifications,
    "send_invoice_email": _by_email,
    "send_invoice_print": _by_letter,
    "logos": _logos,
    "email_reports": _reports,
    "billing_details": _billing,
}
