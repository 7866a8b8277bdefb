"""Asking for a company's authorization: a signature in Visma Sign, or the proof from our own process."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from companies import facts, mirrors, policies, remedies, services
from companies.enums import USABLE_STATES, AuthState
from companies.models import Authorization, Company
from companies.operations.targets import company_of, onboarding_of, target_of
from portal import contract, maventa
from portal.operations import registry
from portal.operations.enums import State
from portal.operations.handlers import (
    Calls,
    CannotTell,
    Found,
    Handler,
    NotQueueableError,
    NotThere,
    Remedy,
    Verdict,
    WillNotHappenError,
)
from portal.operations.models import Operation
from portal.partners.models import Method

VALID = timedelta(days=contract.networks()["limits"]["invitation_valid_days"])
GROUP = int(contract.networks()["limits"]["companies_per_authorization"])


class AuthorizeParameters(msgspec.Struct, frozen=True, kw_only=True):
    email: str
    locale: str
    method: str = Method.VISMA_SIGN.value
    authorization_id: str = ""  # of our own process
    signer_name: str = ""


class AuthorizeRequest(msgspec.Struct, frozen=True, kw_only=True):
    companies: dict[UUID, UUID]  # operation uuid → company
    states: dict[str, dict[str, str]]  # company → what was true before
    parameters: AuthorizeParameters


class Requested(msgspec.Struct, frozen=True, kw_only=True):
    status: str  # AutoInvoice's free text
    seen: dict[UUID, services.CompanyStatus] = {}  # company → status, where it was asked for
    seen_at: datetime | None = None


@registry.register
class Authorize(Handler[AuthorizeRequest, Requested]):
    """One call for up to fifty companies of one country and one signer."""

    kind = "companies.authorize"
    label = _("Request authorization")
    verb = _("Request authorization")
    target = "companies.Company"
    permission = "companies.authorize_company"
    Parameters = AuthorizeParameters
    related = ("account", "authorizations")
    group = GROUP

    def check(self, target: policies.Target, parameters: AuthorizeParameters) -> None:
        policies.check_can_authorize(
            target,
            method=parameters.method,
            email=parameters.email,
            locale=parameters.locale,
            authorization_id=parameters.authorization_id,
        )

    def missing(self, operation: Operation) -> set[str]:
        company = company_or_wait(operation)
        if company is None:
            return {facts.registered(onboarding_of(operation))}
        if company.is_usable:
            raise WillNotHappenError(_("The company is verified already."))
        return set()

    def group_key(self, operation: Operation) -> str:
        wanted = self.parameters_of(operation)
        country = target_of(operation).country
        if not country:
            return ""
        # Own proof has one traceable id a company: with another id it is another call.
        parts = (country, wanted.method, wanted.email.lower(), wanted.locale, wanted.authorization_id)
        return "|".join(parts)[:200]

    def group_words(self, key: str) -> str:
        country, method, email, locale, traceable = [*key.split("|"), "", "", "", ""][:5]
        way = Method(method).label if method in Method.values else method
        language = _now("document in %(language)s") % {"language": locale}
        return " · ".join(part for part in (country, email, str(way), language, traceable) if part)

    def predecessors(self, operation: Operation) -> bool:
        if operation.batch_id is None:
            return False
        coming = Operation.objects.filter(batch=operation.batch_id, kind="companies.register")
        return coming.filter(state__in=(State.QUEUED, State.SENDING)).exists()

    def prepare(self, members: list[Operation]) -> AuthorizeRequest:
        companies = {member.uuid: policies.company_of(target_of(member)) for member in members}
        present = {uuid: company for uuid, company in companies.items() if company is not None}
        if len(present) < len(members):
            raise NotQueueableError(_("The company is not registered yet."))
        return AuthorizeRequest(
            companies={uuid: company.uuid for uuid, company in present.items()},
            states={
                str(company.uuid): {"auth_state": company.auth_state, "auth_email": company.auth_email}
                for company in present.values()
            },
            parameters=self.parameters_of(members[0]),
        )

    def before(self, request: AuthorizeRequest) -> dict[str, Any]:
        return dict(request.states)

    def send(self, request: AuthorizeRequest, calls: Calls) -> Requested:
        service, wanted = services.AuthorizationService(calls(None)), request.parameters
        companies = list(request.companies.values())
        answer = service.request(
            companies, email=wanted.email, locale=wanted.locale, authorization_id=_traceable(wanted)
        )
        if wanted.method != Method.OWN:
            return Requested(status=answer.status)
        at = timezone.now()
        return Requested(status=answer.status, seen=_look(service, companies), seen_at=at)

    def settle_many(self, answered: Sequence[tuple[Operation, Requested]]) -> list[dict[str, Any]]:
        mirrors.write_requests([(self._request(operation), operation) for operation, _sent in answered])
        seen: list[mirrors.Told] = []
        unseen: list[tuple[Company, str, datetime]] = []
        for operation, sent in answered:
            company, at = company_of(operation), operation.asked_at
            status = sent.seen.get(company.uuid)
            if status is not None:
                seen.append(mirrors.Told(company, status, sent.seen_at or at))
            else:
                unseen.append((company, self.parameters_of(operation).email, at))
        mirrors.write_statuses(seen)
        mirrors.write_requested(unseen)
        mirrors.look_soon(*(company_of(operation) for operation, _sent in answered))
        return [{"status": sent.status} for _operation, sent in answered]

    def _request(self, operation: Operation) -> Authorization:
        wanted, at = self.parameters_of(operation), operation.asked_at
        return Authorization(
            account_id=operation.account_id,
            company=company_of(operation),
            method=wanted.method,
            email=wanted.email,
            signer_name=wanted.signer_name,
            locale=wanted.locale,
            authorization_id=wanted.authorization_id,
            operation_id=operation.pk,
            requested_by_id=operation.actor_id,
            requested_at=at,
            expires_at=at + VALID if wanted.method == Method.VISMA_SIGN else None,
        )

    def resolve(
        self, request: AuthorizeRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Requested]:
        company = request.companies[operation_uuid]
        at = timezone.now()
        status = services.AuthorizationService(calls(None)).status(company)
        verdict = _compare(status, before.get(str(company), {}), request.parameters)
        if verdict is None:
            return CannotTell("an earlier request to the same address looks alike")
        return Found(Requested(status="", seen={company: status}, seen_at=at)) if verdict else NotThere()

    def on_confirmed(self, operation: Operation) -> dict[str, Any]:
        return self.settle(operation, Requested(status=""))

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        if error.status == 404:
            return Remedy(
                _("Our user is not admin in one of the companies of this call. Ask AutoInvoice support to mend it."),
                "support",
            )
        return remedies.remedy_for(error)


def company_or_wait(operation: Operation) -> Company | None:
    """
    Return the company of a link in the chain; None: it is being registered.

    :raises WillNotHappenError: registration was refused
    """
    if policies.is_refused(target_of(operation)):
        raise WillNotHappenError(_("The company was not registered."))
    return policies.company_of(target_of(operation))


def _traceable(wanted: AuthorizeParameters) -> str:
    return wanted.authorization_id if wanted.method == Method.OWN else ""


def _look(service: services.AuthorizationService, companies: list[UUID]) -> dict[UUID, services.CompanyStatus]:
    """See what our own proof did; what cannot be seen now, the watch sees later."""
    seen: dict[UUID, services.CompanyStatus] = {}
    try:
        for company in companies:
            seen[company] = service.status(company)
    except maventa.MaventaError:
        return seen
    return seen


def _compare(status: services.CompanyStatus, before: dict[str, str], wanted: AuthorizeParameters) -> bool | None:
    """Tell whether the request took effect; None: it looks the same either way."""
    if status.company_state in USABLE_STATES:
        return True
    if wanted.method == Method.OWN or status.auth_state not in (AuthState.SENT, AuthState.PENDING, AuthState.SIGNED):
        return False
    if (status.auth_email or "").lower() != wanted.email.lower():
        return False
    was_open = before.get("auth_state") in (AuthState.SENT, AuthState.PENDING)
    return None if was_open and before.get("auth_email", "").lower() == wanted.email.lower() else True
