"""Who calls, and may they: bearer tokens with scopes, and the header pairs of the mass printing API."""

from dataclasses import dataclass

from portal.sandbox import logins
from portal.sandbox.api import companies
from portal.sandbox.call import Refusal
from portal.sandbox.company import Company
from portal.sandbox.letters import accounts
from portal.sandbox.routing import Operation
from portal.sandbox.world import World

TOKEN_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Grant:
    """Whom a request speaks for, and what it may. An empty one is that of open calls."""

    company: Company | None = None
    scopes: frozenset[str] = frozenset()
    user_id: str | None = None
    vendor_key: str | None = None
    token: str | None = None


def authorize(world: World, operation: Operation, headers: dict[str, str]) -> Grant:
    """
    The grant of a request.

    :raises Refusal: no_token, scope_missing, or login_wrong on the mass printing API
    """
    if not operation.security:
        return Grant()
    if operation.api == "payslip":
        return _by_header_pair(world, headers)
    grant = by_token(world, headers.get("authorization", ""))
    if grant is None:
        raise Refusal("no_token")
    if not any(_covers(grant.scopes, scopes) for way in operation.security for scopes in way.values()):
        raise Refusal("scope_missing" if "scope_missing" in operation.conditions else "no_token")
    return grant


def by_token(world: World, header: str) -> Grant | None:
    """The grant of an `Authorization: Bearer` header; None if the token is unknown, void or too old."""
    kind, _, token = header.partition(" ")
    if kind.lower() != "bearer" or not token:
        return None
    row = world.db.execute("select * from tokens where token = ?", (token.strip(),)).fetchone()
    if row is None or row["expires_at"] <= world.clock.time():
        return None
    company = companies.get(world.db, row["company_id"])
    if company is None or logins.role_of(world.db, company.id, row["user_id"]) is None:
        return None
    return Grant(company, frozenset(row["scopes"].split()), row["user_id"], row["vendor_key"], token)


def _covers(granted: frozenset[str], needed: list[str]) -> bool:
    held = frozenset(single for scope in granted for single in logins.members(scope)) | granted
    return all(scope in held or logins.members(scope) <= held for scope in needed)


def _by_header_pair(world: World, headers: dict[str, str]) -> Grant:
    if "username" in headers:
        return _by_print_account(world, headers)
    company_id, api_key = headers.get("company-uuid", ""), headers.get("user-api-key", "")
    user = logins.user_by_key(world.db, api_key)
    company = companies.get(world.db, company_id)
    if user is None or company is None or logins.role_of(world.db, company.id, user["id"]) is None:
        raise Refusal("login_wrong", message="ERROR: LOGIN FAILED")
    return Grant(company, frozenset(), user["id"])


def _by_print_account(world: World, headers: dict[str, str]) -> Grant:
    """The user name and password that a company was registered for mass printing with."""
    found = accounts.by_login(world.db, headers["username"], headers.get("userpw", ""))
    company = companies.get(world.db, found) if found else None
    if company is None:
        raise Refusal("login_wrong", message="ERROR: LOGIN FAILED")
    return Grant(company)
