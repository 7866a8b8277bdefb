"""What staff tell agencies about assignments, and that staff have seen what agencies told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import remedies
from portal import maventa
from portal.operations import registry
from portal.operations.enums import Weight
from portal.operations.handlers import Calls, Found, Handler, NotQueueableError, NotThere, Remedy, Verdict
from portal.operations.models import Operation
from receivables import mirror, policies, wire
from receivables.enums import Origin
from receivables.models import Assignment, AssignmentEvent
from receivables.services import EventService


class EventParameters(msgspec.Struct, frozen=True, kw_only=True):
    """An event in `wire.NewEvent`'s words; the amount as text with two decimals, dates as YYYY-MM-DD."""

    type: str
    amount: str = ""
    payment_date: str = ""
    due_date: str = ""
    hold_until: str = ""
    credit_note_id: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class EventRequest:
    company: UUID
    assignment: str
    event: wire.NewEvent
    known: frozenset[str]  # ids of the events that were there before


@dataclass(frozen=True, slots=True)
class Added:
    event: wire.Event
    at: datetime


@registry.register
class AddEvent(Handler[EventRequest, Added]):
    """Tell the agency; a lost answer is looked up among the assignment's events."""

    kind = "receivables.add_event"
    label = _("Tell the agency")
    verb = _("Tell the agency")
    target = "receivables.Assignment"
    permission = "receivables.add_event"
    weight = Weight.OUTWARD
    related = ("company",)
    Parameters = EventParameters

    def check(self, target: Assignment, parameters: EventParameters) -> None:
        policies.check_event(target, msgspec.to_builtins(parameters))

    def recheck(self, members: list[Operation]) -> None:
        assignment = assignment_of(members[0])
        if assignment.is_closed:
            policies.check_event(assignment, msgspec.to_builtins(self.parameters_of(members[0])))

    def prepare(self, members: list[Operation]) -> EventRequest:
        assignment, given = assignment_of(members[0]), self.parameters_of(members[0])
        fields = {name: value for name, value in msgspec.structs.asdict(given).items() if value}
        if "amount" in fields:
            fields["amount"] = float(fields["amount"])
        known = assignment.events.values_list("remote_id", flat=True)
        return EventRequest(assignment.company.uuid, assignment.remote_id, wire.NewEvent(**fields), frozenset(known))

    def before(self, request: EventRequest) -> dict[str, Any]:
        return {"known": sorted(request.known)}

    def send(self, request: EventRequest, calls: Calls) -> Added:
        at = timezone.now()
        return Added(EventService(calls(request.company)).add(request.assignment, request.event), at)

    def settle(self, operation: Operation, sent: Added) -> dict[str, Any]:
        mirror.write_event(assignment_of(operation), sent.event, sent.at)
        return {"event": sent.event.id}

    def resolve(
        self, request: EventRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Added]:
        return find_added(request, calls, before)

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        return remedy_for(error)


@dataclass(frozen=True, slots=True)
class Marking:
    company: UUID
    assignment: str
    event: str


@registry.register
class MarkSeen(Handler[Marking, datetime]):
    """Tell AutoInvoice that somebody has looked at an event."""

    kind = "receivables.mark_event_seen"
    label = _("Mark event as seen")
    verb = _("Mark as seen")
    target = "receivables.AssignmentEvent"
    permission = "receivables.add_event"
    weight = Weight.INWARD
    related = ("company",)
    repeatable = True  # a mark set twice is the same mark

    def check(self, target: AssignmentEvent, parameters: Any) -> None:
        if target.seen:
            raise NotQueueableError(_("It is marked as seen already."))

    def prepare(self, members: list[Operation]) -> Marking:
        event: Any = members[0].target
        return Marking(event.company.uuid, event.assignment_remote_id, event.remote_id)

    def send(self, request: Marking, calls: Calls) -> datetime:
        at = timezone.now()
        EventService(calls(request.company)).mark_seen(request.assignment, request.event)
        return at

    def settle_many(self, answered: Any) -> list[dict[str, Any]]:
        ids = [operation.target_id for operation, _at in answered]
        mirror.mark_seen(ids, max(at for _operation, at in answered))
        return [{} for _ in answered]

    def resolve(
        self, request: Marking, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[datetime]:
        return NotThere()  # marking once more does no harm


def find_added(request: EventRequest, calls: Calls, before: dict[str, Any]) -> Verdict[Added]:
    """Look for what was told among the assignment's events, without those that were there before."""
    at, known = timezone.now(), set(before.get("known", ()))
    for page in EventService(calls(request.company)).of_assignment(request.assignment):
        for event in page:
            if event.id not in known and _is_same(event, request.event):
                return Found(Added(event, at))
    return NotThere()


def remedy_for(error: maventa.RejectedError) -> Remedy | None:
    if error.status in (409, 422):
        return Remedy(_("The agency takes this no more. Look the assignment up: it may be closed."))
    return remedies.remedy_for(error)


def assignment_of(operation: Operation) -> Assignment:
    target: Any = operation.target
    return cast("Assignment", target)


def _is_same(found: wire.Event, wanted: wire.NewEvent) -> bool:
    """Tell whether an event of the company says what was sent."""
    if found.origin not in (None, Origin.COMPANY) or found.type != wanted.type:
        return False
    if wanted.amount is not None and (found.amount is None or float(found.amount) != wanted.amount):
        return False
    days = ("payment_date", "due_date", "hold_until")
    if any((day := getattr(wanted, name)) and str(getattr(found, name) or day) != day for name in days):
        return False
    return (found.text or "") == (wanted.text or "") and found.credit_note_id == wanted.credit_note_id
