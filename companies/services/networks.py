"""The /v1/company/profiles resource: a company's registrations in networks."""

from collections.abc import Sequence
from typing import Any

import msgspec

from portal import maventa
from portal.maventa import Api, scopes


class ProfileEvent(maventa.Answer, frozen=True, kw_only=True):
    created_at: maventa.Instant | None = None
    message: str | None = None


class Profile(maventa.Answer, frozen=True, kw_only=True):
    id: str = ""
    status: str | None = None  # active, pending, error; the list may grow
    network: str | None = None
    profiles: list[str] | None = None
    profile: str | None = None  # older single form
    profile_version: str | None = None
    scheme: str | None = None
    endpoint_id: str | None = None
    last_event: ProfileEvent | None = None
    profiles_with_extensions: list[dict[str, Any]] | None = None
    network_settings: dict[str, Any] | None = None

    @property
    def names(self) -> list[str]:
        return self.profiles or ([self.profile] if self.profile else [])


class ProfileRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One registration; scheme and endpoint are derived from country and business id when left out."""

    network: str
    profiles: list[str]
    profile_version: str | None = None
    scheme: str | None = None
    endpoint_id: str | None = None
    network_settings: dict[str, Any] | None = None
    profiles_with_extensions: list[dict[str, Any]] | None = None


class NetworkService:
    """Registrations of the company that the client speaks for."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def register(self, profile: ProfileRequest) -> Profile:
        """
        Join one network; the answer may still be pending. Source: postV1CompanyProfiles.

        :raises maventa.RejectedError: 422 with profile_name_conflict, profile_eia_conflict, profile_not_supported …
        """
        return self._client.call(
            Api.AX,
            "POST",
            "/v1/company/profiles",
            answer=Profile,
            scope=scopes.COMPANY,
            json=msgspec.to_builtins(profile),
        )

    def listed(self, networks: Sequence[str] = ()) -> list[Profile]:
        """Return the company's registrations. Source: getV1CompanyProfiles."""
        return self._client.call(
            Api.AX,
            "GET",
            "/v1/company/profiles",
            answer=list[Profile],
            scope=scopes.COMPANY,
            params={"network": list(networks) or None},
        )

    def get(self, profile_id: str) -> Profile:
        """Return one registration. Source: getV1CompanyProfilesId."""
        return self._client.call(
            Api.AX, "GET", "/v1/company/profiles/{id}", answer=Profile, scope=scopes.COMPANY, id=profile_id
        )

    def remove(self, profile_id: str) -> None:
        """Leave the network. Source: deleteV1CompanyProfilesId; 409 profile_deletion_not_allowed."""
        self._client.call(Api.AX, "DELETE", "/v1/company/profiles/{id}", scope=scopes.COMPANY, id=profile_id)

    def change_settings(self, profile_id: str, settings: dict[str, Any]) -> None:
        """Change settings of a registration, such as SCAN's return address. Source: patchV1CompanyProfilesId."""
        self._client.call(
            Api.AX,
            "PATCH",
            "/v1/company/profiles/{id}",
            scope=scopes.COMPANY,
            id=profile_id,
            json={"network_settings": settings},
        )

    def set_extensions(self, profile_id: str, profile_name: str, extensions: Sequence[str]) -> None:
        """
        Replace the extensions of one profile of a registration; [] removes them.

        Source: putV1CompanyProfilesIdExtensions; 422 profile_not_supported where the market has none.
        """
        self._client.call(
            Api.AX,
            "PUT",
            "/v1/company/profiles/{id}/extensions",
            scope=scopes.COMPANY,
            id=profile_id,
            json={"profile_name": profile_name, "extensions": list(extensions)},
        )
