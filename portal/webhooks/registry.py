"""
Who handles which event: an app decorates a function in its `webhooks.py` with the pattern of the events it knows.

Patterns are AutoInvoice's own: segments parted by dots, `*` stands for one segment, a last `*` for all that follow.
Every handler whose pattern fits is called, in one transaction with the delivery's own state. Handlers are called again
for doubled deliveries and out of order, so they compare `Event.at` with the `fact_at` of the row that they write.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from portal.partners.models import PartnerAccount

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Event:
    """One event as AutoInvoice told it."""

    name: str  # "DOCUMENTS.INVOICE.DELIVERED"
    account: PartnerAccount
    company_uuid: UUID
    at: datetime  # aware
    data: dict[str, Any]  # event_data; {} when the event brought none
    delivery_id: int

    @property
    def subject(self) -> str:
        """Return the middle segment: "INVOICE", "PEPPOL"."""
        return self.name.split(".")[1] if self.name.count(".") else ""

    @property
    def action(self) -> str:
        """Return the last segment: "DELIVERED", "ENABLED", "VERIFIED"."""
        return self.name.rsplit(".", 1)[-1]


@dataclass(frozen=True, slots=True)
class Handled:
    """The event's news is written, or was known already."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """The event is of no use to us; the reason is shown to staff."""

    reason: Text


@dataclass(frozen=True, slots=True)
class NotYet:
    """What the event speaks of is not known yet (a registration has not settled): it is tried again later."""

    reason: Text


Outcome = Handled | Ignored | NotYet
EventHandler = Callable[[Event], Outcome]

_handlers: dict[tuple[str, str], EventHandler] = {}


def handles(*patterns: str) -> Callable[[EventHandler], EventHandler]:
    """Register the decorated function for all events that fit one of the patterns."""

    def decorate(handler: EventHandler) -> EventHandler:
        for pattern in patterns:
            _handlers[pattern, f"{handler.__module__}.{handler.__qualname__}"] = handler
        return handler

    return decorate


def handlers_for(name: str) -> list[EventHandler]:
    """Return the handlers of an event, each once, in the order of their registration."""
    return list(dict.fromkeys(handler for (pattern, _), handler in _handlers.items() if fits(pattern, name)))


def fits(pattern: str, name: str) -> bool:
    """Tell whether an event's name fits a pattern."""
    wanted, given = pattern.split("."), name.split(".")
    if wanted[-1] == "*" and len(given) >= len(wanted):
        given = given[: len(wanted)]
    return len(wanted) == len(given) and all(w in ("*", g) for w, g in zip(wanted, given, strict=True))
