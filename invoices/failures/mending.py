"""
Mending a failure in place: the wrong value beside a proposed one, sent as a new invoice that is linked to the old.

The old attempt stays as it is. The new uuid follows from the mended content, so a second click finds the first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from companies.business_ids import InvalidBusinessIdError
from companies.models import Company
from companies.networks import peppol
from invoices.counterparties import shown_address
from invoices.documents import Document
from invoices.documents.repair import Change, NotMendableError, Value, mend, values_of
from invoices.failures.queue import Failure
from invoices.files import originals
from invoices.models import Invoice, Upload
from invoices.operations.resending import options_of
from invoices.sending import submitting
from invoices.sending.archives import GivenFile
from invoices.sending.submitting import Given
from invoices.services import SendingOptions
from portal import contract
from portal.partners import concealed

NAMES: Mapping[str, Any] = {
    "receiver_address": _("Receiver's e-invoice address"),
    "operator": _("Receiver's operator"),
    "receiver_business_id": _("Receiver's business id"),
    "receiver_vat": _("Receiver's VAT number"),
    "receiver_email": _("Receiver's e-mail address"),
    "street": _("Receiver's street"),
    "post_code": _("Receiver's post code"),
    "city": _("Receiver's city"),
    "country": _("Receiver's country"),
    "date": _("Invoice date"),
    "due_date": _("Due date"),
    "buyer_reference": _("Buyer's reference"),
    "order": _("Order number"),
    "reference": _("Payment reference"),
    "iban": _("Account (IBAN)"),
}
# Which values a cause is about: they stand first, the others are folded.
ABOUT: Mapping[str, tuple[str, ...]] = {
    "receiver_unknown": ("receiver_address", "operator", "receiver_business_id"),
    "operator_unknown": ("operator", "receiver_address"),
    "receiver_not_active": ("receiver_address", "operator", "receiver_email"),
    "bank_closed": ("operator", "receiver_address"),
    "receiver_information_missing": ("receiver_address", "receiver_business_id", "receiver_email", "street", "city"),
    "consumer_not_reached": ("receiver_email", "street", "post_code", "city"),
    "email_invalid": ("receiver_email",),
    "address_incomplete": ("street", "post_code", "city", "country"),
    "content_missing": ("date", "due_date", "country"),
    "refused_by_receiver": ("buyer_reference", "order", "reference"),
    "format_rules": ("buyer_reference", "order", "iban", "reference"),
}
_OWN_OPERATOR: str = contract.networks()["operators"]["own"]["operator_id"]
_PERSONAL = ("receiver_address", "receiver_business_id", "receiver_vat")


@dataclass(frozen=True, slots=True)
class Mendable:
    """One value on the page: as it is, and what the portal proposes ("" when nothing)."""

    value: Value
    name: Any
    proposed: str
    is_about: bool  # the cause is about it
    country: str = ""  # of the receiver

    @property
    def shown(self) -> str:
        scheme, text = self.value.scheme, self.value.text
        return self._may_show(f"{scheme}:{text}" if scheme and text else text)

    @property
    def proposal(self) -> str:
        """Return what is proposed, as it may be shown."""
        return self._may_show(self.proposed)

    def meant(self, text: str) -> str:
        """Return what a text of the form means: a masked number that was left as it is stays what it was."""
        if text == self.shown:
            return self.value.text
        return self.proposed if text == self.proposal else text

    def _may_show(self, text: str) -> str:
        return shown_address(self.country, text) if self.value.name in _PERSONAL else text


def content_of(row: Failure) -> bytes:
    """
    Return the file behind a failure.

    :raises UnreadableFileError: it is not here
    """
    if isinstance(row, Invoice):
        return originals.content_of(row)
    try:
        return originals.content_of_upload(row)
    except FileNotFoundError:
        raise NotMendableError(_("The file is not in the storage any more."), _("Give the file once more.")) from None


def mendables(row: Failure, content: bytes) -> list[Mendable]:
    """
    Return what can be mended, what the cause is about first.

    :raises NotMendableError: nothing can
    """
    values, about = values_of(content), ABOUT.get(row.remedy_key, ())
    document = originals.document_of(content)
    proposed, country = proposals(document, row.company), document.buyer.country or row.company.country
    found = [
        Mendable(value, NAMES[value.name], _other(proposed.get(value.name, ""), value), value.name in about, country)
        for value in values
    ]
    order = {name: place for place, name in enumerate(about)}
    return sorted(found, key=lambda one: order.get(one.value.name, len(order)))


def proposals(document: Document, company: Company) -> dict[str, str]:
    """Return what values probably should be, by what else is known; only of those that can be derived."""
    buyer = document.buyer
    country = buyer.country or company.country
    business_id = buyer.business_id or buyer.vat_id
    found: dict[str, str] = {"country": country}
    known = Company.objects.filter(
        account=company.account_id, business_id_digest=concealed.digest(country, business_id.removeprefix(country))
    ).first() if business_id else None  # fmt: skip
    if endpoint := _endpoint(country, business_id):
        is_finnish = document.format.startswith("FINVOICE")
        found["receiver_address"] = endpoint.endpoint_id if is_finnish else f"{endpoint.scheme}:{endpoint.endpoint_id}"
    if known:
        found["operator"] = _OWN_OPERATOR
        found["receiver_business_id"] = known.business_id if not known.business_id_secret else ""
    if buyer.email:
        found["receiver_email"] = buyer.email.strip().strip(".,;<>").replace(" ", "")
    return found


def _endpoint(country: str, business_id: str) -> peppol.Endpoint | None:
    try:
        return peppol.expected_endpoint(country, business_id) if business_id else None
    except (InvalidBusinessIdError, peppol.InvalidEndpointError):
        return None


def _other(proposed: str, value: Value) -> str:
    same = {value.text.casefold(), f"{value.scheme}:{value.text}".casefold()}
    return "" if proposed.casefold() in same else proposed


def send(row: Failure, wanted: Mapping[str, str], *, actor: Any) -> tuple[Given, list[Change]]:
    """
    Mend the file behind a failure and queue its sending, linked to the old; without a change nothing is sent.

    :raises UnreadableFileError: it is not here, or cannot be mended so
    """
    content, changes = mend(content_of(row), wanted)
    upload = row if isinstance(row, Upload) else originals.upload_of(row)
    name = upload.name if upload else f"{row.number or 'invoice'}.xml"
    if not changes:
        return Given(name, submitting.Outcome.REFUSED, _("Nothing was changed, so nothing was sent.")), []
    options = _options(upload, changes)
    with transaction.atomic():
        given = submitting.send_files(row.company, [GivenFile(name, content)], actor=actor, options=options)[0]
        if given.upload:
            new = Upload.objects.filter(pk=given.upload.pk, replaces=None).exclude(uuid=row.uuid)
            new.update(replaces=row.uuid, changes=_kept(row, changes))
    return given, changes


def _options(upload: Upload | None, changes: Sequence[Change]) -> SendingOptions:
    """Return how it was sent, without what would overrule the mended values."""
    options, mended = options_of(upload), {change.name for change in changes}
    if mended & {"receiver_address", "operator"}:
        options = msgspec.structs.replace(options, recipient_eia="", recipient_operator="")
    if "receiver_email" in mended:
        options = msgspec.structs.replace(options, recipient_email="")
    return options


def _kept(row: Failure, changes: Sequence[Change]) -> list[dict[str, str]]:
    """Return the changes as they are kept: personal numbers masked."""
    country = row.counterparty_country if isinstance(row, Invoice) else row.company.country
    return [
        {"field": one.name, "was": _masked(one.name, country, one.was), "now": _masked(one.name, country, one.now)}
        for one in changes
    ]


def _masked(name: str, country: str, text: str) -> str:
    if name not in _PERSONAL:
        return text
    scheme, colon, value = text.rpartition(":")
    return shown_address(country, f"{scheme}{colon}{concealed.masked(concealed.owner(scheme, country), value)}")
