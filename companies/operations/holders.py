"""Finding out who holds an address that a network refused to us."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import cases, services
from companies.models import Case
from companies.networks import conflicts
from portal.operations import registry
from portal.operations.enums import Weight
from portal.operations.handlers import Calls, Handler, NotQueueableError, NotThere, Verdict
from portal.operations.models import Operation


class Question(msgspec.Struct, frozen=True):
    company: UUID | None
    network: str
    endpoint_id: str


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers at an address, as the receiver look-up tells."""

    at: datetime
    name: str = ""
    country: str = ""
    operator: str = ""  # its name where AutoInvoice has one, else its code
    is_ours: bool = False  # the company itself, at AutoInvoice
    found: bool = False


@registry.register
class LookUpHolder(Handler[Question, Holder]):
    """The receiver look-up of the networks is asked who receives at the address of a case."""

    kind = "companies.look_up_holder"
    label = _("Look up who holds the address")
    verb = _("Look again")
    target = "companies.Case"
    permission = "companies.refresh_company"
    weight = Weight.INWARD
    related = ("account", "company", "operation")

    def check(self, target: Case, parameters: Any) -> None:
        if conflicts.endpoint_of(target) is None:
            raise NotQueueableError(
                _("No address follows from this company's business id."), _("Register it with scheme and address.")
            )

    def prepare(self, members: list[Operation]) -> Question:
        case = _case(members[0])
        endpoint = conflicts.endpoint_of(case)
        if endpoint is None:
            raise NotQueueableError(_("No address follows from this company's business id."))
        return Question(case.company.uuid if case.company else None, case.facts["network"], endpoint.endpoint_id)

    def send(self, request: Question, calls: Calls) -> Holder:
        service, at = services.LookupService(calls(None)), timezone.now()
        found = service.receivers([request.network], eia=request.endpoint_id)
        if not found:
            return Holder(at=at)
        receiver, participant = found[0], found[0].participant
        code = receiver.operator or ""
        names = {operator.operator_id: operator.name for operator in service.operators()}
        return Holder(
            at=at,
            found=True,
            name=(participant.name if participant else "") or "",
            country=(participant.country if participant else "") or "",
            operator=names.get(code) or code,
            is_ours=bool(participant and request.company and participant.id == str(request.company)),
        )

    def settle(self, operation: Operation, sent: Holder) -> dict[str, Any]:
        case = _case(operation)
        case.facts = {**case.facts, "holder": msgspec.to_builtins(sent)}
        case.save(update_fields=["facts"])
        asked = (conflicts.CUSTOMER_ASKED, conflicts.SUPPORT_ASKED)
        if not sent.found and case.is_open and case.step in asked:
            cases.move(case, conflicts.FREE, text=str(_("Nobody receives at the address any more.")))
        return {"found": sent.found, "operator": sent.operator}

    def resolve(self, request: Question, operation_uuid: UUID, calls: Calls, before: dict[str, Any]) -> Verdict[Holder]:
        return NotThere()  # asking again costs nothing


def _case(operation: Operation) -> Case:
    target = operation.target
    if not isinstance(target, Case):
        raise TypeError(f"operation {operation.pk} is about {type(target).__name__}")
    return target
