"""Companies that are registered for mass printing, and their letters on the way to paper."""

import hashlib
import hmac
import secrets
import sqlite3
from typing import Any

from portal.sandbox.store import register_schema

register_schema(
    """
    create table if not exists print_accounts (
        company_id text primary key, company_name text not null, email text not null unique, salt text not null,
        password_hash text not null, test_mode integer not null, notify integer not null, created_at text not null
    );
    create table if not exists print_jobs (
        id integer primary key, company_id text not null, filename text not null, sha1 text not null,
        document_type text not null, letter_class text not null, color_print integer not null, duplex integer not null,
        version text not null, license_key text not null, letters integer not null, test_mode integer not null,
        status text not null, created_at text not null, unique (company_id, filename)
    );
    """
)

ROUNDS = 1000  # enough for made-up passwords


def add(db: sqlite3.Connection, values: dict[str, Any], password: str) -> None:
    """
    Register a company; `values` are columns without salt and password.

    :raises sqlite3.IntegrityError: company or e-mail address is registered
    """
    salt = secrets.token_hex(8)
    row = values | {"salt": salt, "password_hash": _digest(password, salt)}
    insert(db, "print_accounts", row)


def insert(db: sqlite3.Connection, table: str, row: dict[str, Any]) -> int:
    """:raises sqlite3.IntegrityError: what must be unique is there already"""
    columns, marks = ", ".join(row), ", ".join("?" * len(row))
    cursor = db.execute(f"insert into {table} ({columns}) values ({marks})", list(row.values()))  # noqa: S608
    return int(cursor.lastrowid or 0)


def of_company(db: sqlite3.Connection, company_id: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute("select * from print_accounts where company_id = ?", (company_id,)).fetchone()
    return row


def by_login(db: sqlite3.Connection, email: str, password: str) -> str | None:
    """The company of a user name and password; None if they don't fit."""
    row = db.execute("select * from print_accounts where email = ?", (email.lower(),)).fetchone()
    if row is None or not hmac.compare_digest(row["password_hash"], _digest(password, row["salt"])):
        return None
    return str(row["company_id"])


def _digest(password: str, salt: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(errors="replace"), salt.encode(), ROUNDS).hex()
