"""What the portal reads out of invoices' XML, to show and check it. AutoInvoice has the last word."""

from invoices.documents.details import Details, Line
from invoices.documents.model import Amounts, Document, Kind
from invoices.documents.party import Party
from invoices.documents.read import read

__all__ = ["Amounts", "Details", "Document", "Kind", "Line", "Party", "read"]
