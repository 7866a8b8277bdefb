"""Joining and leaving networks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import facts, mirrors, policies, remedies, services
from companies.enums import ProfileStatus
from companies.models import Company
from companies.networks import catalogue, conflicts
from companies.networks.peppol import Endpoint
from companies.operations.authorization import company_or_wait
from companies.operations.holders import LookUpHolder
from companies.operations.refresh import Refresh
from companies.operations.targets import company_of, onboarding_of, target_of
from portal import maventa
from portal.operations import queueing, registry
from portal.operations.enums import Weight
from portal.operations.handlers import (
    Calls,
    Found,
    Handler,
    NotQueueableError,
    NotThere,
    Remedy,
    Verdict,
    WillNotHappenError,
)
from portal.operations.models import Operation


class ActivateParameters(msgspec.Struct, frozen=True, kw_only=True):
    network: str
    profiles: list[str] = msgspec.field(default_factory=list)  # []: the usual one of the network
    profile_version: str = ""
    scheme: str = ""  # with the address, or neither: AutoInvoice derives both
    endpoint_id: str = ""
    extensions: list[str] = msgspec.field(default_factory=list)  # of the invoices' profile

    def __post_init__(self) -> None:
        """Say the usual profiles in one way only: what is queued twice is told by the parameters."""
        if self.profiles and self.profiles == catalogue.usual_profiles(self.network):
            msgspec.structs.force_setattr(self, "profiles", [])


def _request(wanted: ActivateParameters) -> services.ProfileRequest:
    extended = {"profile_name": catalogue.INVOICES, "extensions": wanted.extensions}
    return services.ProfileRequest(
        network=wanted.network,
        profiles=wanted.profiles or catalogue.usual_profiles(wanted.network),
        profiles_with_extensions=[extended] if wanted.extensions else None,
        profile_version=wanted.profile_version or None,
        scheme=wanted.scheme or None,
        endpoint_id=wanted.endpoint_id or None,
    )


class ActivateRequest(msgspec.Struct, frozen=True, kw_only=True):
    company: UUID
    profile: services.ProfileRequest


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    profile: services.Profile
    at: datetime  # when it was asked for
    found: bool = False  # it was there already


@registry.register
class ActivateNetwork(Handler[ActivateRequest, Joined]):
    """The company joins a network; VISMA first, the others wait for it."""

    kind = "companies.activate_network"
    label = _("Activate network")
    verb = _("Activate")
    target = "companies.Company"
    permission = "companies.activate_network"
    Parameters = ActivateParameters
    related = ("account", "profiles")

    def check(self, target: policies.Target, parameters: ActivateParameters) -> None:
        policies.check_can_activate(target, _request(parameters))

    def missing(self, operation: Operation) -> set[str]:
        company, wanted = company_or_wait(operation), self.parameters_of(operation)
        if company is None:
            return {facts.registered(onboarding_of(operation))}
        profiles = wanted.profiles or catalogue.usual_profiles(wanted.network)
        if policies.registration_of(company, wanted.network, profiles, wanted.endpoint_id):
            raise WillNotHappenError(_("The company is in this network already, or about to be."))
        return facts.missing_for_network(company, wanted.network)

    def prepare(self, members: list[Operation]) -> ActivateRequest:
        company, wanted = policies.company_of(target_of(members[0])), self.parameters_of(members[0])
        if company is None:
            raise NotQueueableError(_("The company is not registered yet."))
        return ActivateRequest(company=company.uuid, profile=_request(wanted))

    def send(self, request: ActivateRequest, calls: Calls) -> Joined:
        service, at = services.NetworkService(calls(request.company)), timezone.now()
        try:
            return Joined(profile=service.register(request.profile), at=at)
        except maventa.RejectedError as error:
            # The same registration once more: made outside the portal, or by a call whose answer never came.
            same = find(service, request.profile) if error.code == "profile_name_conflict" else None
            if same is None:
                raise
            return Joined(profile=same, at=at, found=True)

    def settle_many(self, answered: Sequence[tuple[Operation, Joined]]) -> list[dict[str, Any]]:
        told = [(company_of(operation), self._named(operation, sent.profile), sent.at) for operation, sent in answered]
        mirrors.write_registrations(told)
        joined = [sent for _operation, sent in answered]
        return [{"profile": sent.profile.id, "status": sent.profile.status, "found": sent.found} for sent in joined]

    def _named(self, operation: Operation, profile: services.Profile) -> services.Profile:
        """Return the registration with its network, which some answers leave out."""
        if profile.network:
            return profile
        return msgspec.structs.replace(profile, network=self.parameters_of(operation).network)

    def resolve(
        self, request: ActivateRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Joined]:
        at = timezone.now()
        same = find(services.NetworkService(calls(request.company)), request.profile)
        return NotThere() if same is None else Found(Joined(profile=same, at=at, found=True))

    def on_refused(self, operation: Operation, error: maventa.RejectedError) -> None:
        """Open a case for what trying again does not mend, and have it looked up who holds the address."""
        company = policies.company_of(target_of(operation))
        if company is None or not conflicts.is_conflict(error):
            return
        wanted = self.parameters_of(operation)
        company.account = operation.account
        endpoint = Endpoint(wanted.scheme, wanted.endpoint_id) if wanted.endpoint_id else None
        profiles = wanted.profiles or catalogue.usual_profiles(wanted.network)
        case = conflicts.open_for(operation, company, wanted.network, profiles, error.code, endpoint)
        if conflicts.explanation_of(case).asks_holder:
            queueing.queue_many(LookUpHolder.kind, [queueing.row_of(case, {})], account=operation.account)

    def on_confirmed(self, operation: Operation) -> dict[str, Any]:
        queueing.queue_many(Refresh.kind, [queueing.row_of(company_of(operation), {})], account=operation.account)
        return {}

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        return remedies.remedy_for(error)


def find(service: services.NetworkService, wanted: services.ProfileRequest) -> services.Profile | None:
    """Return the company's live registration that covers what is wanted, at the address that is wanted."""
    for profile in service.listed([wanted.network]):
        same_network = catalogue.canonical(profile.network or wanted.network) == wanted.network
        covers = profile.status != ProfileStatus.ERROR and set(wanted.profiles) <= set(profile.names)
        if same_network and covers and wanted.endpoint_id in (None, profile.endpoint_id):
            return profile
    return None


class RemoveParameters(msgspec.Struct, frozen=True):
    profile: str = ""  # AutoInvoice's id of the registration, or
    network: str = ""  # the only live registration in this network


class RemoveRequest(msgspec.Struct, frozen=True):
    company: UUID
    profile: str


@registry.register
class RemoveNetwork(Handler[RemoveRequest, str]):
    """The company leaves a network: others cannot reach it there any more."""

    kind = "companies.remove_network"
    label = _("Close network")
    verb = _("Close")
    target = "companies.Company"
    permission = "companies.activate_network"
    weight = Weight.COSTLY
    Parameters = RemoveParameters
    related = ("account", "profiles")

    def check(self, target: Company, parameters: RemoveParameters) -> None:
        policies.check_can_leave(policies.chosen_profile(target, parameters.profile, parameters.network))

    def prepare(self, members: list[Operation]) -> RemoveRequest:
        company, wanted = company_of(members[0]), self.parameters_of(members[0])
        profile = policies.chosen_profile(company, wanted.profile, wanted.network)
        return RemoveRequest(company.uuid, profile.remote_id)

    def send(self, request: RemoveRequest, calls: Calls) -> str:
        try:
            services.NetworkService(calls(request.company)).remove(request.profile)
        except maventa.RejectedError as error:
            if error.status != 404:  # gone is what was wanted
                raise
        return request.profile

    def settle(self, operation: Operation, sent: str) -> dict[str, Any]:
        mirrors.close_profile(company_of(operation), sent, timezone.now())
        return {"profile": sent}

    def resolve(
        self, request: RemoveRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[str]:
        try:
            services.NetworkService(calls(request.company)).get(request.profile)
        except maventa.RejectedError as error:
            if error.status == 404:
                return Found(request.profile)
            raise
        return NotThere()

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        return remedies.remedy_for(error)
