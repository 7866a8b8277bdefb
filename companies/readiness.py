"""
What a company still lacks: a checklist in which every missing item has a state, a cause, whose move it is, and the
operation that would help.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from companies import onboarding, policies
from companies.enums import AuthorizationState, Mover, OnboardingState, Problem, ProfileStatus, ProofState
from companies.models import Authorization, Company, NetworkProfile, Onboarding
from companies.networks import catalogue, proof
from portal.operations.enums import State
from portal.operations.handlers import Text
from portal.operations.models import Operation

_LOOKED_AT = 100  # the newest operations of a company: more than its chain has
_RUNNING = (State.QUEUED, State.SENDING, State.UNKNOWN)
_BAD_ENDS = (State.REFUSED, State.FAILED)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist."""

    key: str  # "registration", "authorization", "network:PEPPOL"
    title: Text
    state: Text
    tone: str  # good, info, warn, bad, neutral
    cause: Text = ""
    whose: Mover | None = None  # None: nobody's, it is done or goes on by itself
    kind: str = ""  # the operation that would help
    parameters: dict[str, Any] = field(default_factory=dict)  # to begin with
    raw: str = ""  # what AutoInvoice said
    operation: Operation | None = None  # the one that stands behind the state

    @property
    def is_done(self) -> bool:
        return self.tone == "good"


def readiness(target: Company | Onboarding) -> list[Item]:
    """Return the checklist of a company, or of an onboarding that has none yet."""
    company = policies.company_of(target)
    started = target if isinstance(target, Onboarding) else target.onboardings.order_by("-pk").first()
    operations = _operations(company, started)
    profiles = list(company.profiles.order_by("fact_at")) if company else []
    names = _names(started, company, profiles)
    first = _registration(company, started, operations)
    rest = [
        _authorization(company, started, operations),
        *(_network(name, company, profiles, operations) for name in names),
        *_proof(company, operations),
    ]
    if company is None and first.tone == "bad":  # nothing else is anybody's move before that is mended
        rest = [Item(item.key, item.title, _("Waits for the registration"), "neutral") for item in rest]
    return [first, *rest]


def is_ready(items: Iterable[Item]) -> bool:
    return all(item.is_done for item in items)


def _operations(company: Company | None, started: Onboarding | None) -> list[Operation]:
    theirs = Q()
    if company is not None:
        theirs |= Q(company_uuid=company.uuid, account_id=company.account_id)
    if started is not None:
        theirs |= Q(onboarding_id=started.pk)
    found = Operation.objects.filter(theirs, kind__startswith="companies.").order_by("-id")
    return list(found[:_LOOKED_AT])


def _latest(operations: list[Operation], kind: str, network: str = "") -> Operation | None:
    for operation in operations:
        if operation.kind == kind and (not network or operation.parameters.get("network") == network):
            return operation
    return None


def _names(started: Onboarding | None, company: Company | None, profiles: list[NetworkProfile]) -> list[str]:
    wanted = onboarding.wanted_networks(started) if started else [catalogue.VISMA, catalogue.PEPPOL]
    present = [profile.network for profile in profiles if profile.status != ProfileStatus.DISABLED]
    country = company.country if company else (started.country if started else "")
    bank = [catalogue.BANK] if country in catalogue.countries_of(catalogue.BANK) else []
    return catalogue.in_order([*wanted, *present, *bank])


def _registration(company: Company | None, started: Onboarding | None, operations: list[Operation]) -> Item:
    title, kind = _("Registered at AutoInvoice"), onboarding.REGISTER
    if company is not None:
        return Item("registration", title, _("Registered"), "good")
    latest = _latest(operations, kind)
    if started is not None and started.state == OnboardingState.REFUSED:
        whose = Mover.SUPPORT if started.problem_code == "bid_taken" else Mover.STAFF
        raw = latest.error_text if latest else ""
        return Item(
            "registration", title, _("Refused"), "bad", started.problem_text, whose, kind, raw=raw, operation=latest
        )
    return _by_operation("registration", title, latest, kind, {}, _("Not submitted"))


def _authorization(company: Company | None, started: Onboarding | None, operations: list[Operation]) -> Item:
    title, kind = _("May act for the customer"), onboarding.AUTHORIZE
    if company is not None and company.is_usable:
        return Item("authorization", title, _("Verified"), "good")
    latest = _latest(operations, kind)
    if latest is not None and latest.state in (*_RUNNING, State.WAITING):
        return _by_operation("authorization", title, latest, kind, {}, "")
    sent = company.authorizations.exclude(state=AuthorizationState.DROPPED) if company else None
    request = sent.order_by("-requested_at", "-pk").first() if sent is not None else None
    if request is not None and not (latest and latest.state in _BAD_ENDS and latest.created_at > request.requested_at):
        return _requested(title, request, latest)
    method = started.effective_method if started else (company.account.default_method if company else "")
    country = company.country if company else (started.country if started else "")
    if country and policies.needs_support(country, method):
        text = _("Visma Sign does not work in this country: AutoInvoice support verifies the company.")
        return Item("authorization", title, _("Not verified"), "warn", text, Mover.SUPPORT)
    return _by_operation("authorization", title, latest, kind, _first_request(started), _("Not requested"))


def _first_request(started: Onboarding | None) -> dict[str, Any]:
    if started is None:
        return {}
    return {
        "email": started.auth_email,
        "locale": onboarding.locale_of(started),
        "method": str(started.effective_method),
        "authorization_id": started.authorization_id,
        "signer_name": started.signer_name,
    }


_PROBLEMS: dict[str, tuple[Text, Text]] = {
    Problem.BOUNCED: (
        _("Our reminder bounced"),
        _("Mail to %(email)s does not arrive (%(note)s). Ask for a working address, then send a new request to it."),
    ),
    Problem.WRONG_PERSON: (
        _("Wrong person"),
        _("%(email)s is not who signs (%(note)s). Send a new request to the right person."),
    ),
}


def _requested(title: Text, request: Authorization, operation: Operation | None) -> Item:
    again = {
        "email": request.email,
        "locale": request.locale,
        "method": request.method,
        "authorization_id": request.authorization_id,
        "signer_name": request.signer_name,
    }
    key, kind = "authorization", onboarding.AUTHORIZE
    sent = {
        "email": request.email,
        "day": date_format(timezone.localtime(request.requested_at), "SHORT_DATETIME_FORMAT"),
    }
    if request.state == AuthorizationState.EXPIRED or request.has_run_out(timezone.now()):
        cause = _("Sent to %(email)s on %(day)s; the link lived seven days. Send a new request.") % sent
        return Item(key, title, _("Expired"), "bad", cause, Mover.STAFF, kind, again, operation=operation)
    if request.state == AuthorizationState.DECLINED:
        cause = _("%(email)s declined. Ask the customer why, then send a new request.") % sent
        return Item(key, title, _("Declined"), "bad", cause, Mover.CUSTOMER, kind, again, operation=operation)
    if request.expires_at is None:
        cause = _("The proof was handed in on %(day)s; AutoInvoice has not confirmed it yet.") % sent
        return Item(key, title, _("Being checked"), "info", cause, Mover.AUTOINVOICE, operation=operation)
    if request.problem in _PROBLEMS:
        state, why = _PROBLEMS[request.problem]
        cause = why % {**sent, "note": request.problem_note}
        return Item(key, title, state, "bad", cause, Mover.STAFF, kind, again, operation=operation)
    cause = _("Sent to %(email)s on %(day)s.") % sent
    return Item(key, title, _("Waiting for signature"), "warn", cause, Mover.SIGNER, kind, again, operation=operation)


def _network(name: str, company: Company | None, profiles: list[NetworkProfile], operations: list[Operation]) -> Item:
    key, title, kind = f"network:{name}", _("Network %(name)s") % {"name": name}, onboarding.ACTIVATE
    mine = [profile for profile in profiles if profile.network == name]
    best = min(mine, key=lambda profile: _ORDER.get(profile.status, len(_ORDER)), default=None)
    if best is not None and best.status == ProfileStatus.ACTIVE:
        return Item(key, title, _("Active"), "good", best.real_endpoint_id if best.endpoint_id_secret == "" else "")
    if best is not None and best.status == ProfileStatus.PENDING:
        cause = _("AutoInvoice opens it; a bank takes 1 to 3 days.") if name == catalogue.BANK else ""
        return Item(key, title, _("Pending"), "info", cause, Mover.AUTOINVOICE)
    latest, again = _latest(operations, kind, name), {"network": name}
    if best is not None and best.status == ProfileStatus.ERROR and not _newer(latest, best):
        cause = _("The registration failed. Mend the cause, close this registration and activate again.")
        return Item(key, title, _("Error"), "bad", cause, Mover.STAFF, kind, again, raw=best.error_text)
    if name == catalogue.BANK and latest is None:
        cause = _("AutoInvoice asks the bank by itself once the company is verified.")
        return Item(key, title, _("Not open yet"), "neutral", cause, None if company is None else Mover.AUTOINVOICE)
    return _by_operation(key, title, latest, kind, again, _("Not active"))


def _proof(company: Company | None, operations: list[Operation]) -> list[Item]:
    """Return the line about reception, once there is a way on which it could be proven."""
    key, title, kind = "proof", _("Proven to receive"), "companies.prove_reception"
    if company is None or not any(way.is_open for way in proof.routes(company)):
        return []
    found = proof.latest(company)
    if proof.is_proven(found):
        return [Item(key, title, _("Proven"), "good", found[0].text)]
    stopped = next((row for row in found if row.state == ProofState.STOPPED), None)
    if stopped is not None:
        return [Item(key, title, _("Not found"), "warn", stopped.text, Mover.STAFF, kind)]
    if found:
        return [Item(key, title, _("Test invoice under way"), "info", whose=Mover.AUTOINVOICE)]
    return [_by_operation(key, title, _latest(operations, kind), kind, {}, _("Not proven yet"))]


_ORDER: dict[str, int] = {
    ProfileStatus.ACTIVE: 0,
    ProfileStatus.PENDING: 1,
    ProfileStatus.ERROR: 2,
    ProfileStatus.DISABLED: 3,
}


def _newer(operation: Operation | None, profile: NetworkProfile) -> bool:
    return operation is not None and operation.created_at > profile.fact_at


def _by_operation(
    key: str, title: Text, operation: Operation | None, kind: str, again: dict[str, Any], otherwise: Text
) -> Item:
    """Return the item that an operation's state tells."""
    if operation is None:
        return Item(key, title, otherwise, "warn", whose=Mover.STAFF, kind=kind, parameters=again)
    state = State(operation.state)
    if state == State.WAITING:
        return Item(key, title, _("Waits for the steps before it"), "neutral", operation=operation)
    if state == State.UNKNOWN and operation.named_case:
        cause = operation.named_case
        return Item(key, title, state.label, "bad", cause, Mover.STAFF, raw=operation.error_text, operation=operation)
    if state in _RUNNING:
        return Item(key, title, state.label, "info", operation=operation)
    if state in _BAD_ENDS:
        whose = Mover(operation.remedy_by) if operation.remedy_by in Mover.values else Mover.STAFF
        return Item(
            key, title, state.label, "bad", operation.remedy, whose, kind, again,
            raw=operation.error_text, operation=operation,
        )  # fmt: skip
    if state == State.DONE:  # the mirror row follows in a moment
        return Item(key, title, _("Being looked up"), "info", operation=operation)
    return Item(
        key,
        title,
        otherwise or state.label,
        "warn",
        operation.error_text,
        Mover.STAFF,
        kind,
        again,
        operation=operation,
    )
