"""
What the portal asks of AutoInvoice about receivables: one class per API resource.

They speak `receivables.wire`, return frozen results, write nothing and know no model.
"""

from receivables.services.activations import (
    Address,
    AmiliAnswer,
    AmiliService,
    AmiliTerms,
    IntrumAnswer,
    IntrumService,
    IntrumTerms,
    RopoAnswer,
    RopoService,
)
from receivables.services.assignments import AssignmentService
from receivables.services.billing import BillingService
from receivables.services.credit import CreditService
from receivables.services.events import EventService
from receivables.services.hand_overs import HandedOver, HandOverService, OlderTerms, PayerTerms, Place, Terms
from receivables.services.levels import LevelService
from receivables.services.messages import MessageService

__all__ = [
    "Address",
    "AmiliAnswer",
    "AmiliService",
    "AmiliTerms",
    "AssignmentService",
    "CreditService",
    "EventService",
    "HandOverService",
    "HandedOver",
    "IntrumAnswer",
    "IntrumService",
    "IntrumTerms",
    "LevelService",
    "MessageService",
    "OlderTerms",
    "PayerTerms",
    "Place",
    "RopoAnswer",
    "RopoService",
    "Terms",
]
__all__ = ["BillingService", "CreditService", "MessageService"]
