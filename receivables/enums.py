"""Words that this app decides by. Remote words it does not know are kept and shown as they are."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Agency(models.TextChoices):
    """Who collects; a word of the Receivables API and, in other letters, of AutoXChange's paths."""

    AMILI = "amili", "Amili"
    ROPO = "ropo", "Ropo"
    INTRUM = "intrum", "Intrum"


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


class AssignmentStatus(models.TextChoices):
    OPEN = "open", _("Open")
    PARTIALLY_CLOSED = "partially_closed", _("Capital paid, charges open")
    CLOSED = "closed", _("Closed")


class Stage(models.TextChoices):
    """How far collecting has come; the list of words is not public."""

    NONE = "none", _("Not begun")
    REMINDER = "reminder", _("Reminder sent")
    PAYMENT_DEMAND = "payment_demand", _("Payment demand sent")
    COLLECTION = "collection", _("In collection")
    LEGAL_COLLECTION = "legal_collection", _("In legal collection")
    CLOSED = "closed", _("Closed")


class EventType(models.TextChoices):
    COMMENT = "comment", _("Comment")
    PAID = "paid", _("Paid")
    CREDIT_NOTE = "credit_note", _("Credit note")
    DUE_DATE_CHANGE = "due_date_change", _("New due date")
    COLLECTION_HOLD = "collection_hold", _("Hold")
    CANCEL = "cancel", _("Cancel")
    CREDIT_LOSS = "credit_loss", _("Credit loss")
    REMINDER_SENT = "reminder_sent", _("Reminder sent")
    COLLECTION_STARTED = "collection_started", _("Collection started")
    CLOSE = "close", _("Closed")


class Origin(models.TextChoices):
    """Who added an event or wrote a message."""

    COMPANY = "company", _("The company")
    AGENCY = "agency", _("The agency")


class MatchWay(models.TextChoices):
    """By what a bank row was taken for a payment of an assignment; the surest first."""

    REFERENCE = "reference", _("Reference and whole sum")
    PART = "part", _("Reference, a part of the sum")
    SUM_AND_PAYER = "sum", _("Sum and payer")


class ProposalState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    TOLD = "told", _("Told to the agency")
    REJECTED = "rejected", _("Not a payment of it")
