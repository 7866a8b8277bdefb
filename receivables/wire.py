"""
The one place for names of the Receivables API. Its paths are public, most of its field names and words are inferred.

The structs' attributes are ours; `name=` says how AutoInvoice spells a field, and the values of the choices how it
spells a word. What proves wrong is mended here alone.
"""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import maventa

SCOPE = "receivables:assignments"


class Agency(models.TextChoices):
    """Who collects; a word of the Receivables API and, in other letters, of AutoXChange's paths."""

    AMILI = "amili", "Amili"
    ROPO = "ropo", "Ropo"
    INTRUM = "intrum", "Intrum"


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


# Filters of GET /v1/assignments and GET /v1/events: our names to those of the query.
ASSIGNMENT_FILTERS = {
    "status": "status",
    "stage": "collection_status",
    "debtor_name": "debtor_name",
    "debtor_id": "debtor_bid",
    "invoice_uuid": "invoice_id",
    "invoice_number": "invoice_number",
    "created_from": "created_at_start",
    "created_to": "created_at_end",
    "closed_from": "closed_at_start",
    "closed_to": "closed_at_end",
    "due_from": "due_date_start",
    "due_to": "due_date_end",
}
EVENT_FILTERS = {
    "type": "type",
    "seen": "seen",
    "created_from": "created_at_start",
    "created_to": "created_at_end",
}


def query(filters: dict[str, str], asked: dict[str, Any]) -> dict[str, object]:
    """Return the query for what is asked in our names, without what is not asked."""
    return {filters[name]: value for name, value in asked.items() if value not in (None, "", [], ())}


class Debtor(maventa.Answer, frozen=True, kw_only=True):
    name: str | None = None
    business_id: str | None = msgspec.field(default=None, name="bid")
    personal_number: str | None = msgspec.field(default=None, name="ssn")
    country: str | None = None
    address: dict[str, Any] | None = None
    role: str | None = None


class Event(maventa.Answer, frozen=True, kw_only=True):
    id: str
    assignment_id: str | None = None
    type: str | None = None
    origin: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    payment_date: date | None = None
    due_date: date | None = None
    hold_until: date | None = None
    credit_note_id: str | None = None
    text: str | None = None
    happened_at: maventa.Instant | None = msgspec.field(default=None, name="created_at")
    seen: bool | None = None
    seen_at: maventa.Instant | None = None


class Assignment(maventa.Answer, frozen=True, kw_only=True):
    id: str
    status: str | None = None
    stage: str | None = msgspec.field(default=None, name="collection_status")
    invoice_id: str | None = None
    # Holds the invoice's uuid; whether as a list or an object is not public.
    reference_ids: list[str] | dict[str, Any] | str | None = None
    agency: str | None = None
    service_type: str | None = None
    collection_type: str | None = None
    invoice_number: str | None = None
    reference: str | None = None
    debtor: Debtor | None = None
    currency: str | None = None
    capital_amount: Decimal | None = None
    open_amount: Decimal | None = None
    paid_amount: Decimal | None = None
    fees_amount: Decimal | None = None
    interest_amount: Decimal | None = None
    invoice_date: date | None = None
    due_date: date | None = None
    created_at: maventa.Instant | None = None
    closed_at: maventa.Instant | None = None
    updated_at: maventa.Instant | None = None
    events: list[Event] | None = None

    def invoice_uuid(self) -> UUID | None:
        """Return the sent invoice's uuid, named by itself or among the references."""
        references = self.reference_ids or []
        named = references.values() if isinstance(references, dict) else references
        given = [self.invoice_id, *([named] if isinstance(named, str) else named)]
        return next((uuid for text in given if (uuid := _uuid(text)) is not None), None)


class Overview(maventa.Answer, frozen=True, kw_only=True):
    open: int | None = None
    due_soon: int | None = None
    overdue: int | None = None


class NewEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What staff add to an assignment."""

    type: str
    amount: float | None = None  # a number in the contract; at most two decimals
    payment_date: str | None = None  # dates as YYYY-MM-DD
    due_date: str | None = None
    hold_until: str | None = None
    credit_note_id: str | None = None  # the credit note's invoice uuid
    text: str | None = None


class Message(maventa.Answer, frozen=True, kw_only=True):
    id: str
    thread_id: str | None = None
    assignment_id: str | None = None
    text: str | None = None
    sender: str | None = None  # company or agency
    author: str | None = None
    sent_at: maventa.Instant | None = msgspec.field(default=None, name="created_at")
    seen: bool | None = None


class MessageThread(maventa.Answer, frozen=True, kw_only=True):
    id: str
    assignment_id: str | None = None
    subject: str | None = None
    flagged: bool | None = None
    latest: Message | None = msgspec.field(default=None, name="latest_message")
    unseen: int | None = msgspec.field(default=None, name="unseen_count")
    created_at: maventa.Instant | None = None
    updated_at: maventa.Instant | None = None


class ServiceLevel(maventa.Answer, frozen=True, kw_only=True):
    """How one customer is treated; who is not listed has the default."""

    business_id: str | None = msgspec.field(default=None, name="customer_bid")
    level: str | None = msgspec.field(default=None, name="service_level")
    name: str | None = msgspec.field(default=None, name="customer_name")


def new_message(text: str) -> dict[str, object]:
    return {"text": text}


def thread_change(flagged: bool) -> dict[str, object]:
    return {"flagged": flagged}


def level_change(level: str) -> dict[str, object]:
    return {"service_level": level}


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
