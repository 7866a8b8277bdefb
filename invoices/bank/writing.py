"""
Writing Finvoice sender infos and receiver proposals, and reading what kind of bank message a file is.

A sender info is as Finvoice's guidelines have it. Of receiver proposals the contract knows only the name: they are
written like receiver infos, which carry the same facts the other way.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from lxml import etree

from invoices.files import xml

KINDS = ("SENDERINFO", "RECEIVERPROPOSAL", "RECEIVERINFO")
_WORDS = {"SENDERINFO": "Sender info", "RECEIVERPROPOSAL": "Receiver proposal"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderInfo:
    """What banks show consumers of a sender, and where the money goes."""

    action: str  # ADD, CHANGE, DELETE
    business_id: str
    name: str
    address: str  # e-invoice address of the sender
    operator: str
    invoice_name: str  # what consumers read: "Water bill"
    iban: str
    bic: str = ""
    subject: str = ""  # number of the kind of invoice: the invoices' payment instruction id
    bank: str = ""  # BIC of the bank that it is for


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """Whom e-invoices are proposed to."""

    name: str
    identifier: str  # what the sender knows the consumer by: a customer number or reference
    street: str = ""
    postcode: str = ""
    town: str = ""


def write(info: SenderInfo, message_id: UUID, now: datetime) -> bytes:
    """Return a sender info; its identifier is ours, so that it is found again at AutoInvoice."""
    root = etree.Element("FinvoiceSenderInfo", Version="2.0")
    _head(root, info, "SENDERINFO", message_id, now)
    return _written(root)


def write_proposal(info: SenderInfo, consumer: Consumer, message_id: UUID, now: datetime) -> bytes:
    """Return a receiver proposal to one consumer, through the consumer's bank; its identifier is ours."""
    root = etree.Element("FinvoiceReceiverProposal", Version="2.0")
    _head(root, info, "RECEIVERPROPOSAL", message_id, now)
    buyer = _part(root, "BuyerPartyDetails")
    _text(buyer, "BuyerOrganisationName", consumer.name)
    if consumer.street or consumer.town:
        address = _part(buyer, "BuyerPostalAddressDetails")
        _text(address, "BuyerStreetName", consumer.street)
        _text(address, "BuyerTownName", consumer.town)
        _text(address, "BuyerPostCodeIdentifier", consumer.postcode)
        _text(address, "CountryCode", "FI")
    recipient = _part(root, "InvoiceRecipientDetails")
    _text(recipient, "InvoiceRecipientIntermediatorAddress", info.bank)
    _text(recipient, "SellerInvoiceIdentifier", consumer.identifier)
    return _written(root)


def _head(root: etree._Element, info: SenderInfo, kind: str, message_id: UUID, now: datetime) -> None:
    """Write what both kinds have: who sends which invoices, through which bank, and where the money goes."""
    _envelope(root, info, message_id, now)
    details = _part(root, "MessageDetails")
    _text(details, "MessageTypeCode", kind)
    _text(details, "MessageTypeText", _WORDS[kind])
    _text(details, "MessageActionCode", info.action)
    _text(details, "MessageDate", now.strftime("%Y%m%d"), Format="CCYYMMDD")
    _text(details, "SenderInfoIdentifier", str(message_id))
    seller = _part(root, "SellerPartyDetails")
    _text(seller, "SellerPartyIdentifier", info.business_id)
    names = etree.SubElement(seller, "SellerOrganisationNames", LanguageCode="FI")
    _text(names, "SellerOrganisationName", info.name)
    invoicing = _part(root, "InvoiceSenderInformationDetails")
    _text(invoicing, "InvoiceSenderAddress", info.address)
    _text(invoicing, "InvoiceSenderIntermediatorAddress", info.operator)
    account = _part(root, "SellerAccountDetails")
    _text(account, "SellerAccountID", info.iban, IdentificationSchemeName="IBAN")
    _text(account, "SellerBic", info.bic, IdentificationSchemeName="BIC")
    invoice = _part(root, "SellerInvoiceDetails")
    _text(invoice, "PaymentInstructionIdentifier", info.subject)
    called = _part(invoice, "SellerInvoiceTypeDetails")
    _text(called, "SellerInvoiceTypeText", info.invoice_name, LanguageCode="FI")


def _envelope(root: etree._Element, info: SenderInfo, message_id: UUID, now: datetime) -> None:
    transmission = _part(root, "MessageTransmissionDetails")
    sender = _part(transmission, "MessageSenderDetails")
    _text(sender, "FromIdentifier", info.address)
    _text(sender, "FromIntermediator", info.operator)
    if info.bank:
        receiver = _part(transmission, "MessageReceiverDetails")
        _text(receiver, "ToIdentifier", info.bank)
        _text(receiver, "ToIntermediator", info.bank)
    head = _part(transmission, "MessageDetails")
    _text(head, "MessageIdentifier", str(message_id))
    _text(head, "MessageTimeStamp", now.isoformat(timespec="seconds"))


def _written(root: etree._Element) -> bytes:
    return cast("bytes", etree.tostring(root, xml_declaration=True, encoding="ISO-8859-15", pretty_print=True))


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


def text_of(content: bytes, *names: str) -> str:
    """Return the first text of elements of these names; "" where there is none."""
    return next(iter(texts_of(content, *names)), "")


def bank_of(content: bytes) -> str:
    """Return the BIC of the bank that a message goes to or came from; "" where it does not say."""
    return text_of(content, "InvoiceRecipientIntermediatorAddress", "ToIntermediator")[:11]


def _part(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, name)


def _text(parent: etree._Element, name: str, text: str, **attributes: str) -> None:
    if text:
        etree.SubElement(parent, name, attributes).text = text
