"""Users, keys, roles and scopes: the facts that authorization is decided by."""

import hmac
import sqlite3
from functools import cache

from portal import contract
from portal.sandbox.store import register_schema

register_schema(
    """
    create table if not exists tokens (
        token text primary key, company_id text not null, user_id text not null, vendor_key text,
        scopes text not null, expires_at real not null
    );
    create index if not exists tokens_expiry on tokens (expires_at);
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
