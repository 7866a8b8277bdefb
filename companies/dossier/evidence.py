"""One thing that a dossier holds, before it is linked into the company's chain."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from companies.models import Authorization, Company, Reminder
from portal.operations.causes import Cause, current
from portal.operations.models import Operation

# Kinds of entries. What changes a fact is named as the fact is: see `companies.history.changes`.
REQUESTED, REMINDED = "requested", "reminded"


@dataclass(frozen=True, slots=True)
class Evidence:
    """`content` is JSON without personal numbers, keys and floats: what is hashed has to read back the same."""

    company: Company
    kind: str
    at: datetime  # when it was true
    content: dict[str, Any]
    recorded_at: datetime = field(default_factory=timezone.now)
    joint: UUID | None = None  # the call, if one signature covers several companies
    actor_id: int | None = None  # who asked; named in the entry when it is linked


def told_by(cause: Cause, company: Company) -> dict[str, Any]:
    """Return what an entry says about what told it."""
    if not cause.kind:
        return {}
    return {"told_by": {"kind": cause.kind, "id": cause.id, **cause.detail(str(company.uuid))}}


def of_reminder(reminder: Reminder, request: Authorization, actor_id: int | None) -> Evidence:
    """Return the entry for a reminder that the mail server took, or refused."""
    content = {
        "signer_email": reminder.email,
        "language": reminder.locale.upper(),
        "occasion": reminder.stage,
        "outcome": str(reminder.state),
        "message_id": reminder.message_id,
        **told_by(current(str(request.company.uuid)), request.company),
    }
    return Evidence(request.company, REMINDED, reminder.sent_at, content, actor_id=actor_id)


def of_request(request: Authorization, operation: Operation, cause: Cause) -> Evidence:
    """Return the entry for a request that was taken by AutoInvoice."""
    company = request.company
    content = {
        "company": {"name": company.name, "country": company.country, "business_id": company.business_id},
        "method": str(request.method),
        "authorization_id": request.authorization_id,
        "signer_name": request.signer_name,
        "signer_email": request.email,
        "language": request.locale,
        "expires_at": request.expires_at.isoformat() if request.expires_at else None,
        **told_by(cause, company),
    }
    joint = operation.attempt.uuid if operation.attempt else None
    return Evidence(company, REQUESTED, request.requested_at, content, joint=joint, actor_id=operation.actor_id)
