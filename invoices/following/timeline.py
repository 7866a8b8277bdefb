"""An invoice's way: what we did and what AutoInvoice did, told by the keys of its steps, never by their messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from invoices.following import words
from invoices.models import Invoice, InvoiceAction, Upload
from portal.operations import pills as operation_pills
from portal.operations import refusals, registry
from portal.operations.models import Operation

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Step:
    """One line; `details` are names and values told of its channel, `raw` AutoInvoice's own words."""

    at: datetime
    what: Text
    tone: str
    channel: Text = ""
    details: tuple[tuple[Text, Text], ...] = ()
    raw: str = ""
    advice: Text = ""
    who: Text = ""


def of(invoice: Invoice, upload: Upload | None, acts: Sequence[Operation]) -> list[Step]:
    """Return all steps, the latest first; `acts` are the invoice's operations."""
    ours = [*acts]
    if upload:
        ours += upload.operations.select_related("actor")
    steps = [_of_operation(operation) for operation in ours] + [_of_action(action) for action in invoice.actions.all()]
    steps.sort(key=lambda step: step.at)  # steps of one second stay in the order in which they were told
    return steps[::-1]


def _of_action(action: InvoiceAction) -> Step:
    return Step(
        at=action.happened_at,
        what=words.word_of(action),
        tone=words.tone_of(action),
        channel=words.channel_of(action),
        details=tuple(words.details_of(action)),
        raw=action.message,
        who="AutoInvoice",
    )


def _of_operation(operation: Operation) -> Step:
    look = operation_pills.look_of(operation)
    label: Any = registry.get(operation.kind).label if registry.knows(operation.kind) else operation.kind
    return Step(
        at=operation.created_at,
        what=f"{label}: {look.word}",
        tone=look.tone,
        raw=operation.error_text,
        advice=refusals.remedy_of(operation),
        who=str(operation.actor or _("the portal")),
    )
