"""Invoices as AutoInvoice has them (mirrors), and the files that staff gave us to send."""

from invoices.models.file import EarlierFile, InvoiceFile, stored_path
from invoices.models.invoice import (
    FailedInvoice,
    Invoice,
    InvoiceAction,
    InvoiceQuerySet,
    ReceivedInvoice,
    SentInvoice,
)
from invoices.models.receiving import ReceivingChoice
from invoices.models.upload import Upload, invoice_uuid

__all__ = [
    "EarlierFile",
    "FailedInvoice",
    "Invoice",
    "InvoiceAction",
    "InvoiceFile",
    "InvoiceQuerySet",
    "ReceivedInvoice",
    "ReceivingChoice",
    "SentInvoice",
    "Upload",
    "invoice_uuid",
    "stored_path",
]
