"""Invoices as AutoInvoice has them (mirrors), and the files that staff gave us to send."""

from invoices.models.file import InvoiceFile, stored_path
from invoices.models.invoice import (
    FailedInvoice,
    Invoice,
    InvoiceAction,
    InvoiceQuerySet,
    ReceivedInvoice,
    SentInvoice,
)
from invoices.models.upload import Upload, invoice_uuid

__all__ = [
    "FailedInvoice",
    "Invoice",
    "InvoiceAction",
    "InvoiceFile",
    "InvoiceQuerySet",
    "ReceivedInvoice",
    "SentInvoice",
    "Upload",
    "invoice_uuid",
    "stored_path",
]
