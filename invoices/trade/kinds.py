"""Words of business documents: types and statuses. Others may come and are kept and shown as they are."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DocumentType(models.TextChoices):
    """AutoInvoice's types that staff can send. Source: postV1Documents."""

    ORDER = "ORDER", _("Order")
    ORDER_CHANGE = "ORDER_CHANGE", _("Order change")
    ORDER_CANCELLATION = "ORDER_CANCELLATION", _("Order cancellation")
    ORDER_RESPONSE = "ORDER_RESPONSE", _("Order response")
    CATALOGUE = "CATALOGUE", _("Catalogue")
    CATALOGUE_RESPONSE = "CATALOGUE_RESPONSE", _("Catalogue response")
    DESPATCH_ADVICE = "DESPATCH_ADVICE", _("Despatch advice")
    RECEIPT = "RECEIPT", _("Receipt advice")
    REMINDER = "REMINDER", _("Reminder")
    INVOICE_RESPONSE = "INVOICE_RESPONSE", _("Invoice response")
    MESSAGE_LEVEL_RESPONSE = "MESSAGE_LEVEL_RESPONSE", _("Message-level response")
    SELF_BILLING_INVOICE = "SELF_BILLING_INVOICE", _("Self-billing invoice")
    VOUCHER = "VOUCHER", _("Voucher")
    BANK_FILE = "BANK_FILE", _("Bank file")
    SCAN = "SCAN", _("Scanned document")
    EXPRESSION_OF_INTEREST_REQUEST = "EXPRESSION_OF_INTEREST_REQUEST", _("Expression of interest")
    EXPRESSION_OF_INTEREST_RESPONSE = "EXPRESSION_OF_INTEREST_RESPONSE", _("Answer to an expression of interest")
    TENDER_STATUS_REQUEST = "TENDER_STATUS_REQUEST", _("Question for tender status")
    CALL_FOR_TENDERS = "CALL_FOR_TENDERS", _("Call for tenders")
    TENDER = "TENDER", _("Tender")
    TENDER_RECEIPT = "TENDER_RECEIPT", _("Tender receipt")
    UNKNOWN = "UNKNOWN", _("Other document")


# Types that arrive as documents when another system sends them so; here they are sent as invoices.
INVOICES = {"INVOICE": _("Invoice"), "CREDIT_NOTE": _("Credit note")}


def word_of(type_word: str) -> str:
    """Return a type in staff words; a word that we do not know as it came."""
    if type_word in DocumentType.values:
        return str(DocumentType(type_word).label)
    return str(INVOICES.get(type_word) or type_word.replace("_", " ").capitalize() or _("Document"))


class DocumentStatus(models.TextChoices):
    PROCESSING = "PROCESSING", _("On its way")
    RESERVED = "RESERVED", _("Taken, not delivered yet")
    DELIVERED = "DELIVERED", _("Delivered")
    CONFIRMED = "CONFIRMED_DELIVERY", _("Delivery confirmed")
    FAILED = "FAILED", _("Failed")


# Nothing more is awaited for these, though a delivered one can still fail or be confirmed.
MOVING = (DocumentStatus.PROCESSING, DocumentStatus.RESERVED)
