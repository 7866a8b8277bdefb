"""What staff do with invoices at AutoInvoice, one module a noun. Importing this package registers it all."""

from invoices.operations.handling import MarkHandled
from invoices.operations.sending import Send, SendParameters

__all__ = ["MarkHandled", "Send", "SendParameters"]
