"""
Words that this app decides by. Remote words it does not know are kept and shown as they are.

Those of the Receivables API are in `wire`, with its other names; the rest are AutoXChange's, or ours.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from receivables.wire import Agency, AssignmentStatus, EventType, Origin, Stage

__all__ = [
    "Agency",
    "AssignmentStatus",
    "CollectionType",
    "EventType",
    "HandOverStatus",
    "MatchWay",
    "Origin",
    "PayerRole",
    "ProposalState",
    "ReceivablesType",
    "ServiceStatus",
    "Stage",
]


class ServiceStatus(models.TextChoices):
    """How an agency's service stands for a company. Source: ReceivablesService."""

    NONE = "NONE", _("Not asked for")  # ours: AutoInvoice knows of none
    PENDING = "PENDING", _("Waiting for the agreement")
    ACTIVE = "ACTIVE", _("Active")
    DISABLED = "DISABLED", _("Not active")


class HandOverStatus(models.TextChoices):
    """How handing an invoice over stands. The last three are AutoInvoice's words (InvoiceAssignment.status)."""

    DRAFT = "draft", _("Being prepared")
    PENDING = "pending", _("On its way to the agency")
    SENT = "sent", _("With the agency")
    ERROR = "error", _("Refused by the agency")


class CollectionType(models.TextChoices):
    REMINDER = "reminder_and_collection", _("Reminder, then collection")
    COLLECTION = "collection", _("Collection at once")


class ReceivablesType(models.TextChoices):
    B2B = "b2b", _("From a business")
    B2C = "b2c", _("From a consumer")
    B2B_RENTAL = "b2b_rental", _("Rent, from a business")
    B2C_RENTAL = "b2c_rental", _("Rent, from a consumer")


class PayerRole(models.TextChoices):
    MAIN = "main", _("Payer")
    CO_DEBTOR = "co_debtor", _("Co-debtor")


class MatchWay(models.TextChoices):
    """By what a bank row was taken for a payment of an assignment; the surest first."""

    REFERENCE = "reference", _("Reference and whole sum")
    PART = "part", _("Reference, a part of the sum")
    SUM_AND_PAYER = "sum", _("Sum and payer")


class ProposalState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    TOLD = "told", _("Told to the agency")
    REJECTED = "rejected", _("Not a payment of it")
