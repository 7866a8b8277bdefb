"""Invoices as AutoInvoice has them (mirrors), and the files that staff gave us to send."""

from invoices.models.bank_message import BankMessage
from invoices.models.defaults import SendingDefaults
from invoices.models.detect import Analysis, DetectAcceptance, DetectSetting, Finding, FraudReport
from invoices.models.document import (
    BusinessDocument,
    DocumentDraft,
    DocumentEvent,
    DocumentFile,
    ReceivedDocument,
    SentDocument,
    transmission_of,
)
from invoices.models.drop import Drop, DropFile
from invoices.models.file import EarlierFile, InvoiceFile, stored_path
from invoices.models.handing_over import HandOver, HandOverTarget
from invoices.models.invoice import (
    FailedInvoice,
    Invoice,
    InvoiceAction,
    InvoiceQuerySet,
    ReceivedInvoice,
    SentInvoice,
)
from invoices.models.printing import PrintAccount, PrintJob
from invoices.models.receiving import ReceivingChoice
from invoices.models.settled import SettledFailure
from invoices.models.upload import RefusedUpload, Upload, UploadQuerySet, invoice_uuid, successors

__all__ = [
    "Analysis",
    "BankMessage",
    "BusinessDocument",
    "DetectAcceptance",
    "DetectSetting",
    "DocumentDraft",
    "DocumentEvent",
    "DocumentFile",
    "Drop",
    "DropFile",
    "EarlierFile",
    "FailedInvoice",
    "Finding",
    "FraudReport",
    "HandOver",
    "HandOverTarget",
    "Invoice",
    "InvoiceAction",
    "InvoiceFile",
    "InvoiceQuerySet",
    "PrintAccount",
    "PrintJob",
    "ReceivedDocument",
    "ReceivedInvoice",
    "ReceivingChoice",
    "RefusedUpload",
    "SendingDefaults",
    "SentDocument",
    "SentInvoice",
    "SettledFailure",
    "Upload",
    "UploadQuerySet",
    "invoice_uuid",
    "stored_path",
    "successors",
    "transmission_of",
]
