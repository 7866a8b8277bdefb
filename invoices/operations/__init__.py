"""What staff do with invoices at AutoInvoice, one module a noun. Importing this package registers it all."""

from invoices.operations.bank_messages import SendBankMessage
from invoices.operations.detect import DISCLAIMER, ReadDetectChecks, RerunDetect, SetDetectChecks
from invoices.operations.documents import ConfirmDocument, SendDocument, SendDocumentParameters
from invoices.operations.fraud import LookUpReport, ReportFraud, WithdrawReport
from invoices.operations.handing_over import GiveToCustomer
from invoices.operations.handling import MarkHandled
from invoices.operations.nemhandel import RespondNemhandel
from invoices.operations.printing import RegisterPrinting, SendLetters
from invoices.operations.rerouting import REROUTES, RerouteToEinvoice, RerouteToEmail, RerouteToPrint
from invoices.operations.resending import SEND_AGAIN, Resend
from invoices.operations.sending import Send, SendParameters

__all__ = [
    "DISCLAIMER",
    "REROUTES",
    "SEND_AGAIN",
    "ConfirmDocument",
    "GiveToCustomer",
    "LookUpReport",
    "MarkHandled",
    "ReadDetectChecks",
    "RegisterPrinting",
    "ReportFraud",
    "RerouteToEinvoice",
    "RerouteToEmail",
    "RerouteToPrint",
    "RerunDetect",
    "Resend",
    "RespondNemhandel",
    "Send",
    "SendBankMessage",
    "SendDocument",
    "SendDocumentParameters",
    "SendLetters",
    "SendParameters",
    "SetDetectChecks",
    "WithdrawReport",
]
