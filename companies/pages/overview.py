"""What happened, as lines of a timeline: of a company whatever it was, of an onboarding its operations."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.history import timeline
from companies.history import words as change_words
from companies.history.timeline import Happened, Kind
from companies.models import Company, Note, StateChange
from portal.operations import pills as operation_pills
from portal.operations import registry
from portal.operations.enums import OPEN_STATES
from portal.operations.models import Operation
from portal.partners.models import ApiCall
from portal.webhooks.models import Delivery

MOST = 40
_LATE = timedelta(minutes=2)  # a fact that was told so much later says when it was true


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline."""

    at: datetime
    what: str | Promise
    state: str | Promise = ""
    tone: str = "neutral"
    icon: str = ""
    text: str = ""
    who: str = ""
    url: str = ""
    kind: str = ""  # of the timeline's filter
    facts: list[tuple[str, str]] = field(default_factory=list)  # folded
    more: str = ""  # address of what is fetched when it is unfolded
    note: Note | None = None
    since: datetime | None = None  # true since, when told later
    ended: datetime | None = None


def of_company(
    company: Company, kinds: Iterable[Kind], after: str = "", most: int = timeline.PER_PAGE
) -> tuple[list[Entry], str]:
    """Return a page of a company's timeline, and the place of the next one ("": it ends here)."""
    page = timeline.read(company, list(kinds), after, most)
    return [_entry(happened) for happened in page.rows], page.after


def of_onboarding(account_id: int, onboarding_id: int) -> list[Entry]:
    """Return what we did for an onboarding that has no company yet, the latest first."""
    mine = Operation.objects.filter(account_id=account_id, onboarding_id=onboarding_id)
    done = mine.filter(kind__startswith="companies.").select_related("actor").order_by("-id")[:MOST]
    return [_of_operation(operation) for operation in done]


def _entry(happened: Happened) -> Entry:
    entry: Entry = _MAKERS[type(happened.row)](happened.row)
    return entry


_CHANGES = {
    "CREATED": gettext_lazy("Registration in %(network)s begun"),
    "ENABLED": gettext_lazy("%(network)s opened"),
    "DISABLED": gettext_lazy("%(network)s closed"),
}
_AUTHORIZATIONS = {
    "VERIFIED": gettext_lazy("The company is verified"),
    "UNVERIFIED": gettext_lazy("The company is no longer verified"),
    "UNKNOWN": gettext_lazy("The company counts as an older account"),
}


def told(event: str) -> str | Promise:
    """Return an event in staff words; one that we do not know as it came."""
    category, _dot, rest = event.partition(".")
    subject, _dot, change = rest.partition(".")
    if category == "NETWORKS" and change in _CHANGES:
        return str(_CHANGES[change]) % {"network": subject}
    if category == "COMPANIES":
        return _AUTHORIZATIONS.get(change, event)
    return event or gettext_lazy("A message that cannot be read")


def _of_operation(operation: Operation) -> Entry:
    shown = operation_pills.look_of(operation)
    label: Any = registry.get(operation.kind).label if registry.knows(operation.kind) else operation.kind
    detail = ", ".join(str(value) for value in operation.parameters.values() if isinstance(value, str) and value)
    is_open = operation.state in OPEN_STATES
    return Entry(
        at=operation.created_at,
        what=f"{label} {detail}".strip() if operation.kind.endswith("_network") else label,
        state=shown.word,
        tone=shown.tone,
        icon=shown.icon,
        text=operation.remedy or operation.error_text,
        who=str(operation.actor or _("the portal")),
        url=reverse("admin:operations_operation_change", args=[operation.pk]),
        kind=timeline.ACTS.name,
        more=reverse("admin:company_calls_of", args=[operation.pk]) if operation.attempts else "",
        ended=None if is_open else operation.settled_at,
    )


def _of_delivery(delivery: Delivery) -> Entry:
    return Entry(
        at=delivery.received_at,  # the event's own time is in whole seconds and would jump the queue
        what=told(delivery.event),
        state=_("AutoInvoice told us"),
        tone="info",
        icon="webhook",
        text=delivery.reason,
        url=reverse("admin:webhooks_delivery_change", args=[delivery.pk]),
        kind=timeline.TOLD.name,
    )


def _of_change(change: StateChange) -> Entry:
    words = change_words.of(change)
    return Entry(
        at=change.recorded_at,
        what=words.title,
        state=words.now,
        tone=words.tone,
        icon=words.icon,
        text=words.text,
        who=str(change.actor or change.get_source_display()),
        url=_source_url(change),
        kind=timeline.CHANGES.name,
        facts=words.facts,
        since=change.at if change.recorded_at - change.at > _LATE else None,
    )


def _source_url(change: StateChange) -> str:
    pages = {
        "operation": "admin:operations_operation_change",
        "delivery": "admin:webhooks_delivery_change",
        "sync": "admin:sync_syncrun_change",
    }
    known = change.source in pages and change.source_id
    return reverse(pages[change.source], args=[change.source_id]) if known else ""


def _of_note(note: Note) -> Entry:
    return Entry(
        at=note.created_at,
        what=_("Note"),
        icon="sticky_note_2",
        tone="neutral",
        who=str(note.author or _("somebody who has left")),
        kind=timeline.NOTES.name,
        note=note,
    )


def _of_call(call: ApiCall) -> Entry:
    good = call.status is not None and call.status < 400
    operation = call.operation_id
    return Entry(
        at=call.at,
        what=f"{call.method} {call.path}",
        state=str(call.status or _("no answer")),
        tone="good" if good else "bad",
        icon="call_made",
        text=call.error,
        who=_("%(ms)d ms") % {"ms": call.ms},
        url=reverse("admin:operations_operation_change", args=[operation]) if operation else "",
        kind=timeline.CALLS.name,
        facts=[(_("Request id"), call.request_id)] if call.request_id else [],
    )


_MAKERS: dict[type, Any] = {
    Operation: _of_operation,
    Delivery: _of_delivery,
    StateChange: _of_change,
    Note: _of_note,
    ApiCall: _of_call,
}
