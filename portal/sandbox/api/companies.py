"""Company accounts: registration, the companies of a user, and what other modules ask about a company."""

import json
import sqlite3
import uuid
from datetime import datetime
from typing import Any

from portal.sandbox import logins
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.clock import stamp
from portal.sandbox.company import Company, bid_key, compact, country_of, is_vat
from portal.sandbox.store import register_schema
from portal.sandbox.world import World

register_schema(
    """
    create table if not exists companies (
        id text primary key, bid text not null, bid_key text not null, country text not null, name text not null,
        address1 text, address2 text, post_code text, post_office text, city text, state text, email text,
        company_state text not null, auth_state text not null, auth_email text, is_partner integer not null,
        own_kyc integer not null, disabled integer not null, withheld_scopes text not null, settings text not null,
        created_at text not null, active_at text not null, unique (country, bid_key)
    );
    create index if not exists companies_bid on companies (bid_key);
    """
)

COLUMNS = (
    "id", "bid", "bid_key", "country", "name", "address1", "address2", "post_code", "post_office", "city", "state",
    "email", "company_state", "auth_state", "auth_email", "is_partner", "own_kyc", "disabled", "withheld_scopes",
    "settings", "created_at", "active_at",
)  # fmt: skip
DEFAULTS = {
    "company_state": "UNVERIFIED",
    "auth_state": "NONE",
    "is_partner": 0,
    "own_kyc": 0,
    "disabled": 0,
    "withheld_scopes": "",
    "settings": "{}",
}


@simulates("postV1Companies")
def register(call: Call) -> Answer:
    """A new account: unverified, linked to the vendor key of the call, its user the first admin."""
    fields, db = call.body, call.world.db
    user = logins.user_by_key(db, fields["user_api_key"])
    if user is None or logins.vendor(db, fields["vendor_api_key"]) is None:
        raise Refusal("key_unknown")
    if not fields["no_vat"] and not is_vat(fields["country"], compact(fields["bid"])):
        raise Refusal("bad_input", ["bid: is no VAT number of that country; send no_vat=true for other numbers"])
    with call.world.write() as connection:
        if find_by_bid(connection, fields["bid"], fields["country"]):
            raise Refusal("bid_taken")
        company_id = insert(call.world, {name: fields[name] for name in COLUMNS if name in fields})
        now = stamp(call.world.now())
        connection.execute(
            "insert into memberships (company_id, user_id, role, created_at) values (?, ?, 'ADMIN', ?)",
            (company_id, user["id"], now),
        )
        connection.execute(
            "insert into vendor_links (vendor_key, company_id) values (?, ?)", (fields["vendor_api_key"], company_id)
        )
    return Answer(201, {"id": company_id})


@simulates("getV1Companies")
def list_companies(call: Call) -> Answer:
    """All companies of the token's user, by name; the whole list in one answer, filtered by bid and country."""
    rows = call.world.db.execute(
        "select c.id, c.name, c.bid, c.bid_key, c.country from companies c"
        " join memberships m on m.company_id = c.id"
        " where m.user_id = ? and c.id not in (select id from departments) order by c.name, c.id",
        (call.user_id,),
    )
    bid, country = call.params.get("bid"), call.params.get("country")
    wanted = [
        {"id": row["id"], "name": row["name"], "bid": row["bid"]}
        for row in rows
        if (bid is None or row["bid_key"] == bid_key(bid, row["country"])) and country in (None, row["country"])
    ]
    return Answer(body=wanted)


def insert(world: World, fields: dict[str, Any]) -> str:
    """Store an account from its columns (at least bid, country, name); returns its id."""
    now = stamp(world.now())
    row: dict[str, Any] = DEFAULTS | {"id": str(uuid.uuid4()), "created_at": now, "active_at": now} | fields
    row["bid_key"] = bid_key(row["bid"], row["country"])
    with world.write() as db:
        db.execute(
            f"insert into companies ({', '.join(COLUMNS)}) values ({', '.join('?' * len(COLUMNS))})",  # noqa: S608
            [row.get(name) for name in COLUMNS],
        )
    return str(row["id"])


def get(db: sqlite3.Connection, company_id: str) -> Company | None:
    row = db.execute("select * from companies where id = ?", (company_id,)).fetchone()
    return None if row is None else _company(row)


def find_by_bid(db: sqlite3.Connection, bid: str, country: str | None = None) -> Company | None:
    """An account by its business id in any writing (1234567-1, FI12345671 …); of any country if none is given."""
    for row in db.execute(
        "select * from companies where bid_key in (?, ?) and (? is null or country = ?) order by created_at",
        (bid_key(bid, country), bid_key(bid, country_of(bid)), country, country),
    ):
        return _company(row)
    return None


def of(call: Call) -> Company:
    """The company of an operation that has security."""
    if call.company is None:
        raise Refusal("no_token")
    return call.company


def require_verified(call: Call) -> Company:
    """:raises Refusal: company_unverified"""
    company = of(call)
    if not company.verified:
        raise Refusal("company_unverified")
    return company


def update(world: World, company_id: str, **columns: Any) -> None:
    with world.write() as db:
        pairs = ", ".join(f"{name} = ?" for name in columns)
        db.execute(f"update companies set {pairs} where id = ?", [*columns.values(), company_id])  # noqa: S608


def settings_of(db: sqlite3.Connection, company_id: str) -> dict[str, Any]:
    """The settings blocks that were changed, as they were sent."""
    row = db.execute("select settings from companies where id = ?", (company_id,)).fetchone()
    blocks: dict[str, Any] = json.loads(row["settings"])
    return blocks


def parse_time(text: str) -> datetime:
    """A time of our own tables (UTC, Z)."""
    return datetime.fromisoformat(text)


def _company(row: sqlite3.Row) -> Company:
    names = [name for name in Company.__dataclass_fields__ if name != "withheld_scopes"]
    values = {name: row[name] for name in names}
    for name in ("is_partner", "own_kyc", "disabled"):
        values[name] = bool(values[name])
    return Company(**values, withheld_scopes=tuple(row["withheld_scopes"].split()))
