"""
Collection: services of agencies, invoices handed over, the agencies' assignments and what happened to them.

Assignment and its events are mirrors of the Receivables API; HandOver and Payer are what staff typed, with the state
that AutoInvoice told beside it.
"""

from receivables.models.assignment import Assignment, AssignmentQuerySet
from receivables.models.bank import BankFile, PaymentProposal, ProposalQuerySet
from receivables.models.billing import BilledUse, BillingMonth, BillingMonthQuerySet
from receivables.models.credit import InvoiceCredit, InvoiceCreditQuerySet
from receivables.models.event import AssignmentEvent, EventQuerySet
from receivables.models.hand_over import HandOver, HandOverQuerySet, Payer
from receivables.models.levels import ServiceLevel, ServiceLevelQuerySet
from receivables.models.messages import (
    Message,
    MessageDraft,
    MessageThread,
    MessageThreadQuerySet,
    ReplyTemplate,
    ThreadNote,
)
from receivables.models.money import AgencyMoney, CompanyMoney
from receivables.models.overdue import OverdueInvoice
from receivables.models.service import CollectionService, CollectionServiceQuerySet

__all__ = [
    "AgencyMoney",
    "Assignment",
    "AssignmentEvent",
    "AssignmentQuerySet",
    "BankFile",
    "BilledUse",
    "BillingMonth",
    "BillingMonthQuerySet",
    "CollectionService",
    "CollectionServiceQuerySet",
    "CompanyMoney",
    "EventQuerySet",
    "HandOver",
    "HandOverQuerySet",
    "InvoiceCredit",
    "InvoiceCreditQuerySet",
    "Message",
    "MessageDraft",
    "MessageThread",
    "MessageThreadQuerySet",
    "OverdueInvoice",
    "Payer",
    "PaymentProposal",
    "ProposalQuerySet",
    "ReplyTemplate",
    "ServiceLevel",
    "ServiceLevelQuerySet",
    "ThreadNote",
]
