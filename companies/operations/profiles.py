"""Changing a registration that is there: the extensions of a profile, and the settings of a network."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import mirrors, policies, remedies, services
from companies.enums import ProfileStatus
from companies.models import Company, NetworkProfile
from companies.networks import catalogue, joining
from companies.operations.targets import company_of
from portal import maventa
from portal.operations import registry
from portal.operations.handlers import Calls, Found, Handler, NotQueueableError, NotThere, Remedy, Verdict
from portal.operations.models import Operation


class Seen(msgspec.Struct, frozen=True):
    """A registration as it was after the change."""

    profile: services.Profile
    at: datetime


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What is set, and of which registration of which company."""

    company: UUID
    profile: str
    profile_name: str = ""
    extensions: list[str] = msgspec.field(default_factory=list)
    settings: dict[str, Any] = msgspec.field(default_factory=dict)


class _ChangeProfile(Handler[Change, Seen]):
    """Sets one value of a registration; setting it once more is the same."""

    target = "companies.Company"
    permission = "companies.activate_network"
    related = ("account", "profiles")

    def settle(self, operation: Operation, sent: Seen) -> dict[str, Any]:
        mirrors.write_profiles(company_of(operation), [sent.profile], sent.at, whole=False)
        return {"profile": sent.profile.id}

    def resolve(self, request: Change, operation_uuid: UUID, calls: Calls, before: dict[str, Any]) -> Verdict[Seen]:
        at = timezone.now()
        profile = services.NetworkService(calls(request.company)).get(request.profile)
        return Found(Seen(profile, at)) if self.is_so(request, profile) else NotThere()

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        return remedies.remedy_for(error)

    def is_so(self, request: Change, profile: services.Profile) -> bool:
        raise NotImplementedError


class ExtensionsParameters(msgspec.Struct, frozen=True, kw_only=True):
    profile: str = ""  # AutoInvoice's id of the registration; "": the Peppol registration that has the profile
    profile_name: str = catalogue.INVOICES
    extensions: list[str] = msgspec.field(default_factory=list)  # []: remove


@registry.register
class SetExtensions(_ChangeProfile):
    """What a profile carries beyond its standard is set; nothing named takes all away."""

    kind = "companies.set_extensions"
    label = _("Set extensions")
    verb = _("Set extensions")
    Parameters = ExtensionsParameters

    def check(self, target: Company, parameters: ExtensionsParameters) -> None:
        for extension in parameters.extensions:
            joining.check_extension(extension, parameters.profile_name, target.country)
        profile = extendable(target, parameters)
        if sorted(extensions_of(profile, parameters.profile_name)) == sorted(parameters.extensions):
            raise NotQueueableError(_("The registration has these extensions already."))

    def prepare(self, members: list[Operation]) -> Change:
        company, wanted = company_of(members[0]), self.parameters_of(members[0])
        return Change(
            company=company.uuid,
            profile=extendable(company, wanted).remote_id,
            profile_name=wanted.profile_name,
            extensions=wanted.extensions,
        )

    def send(self, request: Change, calls: Calls) -> Seen:
        service = services.NetworkService(calls(request.company))
        service.set_extensions(request.profile, request.profile_name, request.extensions)
        at = timezone.now()
        return Seen(service.get(request.profile), at)

    def is_so(self, request: Change, profile: services.Profile) -> bool:
        held = _named(profile.profiles_with_extensions or [], request.profile_name)
        return sorted(held) == sorted(request.extensions)


class SettingsParameters(msgspec.Struct, frozen=True, kw_only=True):
    profile: str = ""
    network: str = ""
    settings: dict[str, Any] = msgspec.field(default_factory=dict)


@registry.register
class ChangeNetworkSettings(_ChangeProfile):
    """Settings of a registration are changed, such as where SCAN sends back what is no invoice."""

    kind = "companies.change_network_settings"
    label = _("Change network settings")
    verb = _("Change settings")
    Parameters = SettingsParameters

    def check(self, target: Company, parameters: SettingsParameters) -> None:
        profile = policies.chosen_profile(target, parameters.profile, parameters.network)
        if profile.status == ProfileStatus.DISABLED:
            raise NotQueueableError(_("This registration is closed already."))
        if not parameters.settings:
            raise NotQueueableError(_("Nothing would be changed."))

    def prepare(self, members: list[Operation]) -> Change:
        company, wanted = company_of(members[0]), self.parameters_of(members[0])
        profile = policies.chosen_profile(company, wanted.profile, wanted.network)
        return Change(company=company.uuid, profile=profile.remote_id, settings=wanted.settings)

    def send(self, request: Change, calls: Calls) -> Seen:
        service = services.NetworkService(calls(request.company))
        service.change_settings(request.profile, request.settings)
        at = timezone.now()
        return Seen(service.get(request.profile), at)

    def is_so(self, request: Change, profile: services.Profile) -> bool:
        held = profile.network_settings or {}
        return all(held.get(name) == value for name, value in request.settings.items())


def extendable(company: Company, wanted: ExtensionsParameters) -> NetworkProfile:
    """
    Return the registration whose profile gets the extensions.

    :raises NotQueueableError: there is none
    """
    live = (ProfileStatus.ACTIVE, ProfileStatus.PENDING)
    for profile in company.profiles.all():
        chosen = profile.remote_id == wanted.profile if wanted.profile else profile.network == catalogue.PEPPOL
        if chosen and profile.status in live and wanted.profile_name in profile.profiles:
            return profile
    raise NotQueueableError(
        _("The company has no registration of %(profile)s that is open.") % {"profile": wanted.profile_name},
        _("Activate it first."),
    )


def extensions_of(profile: NetworkProfile, profile_name: str) -> list[str]:
    """Return the extensions that one profile of a registration has."""
    return _named(profile.extensions, profile_name)


def _named(held: list[dict[str, Any]], profile_name: str) -> list[str]:
    words: list[str] = []
    for item in held:
        if item.get("profile_name") == profile_name:
            given = item.get("extensions") or []
            words += [given] if isinstance(given, str) else list(given)  # both forms are in the documents
    return words
