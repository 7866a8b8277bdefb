"""The /v1/company/users resource: people and programs that may act in a company."""

import msgspec

from portal import maventa
from portal.maventa import Api, scopes


class UserRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    email: str
    first_name: str
    last_name: str = ""
    phone: str = ""
    user_role: str = "USER"  # ADMIN, USER


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

    def remove(self, user_id: str) -> None:
        """Take a user out of the company; 409 for the last admin. Source: deleteV1CompanyUsersUserId."""
        self._client.call(Api.AX, "DELETE", "/v1/company/users/{user_id}", scope=scopes.COMPANY, user_id=user_id)
