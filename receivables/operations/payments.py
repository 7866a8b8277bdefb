"""Telling agencies of direct payments that were found in a bank file."""

from typing import Any, cast
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import maventa
from portal.operations import registry
from portal.operations.enums import Weight
from portal.operations.handlers import Calls, Handler, NotQueueableError, Remedy, Verdict
from portal.operations.models import Operation
from receivables import mirror, policies, wire
from receivables.enums import EventType, ProposalState
from receivables.models import PaymentProposal
from receivables.operations.events import Added, EventRequest, find_added, remedy_for
from receivables.services import EventService


@registry.register
class TellPayment(Handler[EventRequest, Added]):
    """The buyer paid to the company's own account: the agency is told of it, once."""

    kind = "receivables.tell_payment"
    label = _("Tell agencies of direct payments")
    verb = _("Tell the agency")
    target = "receivables.PaymentProposal"
    permission = "receivables.add_event"
    weight = Weight.OUTWARD
    related = ("assignment", "company")

    def check(self, target: PaymentProposal, parameters: Any) -> None:
        if target.state == ProposalState.TOLD:
            raise NotQueueableError(_("The agency was told of this payment already."))
        policies.check_event(target.assignment, _event_of(target))

    def prepare(self, members: list[Operation]) -> EventRequest:
        proposal = _proposal(members[0])
        given = _event_of(proposal)
        known = proposal.assignment.events.values_list("remote_id", flat=True)
        event = wire.NewEvent(type=given["type"], amount=float(given["amount"]), payment_date=given["payment_date"])
        return EventRequest(proposal.company.uuid, proposal.assignment.remote_id, event, frozenset(known))

    def before(self, request: EventRequest) -> dict[str, Any]:
        return {"known": sorted(request.known)}

    def send(self, request: EventRequest, calls: Calls) -> Added:
        at = timezone.now()
        return Added(EventService(calls(request.company)).add(request.assignment, request.event), at)

    def settle(self, operation: Operation, sent: Added) -> dict[str, Any]:
        proposal = _proposal(operation)
        mirror.write_event(proposal.assignment, sent.event, sent.at)
        PaymentProposal.objects.filter(pk=proposal.pk).update(state=ProposalState.TOLD)
        return {"event": sent.event.id}

    def resolve(
        self, request: EventRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Added]:
        return find_added(request, calls, before)

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        return remedy_for(error)


def _event_of(proposal: PaymentProposal) -> dict[str, str]:
    on = proposal.booked_on.isoformat()
    return {"type": EventType.PAID.value, "amount": f"{proposal.amount:.2f}", "payment_date": on}


def _proposal(operation: Operation) -> PaymentProposal:
    target: Any = operation.target
    return cast("PaymentProposal", target)
