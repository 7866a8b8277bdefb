"""The /v1/company/users resource: people and programs that may act in a company; and who our own key belongs to."""

from collections.abc import Mapping

import msgspec

from portal import maventa
from portal.maventa import Api, scopes

_CURRENT = f"{scopes.COMPANY} global"  # who we are is told to `global` only


class UserRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    email: str
    first_name: str
    last_name: str = ""
    phone: str = ""
    user_role: str = "USER"  # ADMIN, USER
    notifications_disabled: bool = False
    emails_disabled: bool = False


class User(maventa.Answer, frozen=True, kw_only=True):
    id: str
    email: str
    role: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    notifications_disabled: bool | int | None = None
    emails_disabled: bool | int | None = None


class CreatedUser(User, frozen=True, kw_only=True):
    api_key: str | None = None  # only when the user is new, and only in this one answer

    def __repr__(self) -> str:
        return f"CreatedUser(id={self.id!r})"


class CurrentUser(maventa.Answer, frozen=True, kw_only=True):
    id: str
    email: str | None = None


class CurrentCompany(maventa.Answer, frozen=True, kw_only=True):
    id: str
    name: str | None = None
    bid: str | None = None
    country: str | None = None
    disabled: bool | None = None  # AutoInvoice has closed the account


class Current(maventa.Answer, frozen=True, kw_only=True):
    user: CurrentUser
    company: CurrentCompany


class UserService:
    """Users of the company that the client speaks for."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def add(self, user: UserRequest) -> CreatedUser:
        """Make a user (201, with its key) or let an existing one in (200, no key). Source: postV1CompanyUsers."""
        body = {**msgspec.to_builtins(user), "user_role": user.user_role}
        return self._client.call(
            Api.AX, "POST", "/v1/company/users", answer=CreatedUser, scope=scopes.COMPANY, json=body
        )

    def listed(self) -> list[User]:
        """Return all users of the company. Source: getV1CompanyUsers."""
        return self._client.call(Api.AX, "GET", "/v1/company/users", answer=list[User], scope=scopes.COMPANY)

    def get(self, user_id: str) -> User:
        """Return one user; 404: not in this company. Source: getV1CompanyUsersUserId."""
        return self._client.call(
            Api.AX, "GET", "/v1/company/users/{user_id}", answer=User, scope=scopes.COMPANY, user_id=user_id
        )

    def change(self, user_id: str, changes: Mapping[str, str | bool]) -> None:
        """Write names, phone and what the user is mailed. Source: patchV1CompanyUsersUserId."""
        self._client.call(
            Api.AX, "PATCH", "/v1/company/users/{user_id}", scope=scopes.COMPANY, json=dict(changes), user_id=user_id
        )

    def set_role(self, user_id: str, role: str) -> None:
        """Make a user ADMIN or USER. Source: postV1CompanyUsersUserIdRoles."""
        self._client.call(
            Api.AX,
            "POST",
            "/v1/company/users/{user_id}/roles",
            scope=scopes.COMPANY,
            json={"user_role": role},
            user_id=user_id,
        )

    def remove(self, user_id: str) -> None:
        """Take a user out of the company; 409 for the last admin. Source: deleteV1CompanyUsersUserId."""
        self._client.call(Api.AX, "DELETE", "/v1/company/users/{user_id}", scope=scopes.COMPANY, user_id=user_id)

    def current(self) -> Current:
        """Return who the client's key belongs to, and how its company stands. Source: getOauth2Current."""
        return self._client.call(Api.AX, "GET", "/oauth2/current", answer=Current, scope=_CURRENT)
