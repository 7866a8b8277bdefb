"""
Withdrawing invoice credit: money, once.

The call carries no id of ours and the API lists no withdrawals. So what the company had drawn before is part of what
staff confirm, is compared right before the call, and tells afterwards whether a lost call took effect. One withdrawal
of a company is under way at a time.
"""

from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from companies.operations.targets import company_of
from portal import maventa
from portal.operations import registry
from portal.operations.enums import OPEN_STATES, Weight
from portal.operations.handlers import Calls, CannotTell, Found, NotQueueableError, NotThere, Remedy, Verdict
from portal.operations.models import Operation
from receivables.operations.credit import CreditAct, look_up
from receivables.services.credit import CreditService

DRAWN_MEANWHILE = "drawn_meanwhile"
_CENT = Decimal("0.01")


class WithdrawParameters(msgspec.Struct, frozen=True):
    amount: str  # euros with two decimals
    drawn_before: str  # what the company owed the bank when staff confirmed


class WithdrawRequest(msgspec.Struct, frozen=True):
    company: UUID
    amount: Decimal
    drawn_before: Decimal


class DrawnMeanwhileError(maventa.RejectedError):
    """What the company owes changed after the form was made; nothing was drawn."""

    def __init__(self, seen: Decimal, now: Decimal | None) -> None:
        text = _now("Drawn before: %(seen)s euros as seen, %(now)s now") % {"seen": seen, "now": now}
        super().__init__(409, DRAWN_MEANWHILE, text)
        self.args = (seen, now)


@registry.register
class Withdraw(CreditAct[WithdrawRequest]):
    """The bank pays to the company's account; the company owes it with interest from that day."""

    kind = "receivables.withdraw_credit"
    label = _("Withdraw invoice credit")
    verb = _("Withdraw")
    permission = "receivables.withdraw_credit"
    weight = Weight.COSTLY
    Parameters = WithdrawParameters
    repeatable = True  # a second try that finds the sum changed is looked up: the first may have come late
    named_case = _("Was the money drawn? Compare the account statement of that day at OP.")

    def check(self, target: Company, parameters: WithdrawParameters) -> None:
        super().check(target, parameters)
        amount = Decimal(parameters.amount)
        if amount <= 0 or amount != amount.quantize(_CENT):
            raise NotQueueableError(_("An amount is above zero, with two decimals at most."))
        if _others(target).exists():
            raise NotQueueableError(
                _("A withdrawal of this company is under way."), _("Wait until it has ended, then look again.")
            )

    def prepare(self, members: list[Operation]) -> WithdrawRequest:
        company, wanted = company_of(members[0]), self.parameters_of(members[0])
        if _others(company).exclude(pk=members[0].pk).filter(pk__lt=members[0].pk).exists():
            raise NotQueueableError(_("An earlier withdrawal of this company has not ended."))
        return WithdrawRequest(company.uuid, Decimal(wanted.amount), Decimal(wanted.drawn_before))

    def before(self, request: WithdrawRequest) -> dict[str, Any]:
        return {"drawn": str(request.drawn_before)}

    def send(self, request: WithdrawRequest, calls: Calls) -> None:
        service = CreditService(calls(request.company))
        drawn = service.available().total_withdrawn
        if drawn != request.drawn_before:
            raise DrawnMeanwhileError(request.drawn_before, drawn)
        # Nothing may follow this call: an error after it would read as if nothing had been drawn.
        service.withdraw(request.amount)

    def settle(self, operation: Operation, sent: None) -> dict[str, Any]:
        look_up(company_of(operation), operation)
        return {"amount": self.parameters_of(operation).amount}

    def resolve(
        self, request: WithdrawRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[None]:
        drawn = CreditService(calls(request.company)).available().total_withdrawn
        was = Decimal(before.get("drawn", request.drawn_before))
        if drawn == was + request.amount:
            return Found(None)
        if drawn == was:
            return NotThere()
        why = _now("The company owes %(now)s euros and owed %(was)s: other movements came between.")
        return CannotTell(why % {"now": drawn, "was": was}, for_a_person=True)

    def on_confirmed(self, operation: Operation) -> dict[str, Any]:
        return self.settle(operation, None)

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        if error.code == DRAWN_MEANWHILE:
            return Remedy(
                _("Nothing was drawn. Look at what is available now, and withdraw again if it is still wanted.")
            )
        if error.status == 400:
            return Remedy(_("The bank does not lend that much now. Look at what is available."))
        return super().remedy(operation, error)


def _others(company: Company) -> Any:
    """Return withdrawals of the company that have not ended."""
    mine = Operation.objects.filter(account=company.account_id, company_uuid=company.uuid)
    return mine.filter(kind=Withdraw.kind, state__in=OPEN_STATES)
