"""
Finnish bank messages: what kind one is, and what the bank network says to it.

| what is so                                    | outcome                                                |
| --------------------------------------------- | ------------------------------------------------------ |
| no XML, or no message of a known kind         | refused                                                |
| the company's BANK registration is not active | ERROR                                                  |
| the seller's business id is another company's | ERROR                                                  |
| no IBAN in it, or one with wrong check digits | ERROR                                                  |
| sender info without its name for invoices     | ERROR                                                  |
| proposal without its consumer or identifier   | ERROR                                                  |
| else                                          | OK; answered by a consumer's receiver info from the    |
|                                               | bank that the message went to, of a proposal by the    |
|                                               | consumer whom it names                                 |
"""

import re
import sqlite3
from dataclasses import dataclass

from lxml import etree
from stdnum import iban

from portal.sandbox.api import profiles
from portal.sandbox.company import Company, bid_key
from portal.sandbox.documents.tree import Element, add, name_of, parse, serialized

SENDER_INFO, RECEIVER_PROPOSAL, RECEIVER_INFO = "SENDERINFO", "RECEIVERPROPOSAL", "RECEIVERINFO"
SENT_KINDS = (SENDER_INFO, RECEIVER_PROPOSAL)
_IBAN = re.compile(r"FI\d{16}")


@dataclass(frozen=True, slots=True)
class Message:
    """`kind` is SENDERINFO, RECEIVERPROPOSAL, RECEIVERINFO, or empty for anything else."""

    kind: str
    root: Element


@dataclass(frozen=True, slots=True)
class Consumer:
    """Who answers when no message says who."""

    name: str = "Kuluttaja Kaisa"
    identifier: str = "100200"  # what the sender knows the consumer by
    bank: str = "NDEAFIHH"


SOMEBODY = Consumer()


def read(content: bytes) -> Message:
    """:raises portal.sandbox.documents.errors.DocumentError: not XML"""
    root = parse(content)
    stated = [(node.text or "") for node in root.iter("{*}MessageTypeCode")]
    word = re.sub(r"[^A-Z]", "", (stated[0] if stated else name_of(root)).upper()).removeprefix("FINVOICE")
    return Message(word if word in (*SENT_KINDS, RECEIVER_INFO) else "", root)


def faults(db: sqlite3.Connection, company: Company, message: Message) -> list[str]:
    """One line a fault; empty if the bank network takes the message."""
    found = []
    if profiles.active(db, company.id, "BANK") is None:
        found.append("BANK NETWORK IS NOT OPEN FOR THE SENDER")
    numbers = _texts(message.root, "SellerPartyIdentifier")
    if numbers and bid_key(numbers[0], company.country) != company.bid_key:
        found.append(f"SELLER {numbers[0][:20]} IS NOT THE SENDER")
    accounts = [text.replace(" ", "") for text in _account_texts(message.root)]
    if not accounts:
        found.append("NO ACCOUNT FOUND")
    found += [f"ACCOUNT {text[:34]} IS NOT VALID" for text in accounts if not iban.is_valid(text)]
    if message.kind == SENDER_INFO and not _texts(message.root, "SellerInvoiceTypeText", "SellerOrganisationName"):
        found.append("NAME OF THE INVOICES NOT FOUND")
    if message.kind == RECEIVER_PROPOSAL:
        if not _texts(message.root, "BuyerOrganisationName"):
            found.append("CONSUMER NOT FOUND")
        if not _texts(message.root, "SellerInvoiceIdentifier"):
            found.append("INVOICE IDENTIFIER NOT FOUND")
    return found


def consumer_of(message: Message) -> Consumer:
    """Who answers an accepted message, and through which bank."""
    banks = _texts(message.root, "InvoiceRecipientIntermediatorAddress", "ToIntermediator")
    names = _texts(message.root, "BuyerOrganisationName")
    identifiers = _texts(message.root, "SellerInvoiceIdentifier")
    return Consumer(
        name=names[0] if names else SOMEBODY.name,
        identifier=identifiers[0] if identifiers else SOMEBODY.identifier,
        bank=banks[0] if banks else SOMEBODY.bank,
    )


def error_message(refers_to: str, lines: list[str], moment: str) -> bytes:
    """What the network sends back."""
    root = etree.Element("FinvoiceErrorMessage")
    add(root, "MessageTimeStamp", moment)
    add(root, "ReferredMessageIdentifier", refers_to)
    for line in lines:
        add(root, "ErrorText", line)
    return serialized(root, "ISO-8859-15")


def receiver_info(
    company: Company, message_id: str, moment: str, *, ends: bool = False, consumer: Consumer = SOMEBODY
) -> bytes:
    """A consumer asks for e-invoices of the company in the netbank, or no longer wants them."""
    root = etree.Element("FinvoiceReceiverInfo", Version="2.0")
    details = add(root, "MessageDetails")
    add(details, "MessageTypeCode", RECEIVER_INFO)
    add(details, "MessageActionCode", "DELETE" if ends else "ADD")
    add(details, "MessageIdentifier", message_id)
    add(details, "MessageTimeStamp", moment)
    seller = add(root, "SellerPartyDetails")
    add(seller, "SellerPartyIdentifier", company.bid)
    add(seller, "SellerOrganisationName", company.name)
    buyer = add(root, "BuyerPartyDetails")
    add(buyer, "BuyerOrganisationName", consumer.name)
    recipient = add(root, "InvoiceRecipientDetails")
    add(recipient, "InvoiceRecipientAddress", "FI2112345600000785")
    add(recipient, "InvoiceRecipientIntermediatorAddress", consumer.bank)
    add(recipient, "SellerInvoiceIdentifier", consumer.identifier)
    return serialized(root, "ISO-8859-15")


def _account_texts(root: Element) -> list[str]:
    named = _texts(root, "SellerAccountID", "EpiAccountID", "AccountID", "ProposedDueDateAccountID")
    written = [(node.text or "").strip() for node in root.iter() if isinstance(node.tag, str)]
    return named or [text for text in written if _IBAN.fullmatch(text.replace(" ", ""))]


def _texts(root: Element, *names: str) -> list[str]:
    found = [(node.text or "").strip() for name in names for node in root.iter(f"{{*}}{name}")]
    return [text for text in found if text]
