"""Writing a Finvoice sender info, and reading what kind of bank message a file is."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from lxml import etree

from invoices.files import xml

KINDS = ("SENDERINFO", "RECEIVERPROPOSAL", "RECEIVERINFO")


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderInfo:
    """What banks show consumers of a sender, and where the money goes."""

    action: str  # ADD, UPDATE, DELETE
    business_id: str
    name: str
    address: str  # e-invoice address of the sender
    operator: str
    invoice_name: str  # what consumers read: "Water bill"
    iban: str
    bic: str = ""


def write(info: SenderInfo, message_id: UUID, now: datetime) -> bytes:
    """Return the message; its identifier is ours, so that it is found again at AutoInvoice."""
    root = etree.Element("FinvoiceSenderInfo", Version="2.0")
    transmission = _part(root, "MessageTransmissionDetails")
    sender = _part(transmission, "MessageSenderDetails")
    _text(sender, "FromIdentifier", info.address)
    _text(sender, "FromIntermediator", info.operator)
    head = _part(transmission, "MessageDetails")
    _text(head, "MessageIdentifier", str(message_id))
    _text(head, "MessageTimeStamp", now.isoformat(timespec="seconds"))
    details = _part(root, "MessageDetails")
    _text(details, "MessageTypeCode", "SENDERINFO")
    _text(details, "MessageTypeText", "Sender info")
    _text(details, "MessageActionCode", info.action)
    _text(details, "MessageDate", now.strftime("%Y%m%d"), Format="CCYYMMDD")
    _text(details, "SenderInfoIdentifier", str(message_id))
    seller = _part(root, "SellerPartyDetails")
    _text(seller, "SellerPartyIdentifier", info.business_id)
    _text(seller, "SellerOrganisationName", info.name, LanguageCode="FI")
    invoicing = _part(root, "InvoiceSenderInformationDetails")
    _text(invoicing, "InvoiceSenderAddress", info.address)
    _text(invoicing, "InvoiceSenderIntermediatorAddress", info.operator)
    invoice = _part(root, "SellerInvoiceDetails")
    _text(invoice, "SellerInvoiceTypeText", info.invoice_name, LanguageCode="FI")
    account = _part(root, "SellerAccountDetails")
    _text(account, "SellerAccountID", info.iban, IdentificationSchemeName="IBAN")
    _text(account, "SellerBic", info.bic, IdentificationSchemeName="BIC")
    written = etree.tostring(root, xml_declaration=True, encoding="ISO-8859-15", pretty_print=True)
    return cast("bytes", written)


def kind_of(content: bytes) -> str:
    """
    Return the kind of a bank message, "" for anything else.

    :raises invoices.xml.UnreadableFileError: no XML, or hostile
    """
    root = xml.parse(content)
    stated = next((node.text or "" for node in root.iter("{*}MessageTypeCode")), "") or xml.local_name(root)
    word = "".join(char for char in stated.upper() if char.isalpha()).removeprefix("FINVOICE")
    return word if word in KINDS else ""


def texts_of(content: bytes, *names: str) -> list[str]:
    """Return the texts of elements of these names, in the file's order; [] for what cannot be read."""
    try:
        root = xml.parse(content)
    except xml.UnreadableFileError:
        return []
    found = (" ".join((node.text or "").split()) for name in names for node in root.iter(f"{{*}}{name}"))
    return [text for text in found if text]


def _part(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, name)


def _text(parent: etree._Element, name: str, text: str, **attributes: str) -> None:
    if text:
        etree.SubElement(parent, name, attributes).text = text
