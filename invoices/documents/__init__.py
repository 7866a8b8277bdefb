"""What the portal reads out of invoices' XML, to check a file before it goes out. AutoInvoice has the last word."""

from invoices.documents.model import Amounts, Document, Party
from invoices.documents.read import read

__all__ = ["Amounts", "Document", "Party", "read"]
