"""
Bringing a company in: register, authorize, VISMA, then its other networks, all queued at once as data.

Each operation waits for the facts that it needs. Submitting again adds only what is missing, so that a wizard, a file
and its second run end in the same rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import known, policies, services
from companies.enums import AuthorizationState, OnboardingState
from companies.models import Authorization, Company, Onboarding
from companies.networks import catalogue
from portal.operations import chains, queueing
from portal.operations.handlers import NotQueueableError, Text
from portal.operations.models import Batch, Operation
from portal.partners.models import PartnerAccount
from portal.writing import update_many

CHAIN = "companies.onboard"  # kind of the batches that a file makes
REGISTER, AUTHORIZE, ACTIVATE = "companies.register", "companies.authorize", "companies.activate_network"
_OVER = (AuthorizationState.EXPIRED, AuthorizationState.REPLACED)


@dataclass(frozen=True, slots=True)
class Step:
    """One operation that an onboarding still lacks."""

    kind: str
    parameters: dict[str, Any]

    @property
    def network(self) -> str:
        return str(self.parameters.get("network", ""))


@dataclass(frozen=True, slots=True)
class Refused:
    onboarding: Onboarding
    reason: Text
    remedy: Text


@dataclass(slots=True)
class Submitted:
    """What became of onboardings: each is queued, unchanged or refused."""

    queued: dict[int, list[Operation]] = field(default_factory=dict)  # by onboarding
    unchanged: list[Onboarding] = field(default_factory=list)  # nothing was missing, or it is under way
    refused: list[Refused] = field(default_factory=list)


def submit(onboarding: Onboarding, actor: Any = None, batch: Batch | None = None) -> list[Operation]:
    """
    Queue all that one onboarding lacks; [] when nothing is missing.

    :raises NotQueueableError: nothing was queued; reason and remedy are for staff
    """
    try:
        submitted = submit_many([onboarding], account=onboarding.account, actor=actor, batch=batch)
    except IntegrityError:  # somebody else submitted the same company a moment ago
        raise _doubled() from None
    if submitted.refused:
        raise NotQueueableError(submitted.refused[0].reason, submitted.refused[0].remedy)
    return submitted.queued.get(onboarding.pk, [])


def submit_many(
    onboardings: Sequence[Onboarding], *, account: PartnerAccount, actor: Any = None, batch: Batch | None = None
) -> Submitted:
    """Queue what saved onboardings of one account lack, with few statements; call it with some hundreds at a time."""
    submitted = Submitted()
    with transaction.atomic():
        here = known.load(account, onboardings)
        steps: list[tuple[Onboarding, Step]] = []
        for onboarding in onboardings:
            onboarding.account = account
            try:
                lacking = _accept(onboarding, here)
            except NotQueueableError as exc:
                submitted.refused.append(Refused(onboarding, exc.reason, exc.remedy))
                continue
            steps += ((onboarding, step) for step in lacking)
            if not lacking:
                submitted.unchanged.append(onboarding)
        _save(onboardings, submitted)
        _queue(steps, submitted, account=account, actor=actor, batch=batch)
    return submitted


def lacking(onboarding: Onboarding, here: known.Known) -> list[Step]:
    """Return the operations that would bring the company where staff want it, in order. Writes nothing."""
    company = here.company_of(onboarding)
    under_way = here.under_way(onboarding)
    steps: list[Step] = []
    if company is None and (REGISTER, "") not in under_way:
        steps.append(Step(REGISTER, {}))
    if (AUTHORIZE, "") not in under_way and _wants_authorization(onboarding, company, here):
        steps.append(Step(AUTHORIZE, _authorization(onboarding)))
    live = here.networks_of(company)
    wanted = [network for network in wanted_networks(onboarding) if network not in live]
    return steps + [Step(ACTIVATE, {"network": network}) for network in wanted if (ACTIVATE, network) not in under_way]


def wanted_networks(onboarding: Onboarding) -> list[str]:
    """Return the networks in the order of activation: VISMA opens the way for all others."""
    chosen = list(onboarding.networks)
    return catalogue.in_order([catalogue.VISMA, *chosen]) if chosen else []


def locale_of(onboarding: Onboarding) -> str:
    return onboarding.locale or policies.default_locale(onboarding.country)


def _wants_authorization(onboarding: Onboarding, company: Company | None, here: known.Known) -> bool:
    if policies.needs_support(onboarding.country, onboarding.effective_method):
        return False
    if company is None:
        return True
    latest: Authorization | None = here.authorization_of(company)
    if company.is_usable:
        return False
    return latest is None or latest.state in _OVER or latest.has_run_out(timezone.now())


def _authorization(onboarding: Onboarding) -> dict[str, Any]:
    return {
        "email": onboarding.auth_email,
        "locale": locale_of(onboarding),
        "method": str(onboarding.effective_method),
        "authorization_id": onboarding.authorization_id,
        "signer_name": onboarding.signer_name,
    }


def check(onboarding: Onboarding, steps: Iterable[Step]) -> None:
    """
    Say whether all steps of an onboarding could be queued, before the first of them is.

    :raises NotQueueableError: one of them could not
    """
    for step in steps:
        if step.kind == REGISTER:
            policies.check_can_register(onboarding)
        elif step.kind == AUTHORIZE:
            policies.check_can_authorize(
                onboarding,
                method=step.parameters["method"],
                email=step.parameters["email"],
                locale=step.parameters["locale"],
                authorization_id=step.parameters["authorization_id"],
            )
        else:
            wanted = services.ProfileRequest(network=step.network, profiles=catalogue.usual_profiles(step.network))
            policies.check_can_activate(onboarding, wanted)


def _accept(onboarding: Onboarding, here: known.Known) -> list[Step]:
    """Take an onboarding over: link the company it turns out to be, and return what it lacks."""
    if here.twin_of(onboarding) is not None:
        raise _doubled()
    company = here.company_of(onboarding)
    if company is not None and onboarding.company_id is None:
        onboarding.company = company
    steps = lacking(onboarding, here)
    check(onboarding, steps)
    if onboarding.state not in (OnboardingState.SUBMITTED, OnboardingState.REGISTERED):
        onboarding.submitted_at = timezone.now()
    onboarding.state = OnboardingState.SUBMITTED if company is None else OnboardingState.REGISTERED
    onboarding.problem_code = onboarding.problem_text = ""
    return steps


def _doubled() -> NotQueueableError:
    return NotQueueableError(
        _("This company has been submitted already."), _("Open its page: what is missing can be added there.")
    )


def _save(onboardings: Sequence[Onboarding], submitted: Submitted) -> None:
    refused = {refusal.onboarding.pk for refusal in submitted.refused}
    taken = [onboarding for onboarding in onboardings if onboarding.pk not in refused]
    update_many(taken, ("state", "company", "submitted_at", "problem_code", "problem_text"))


def _queue(steps: list[tuple[Onboarding, Step]], submitted: Submitted, **common: Any) -> None:
    for kind in (REGISTER, AUTHORIZE, ACTIVATE):
        rows = [_row(onboarding, step) for onboarding, step in steps if step.kind == kind]
        if not rows:
            continue
        queued = queueing.queue_many(kind, rows, **common)
        for operation in queued.created:
            submitted.queued.setdefault(operation.onboarding_id or 0, []).append(operation)


def _row(onboarding: Onboarding, step: Step) -> queueing.Row:
    company = onboarding.company
    target = onboarding if step.kind == REGISTER or company is None else company
    return queueing.Row(
        target, step.parameters, company_uuid=company.uuid if company else None, onboarding_id=onboarding.pk
    )


def queue_chain(batch: Batch, targets: Sequence[Any]) -> queueing.Queued:
    """Queue the whole chain for the onboardings of a batch: what `portal.operations.chains` calls."""
    submitted = submit_many(targets, account=batch.account, actor=batch.actor, batch=batch)
    return queueing.Queued(
        created=[operation for operations in submitted.queued.values() for operation in operations],
        duplicates=[queueing.Row(row, {}) for row in submitted.unchanged],
        refused=[queueing.Refusal(refusal.onboarding, refusal.reason, refusal.remedy) for refusal in submitted.refused],
    )


chains.register(chains.Chain(CHAIN, _("Onboard companies"), "companies.register_company", queue_chain))
