"""Who calls, and may they: bearer tokens with scopes, and the header pairs of the mass printing API."""

import hmac
import sqlite3
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from portal import contract
from portal.sandbox.call import Refusal
from portal.sandbox.routing import Operation
from portal.sandbox.store import register_schema

if TYPE_CHECKING:
    from portal.sandbox.api.companies import Company
    from portal.sandbox.world import World

TOKEN_SECONDS = 3600

register_schema(
    """
    create table if not exists tokens (
        token text primary key, company_id text not null, user_id text not null, vendor_key text,
        scopes text not null, expires_at real not null
    );
    create table if not exists users (
        id text primary key, email text not null, first_name text, last_name text, phone text,
        api_key text not null unique, vendor_key text, created_at text not null
    );
    create index if not exists users_email on users (email);
    create table if not exists memberships (
        company_id text not null, user_id text not null, role text not null,
        notifications_disabled integer not null default 0, emails_disabled integer not null default 0,
        created_at text not null, primary key (company_id, user_id)
    );
    create index if not exists memberships_user on memberships (user_id);
    create table if not exists vendor_keys (key text primary key, partner_id text not null, name text not null);
    create table if not exists vendor_links (
        vendor_key text not null, company_id text not null, primary key (vendor_key, company_id)
    );
    create index if not exists vendor_links_company on vendor_links (company_id);
    """
)


@dataclass(frozen=True, slots=True)
class Grant:
    """Whom a request speaks for, and what it may. An empty one is that of open calls."""

    company: "Company | None" = None
    scopes: frozenset[str] = frozenset()
    user_id: str | None = None
    vendor_key: str | None = None
    token: str | None = None


def authorize(world: "World", operation: Operation, headers: dict[str, str]) -> Grant:
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


def by_token(world: "World", header: str) -> Grant | None:
    """The grant of an `Authorization: Bearer` header; None if the token is unknown, void or too old."""
    from portal.sandbox.api import companies

    kind, _, token = header.partition(" ")
    if kind.lower() != "bearer" or not token:
        return None
    row = world.db.execute("select * from tokens where token = ?", (token.strip(),)).fetchone()
    if row is None or row["expires_at"] <= world.clock.time():
        return None
    company = companies.get(world.db, row["company_id"])
    if company is None or role_of(world.db, company.id, row["user_id"]) is None:
        return None
    return Grant(company, frozenset(row["scopes"].split()), row["user_id"], row["vendor_key"], token)


def role_of(db: sqlite3.Connection, company_id: str, user_id: str) -> str | None:
    """ADMIN or USER; None if the user doesn't belong to the company."""
    row = db.execute(
        "select role from memberships where company_id = ? and user_id = ?", (company_id, user_id)
    ).fetchone()
    return None if row is None else str(row["role"])


def user_by_key(db: sqlite3.Connection, api_key: str | None) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute("select * from users where api_key = ?", (api_key,)).fetchone()
    return row if row is not None and hmac.compare_digest(row["api_key"], api_key or "") else None


def vendor(db: sqlite3.Connection, key: str | None) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute("select * from vendor_keys where key = ?", (key,)).fetchone()
    return row


@cache
def members(scope: str) -> frozenset[str]:
    """The single scopes a word stands for: those of its bundle, or itself."""
    aliases: dict[str, list[str]] = contract.load("ax")["x-scope-aliases"]
    return frozenset(aliases.get(scope, [scope]))


@cache
def known_scopes() -> frozenset[str]:
    schemes = contract.load("ax")["components"]["securitySchemes"].values()
    return frozenset(scope for scheme in schemes for scope in scheme["flows"]["clientCredentials"]["scopes"])


def _covers(granted: frozenset[str], needed: list[str]) -> bool:
    held = frozenset(single for scope in granted for single in members(scope)) | granted
    return all(scope in held or members(scope) <= held for scope in needed)


def _by_header_pair(world: "World", headers: dict[str, str]) -> Grant:
    from portal.sandbox.api import companies

    company_id, api_key = headers.get("company-uuid", ""), headers.get("user-api-key", "")
    user = user_by_key(world.db, api_key)
    company = companies.get(world.db, company_id)
    if user is None or company is None or role_of(world.db, company.id, user["id"]) is None:
        raise Refusal("login_wrong", message="ERROR: LOGIN FAILED")
    return Grant(company, frozenset(), user["id"])
