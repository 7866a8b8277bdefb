"""What became of a row, and whether that is what was predicted: rules over what is known, without the database."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from companies.enums import RUNNING_OUTCOMES, OnboardingState, RowOutcome, RowResult
from companies.models import Company, ImportFile, ImportRow, NetworkProfile, Onboarding
from companies.remedies import BID_TAKEN
from portal.operations.enums import OPEN_STATES, BatchState, State
from portal.operations.models import Operation

_CONFLICTS = ("profile_eia_conflict", "profile_eia_bid_conflict")


@dataclass(slots=True)
class Acts:
    """What a file's batch did, or tried, for one row."""

    register: Operation | None = None
    authorize: Operation | None = None
    networks: list[Operation] = field(default_factory=list)
    problem: str = ""  # why registration was refused
    broken: list[NetworkProfile] = field(default_factory=list)  # opened, then refused by the network

    def all(self) -> list[Operation]:
        return [act for act in (self.register, self.authorize, *self.networks) if act is not None]


@dataclass(frozen=True, slots=True)
class Verdict:
    result: RowResult
    hit: bool | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the portal knows now of the companies of rows that were left out, by country and digest."""

    companies: dict[tuple[str, str], Company]
    onboardings: dict[tuple[str, str], Onboarding]


def verdict(file: ImportFile, row: ImportRow, acts: Acts | None, stands: Standing) -> Verdict | None:
    """Return how a row stands; None: it has not been dealt with yet."""
    if row.outcome not in RUNNING_OUTCOMES:
        return _left_out(file, row, stands)
    if acts is None or not acts.all():
        if row.result:
            return Verdict(RowResult(row.result), row.hit, row.reason)
        canceled = file.batch is not None and file.batch.state == BatchState.CANCELED
        return _open(RowResult.CANCELED) if canceled else None
    result, reason = _result(row, acts)
    return _JUDGES.get(row.outcome, _judge_new)(row, acts, result, reason)


def _result(row: ImportRow, acts: Acts) -> tuple[RowResult, str]:
    """Return what became of a row that ran, and AutoInvoice's or our words for it."""
    register = acts.register
    if register is not None and register.state == State.REFUSED:
        return (RowResult.TAKEN if acts.problem == BID_TAKEN else RowResult.REFUSED), _said(register)
    refused = [act for act in acts.networks if act.state == State.REFUSED and act.error_code in _CONFLICTS]
    if refused:
        return RowResult.CONFLICT, _said(refused[0])
    if acts.broken:
        return RowResult.CONFLICT, acts.broken[0].error_text
    for act in acts.all():
        if act.state == State.REFUSED:
            return RowResult.REFUSED, _said(act)
        if act.state == State.FAILED or act.named_case:
            return RowResult.FAILED, _said(act)
    if all(act.state == State.CANCELED for act in acts.all()):
        return RowResult.CANCELED, ""
    return _good_result(acts), ""


def _good_result(acts: Acts) -> RowResult:
    register, still_open = acts.register, [act for act in acts.all() if act.state in OPEN_STATES]
    if register is not None and register.state in OPEN_STATES:
        return RowResult.UNDER_WAY
    if not still_open:
        if register is not None and register.result.get("found"):
            return RowResult.OURS
        return RowResult.CONNECTED if acts.networks else RowResult.REGISTERED
    waits = all(act.state == State.WAITING for act in still_open)
    if waits and acts.authorize is not None and acts.authorize.state == State.DONE:
        return RowResult.SIGNATURE
    return RowResult.REGISTERED if waits and register is not None else RowResult.UNDER_WAY


def _said(operation: Operation) -> str:
    words = f"{operation.error_code}: {operation.error_text}" if operation.error_code else operation.error_text
    return f"{words} {operation.remedy}".strip()


_MISSES = (RowResult.TAKEN, RowResult.REFUSED, RowResult.CONFLICT)


def _judge_new(row: ImportRow, acts: Acts, result: RowResult, reason: str) -> Verdict:
    """Free, and nobody in the way: right as soon as it is registered by us."""
    if result in _MISSES:
        return _miss(result, reason)
    register = acts.register
    if register is None or register.state != State.DONE:
        return _open(result, reason)
    if register.result.get("found"):
        return _miss(result, _("It was ours at AutoInvoice already."))
    return _hit(result, reason)


def _judge_add(row: ImportRow, acts: Acts, result: RowResult, reason: str) -> Verdict:
    """Ours, and everything that was missing could be added."""
    if result in _MISSES:
        return _miss(result, reason)
    register = acts.register
    if register is not None and register.state == State.DONE and not register.result.get("found"):
        return _miss(result, _("It was not ours: it has been registered anew."))
    done = all(act.state in (State.DONE, State.SKIPPED) for act in acts.all())
    return _hit(result, reason) if done else _open(result, reason)


def _judge_conflict(row: ImportRow, acts: Acts, result: RowResult, reason: str) -> Verdict:
    """Somebody else answers for its address, so the network refuses."""
    if result == RowResult.CONFLICT:
        return _hit(result, reason)
    if result in _MISSES:
        return _miss(result, reason)
    opened = bool(acts.networks) and all(act.state in (State.DONE, State.SKIPPED) for act in acts.networks)
    return _miss(result, _("The network took it all the same.")) if opened else _open(result, reason)


def _judge_unasked(row: ImportRow, acts: Acts, result: RowResult, reason: str) -> Verdict:
    """Nothing was predicted, so nothing was right or wrong."""
    return _open(result, reason)


_JUDGES: dict[str, Callable[[ImportRow, Acts, RowResult, str], Verdict]] = {
    RowOutcome.ADD: _judge_add,
    RowOutcome.CONFLICT: _judge_conflict,
    RowOutcome.UNASKED: _judge_unasked,
}


def _left_out(file: ImportFile, row: ImportRow, stands: Standing) -> Verdict:
    """Judge a row that was not run by what became of its company otherwise."""
    identity = (row.country, row.business_id_digest)
    company, onboarding = stands.companies.get(identity), stands.onboardings.get(identity)
    if row.outcome in (RowOutcome.NOTHING, RowOutcome.UNCHANGED):
        if onboarding is not None and onboarding.state == OnboardingState.REFUSED:
            return _miss(RowResult.NOTHING, onboarding.problem_text)
        return _hit(RowResult.NOTHING) if company is not None else _open(RowResult.NOTHING)
    if row.outcome == RowOutcome.RESERVED:
        if onboarding is not None and onboarding.problem_code == BID_TAKEN:
            return _hit(RowResult.LEFT_OUT, _("Registering it was tried, and refused."))
        if company is not None and file.started_at is not None and company.created_at > file.started_at:
            return _miss(RowResult.LEFT_OUT, _("It has become ours meanwhile."))
    return _open(RowResult.LEFT_OUT)


def _hit(result: RowResult, reason: str = "") -> Verdict:
    return Verdict(result, hit=True, reason=reason)


def _miss(result: RowResult, reason: str) -> Verdict:
    return Verdict(result, hit=False, reason=reason)


def _open(result: RowResult, reason: str = "") -> Verdict:
    return Verdict(result, hit=None, reason=reason)
