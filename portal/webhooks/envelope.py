"""
Reading what was posted, tolerantly: whatever cannot be read is a reason, never an error.

Source: domain.md section 7. Event times carry an offset; a time without one is taken as UTC.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_EVENT_LENGTH = 120
_SUBJECTS = ("invoice_id", "document_id", "id")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What could be read. `problem` says why it is not an event, or is "" for one."""

    event: str = ""
    company_uuid: UUID | None = None
    at: datetime | None = None
    data: dict[str, Any] = field(default_factory=dict)
    problem: str | Promise = ""

    @property
    def subject(self) -> str:
        """Return AutoInvoice's id of what the event is about: an invoice, a document, a registration; "" if none."""
        named = (self.data.get(name) for name in _SUBJECTS)
        return next((_text(value)[:64] for value in named if isinstance(value, str) and value), "")


def read(body: bytes | str) -> Envelope:
    """Return what a body says."""
    try:
        content = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Envelope(problem=_("The body is not JSON."))
    if not isinstance(content, dict):
        return Envelope(problem=_("The body is not a JSON object."))
    event, data = _text(content.get("event")), content.get("event_data")
    company, at = _uuid(content.get("company_id")), _time(content.get("event_timestamp"))
    return Envelope(event, company, at, data if isinstance(data, dict) else {}, _problem(event, company, at))


def _problem(event: str, company: UUID | None, at: datetime | None) -> str | Promise:
    if not event:
        return _("The body names no event.")
    if company is None:
        return _("The body names no company.")
    return _("The body has no readable event time.") if at is None else ""


def _text(value: Any) -> str:
    """Return a name as far as the column holds it; PostgreSQL stores no NUL."""
    return "".join(filter(str.isprintable, value))[:_EVENT_LENGTH] if isinstance(value, str) else ""


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _time(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
