"""
What the portal asks of AutoInvoice about invoices and documents: one class per API resource.

They speak the API's words, return frozen results, write nothing and know no model.
"""

from invoices.services.bank_messages import BankMessageService
from invoices.services.detect import CheckDefinitions, DetectService, Result, Run, Translation
from invoices.services.documents import DocumentEntity, DocumentService, NewDocument
from invoices.services.feeds import DeliveryEvent, PartnerInvoiceService
from invoices.services.fraud_reports import Definitions, FraudReportService, Reason, Report
from invoices.services.invoices import (
    IDS_PER_LIST,
    Action,
    Attachment,
    InvoiceEntity,
    InvoiceService,
    Party,
)
from invoices.services.nemhandel import NemhandelService
from invoices.services.options import SendingOptions
from invoices.services.printing import Letters, PrintingService, Registration
from invoices.services.reroutes import RerouteService, Route
from invoices.services.validator import ValidatorService

__all__ = [
    "IDS_PER_LIST",
    "Action",
    "Attachment",
    "BankMessageService",
    "CheckDefinitions",
    "Definitions",
    "DeliveryEvent",
    "DetectService",
    "DocumentEntity",
    "DocumentService",
    "FraudReportService",
    "InvoiceEntity",
    "InvoiceService",
    "Letters",
    "NemhandelService",
    "NewDocument",
    "PartnerInvoiceService",
    "Party",
    "PrintingService",
    "Reason",
    "Registration",
    "Report",
    "RerouteService",
    "Result",
    "Route",
    "Run",
    "SendingOptions",
    "Translation",
    "ValidatorService",
]
