"""
Takeovers: a partner gets an account that somebody else opened.

Rules: documents arrive some days after the request (the control API brings them at once); completing before that is
refused. Completed, the account's former users lose it and its registrations end; the partner's user is its admin, and
the partner's software is linked. Reverting calls a request off, or gives a completed account back as it was.
"""

import json
import sqlite3
import uuid

from portal.sandbox import logins
from portal.sandbox.api import companies, profiles
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.clock import stamp
from portal.sandbox.store import register_schema
from portal.sandbox.world import World, job

register_schema(
    """
    create table if not exists takeovers (
        id text primary key, company_id text not null, partner_id text not null, state text not null,
        kept text not null, requested_at text not null, documents_at text
    );
    create index if not exists takeovers_company on takeovers (company_id);
    """
)
_KEPT = ("memberships", "vendor_links", "profiles")


@simulates("postV1PartnerTakeovers")
def request(call: Call) -> Answer:
    world, partner = call.world, companies.of(call)
    company = companies.get(world.db, call.body["company_id"])
    if company is None:
        raise Refusal("not_found")
    if logins.role_of(world.db, company.id, call.user_id or ""):
        raise Refusal("conflict", ["the account is yours already"])
    open_one = world.db.execute(
        "select 1 from takeovers where company_id = ? and state = 'requested'", (company.id,)
    ).fetchone()
    if open_one:
        raise Refusal("conflict", ["the account is being taken over"])
    takeover_id = str(uuid.uuid4())
    with world.write() as db:
        db.execute(
            "insert into takeovers values (?, ?, ?, 'requested', '{}', ?, null)",
            (takeover_id, company.id, partner.id, stamp(world.now())),
        )
        world.later("takeover_documents", "takeover_documents", takeover_id=takeover_id)
    return Answer(201, {"id": takeover_id})


@simulates("postV1PartnerTakeoversTakeoverIdComplete")
def complete(call: Call) -> Answer:
    row = _own(call, "requested")
    if row["documents_at"] is None:
        raise Refusal("conflict", ["documents are missing"])
    company_id, world = row["company_id"], call.world
    with world.write() as db:
        kept = {name: _rows(db, name, company_id) for name in _KEPT}
        for profile in kept["profiles"]:
            profiles.close_profile(world, str(profile["id"]))
        for table in ("memberships", "vendor_links"):
            db.execute(f"delete from {table} where company_id = ?", (company_id,))  # noqa: S608 (our own names)
        _let_in(call, db, company_id)
        db.execute("update takeovers set state = 'completed', kept = ? where id = ?", (json.dumps(kept), row["id"]))
    return Answer(200)


@simulates("deleteV1PartnerTakeoversTakeoverId")
def revert(call: Call) -> Answer:
    row = _own(call, "requested", "completed")
    with call.world.write() as db:
        if row["state"] == "completed":
            _give_back(db, row["company_id"], json.loads(row["kept"]))
        db.execute("update takeovers set state = 'reverted' where id = ?", (row["id"],))
    return Answer(204)


@job("takeover_documents")
def documents_arrive(world: World, takeover_id: str) -> None:
    with world.write() as db:
        db.execute(
            "update takeovers set documents_at = ? where id = ? and documents_at is null",
            (stamp(world.now()), takeover_id),
        )


def _own(call: Call, *states: str) -> sqlite3.Row:
    row: sqlite3.Row | None = call.world.db.execute(
        "select * from takeovers where id = ? and partner_id = ?", (call.params["takeover_id"], companies.of(call).id)
    ).fetchone()
    if row is None or row["state"] not in states:
        raise Refusal("not_found")
    return row


def _let_in(call: Call, db: sqlite3.Connection, company_id: str) -> None:
    db.execute(
        "insert into memberships (company_id, user_id, role, created_at) values (?, ?, 'ADMIN', ?)",
        (company_id, call.user_id, stamp(call.world.now())),
    )
    if call.vendor_key:
        db.execute(
            "insert or ignore into vendor_links (vendor_key, company_id) values (?, ?)", (call.vendor_key, company_id)
        )


def _give_back(db: sqlite3.Connection, company_id: str, kept: dict[str, list[dict[str, object]]]) -> None:
    for table in _KEPT:
        db.execute(f"delete from {table} where company_id = ?", (company_id,))  # noqa: S608 (our own names)
        for row in kept.get(table, []):
            names = ", ".join(row)
            db.execute(
                f"insert into {table} ({names}) values ({', '.join('?' * len(row))})",  # noqa: S608 (our own names)
                list(row.values()),
            )


def _rows(db: sqlite3.Connection, table: str, company_id: str) -> list[dict[str, object]]:
    found = db.execute(f"select * from {table} where company_id = ?", (company_id,))  # noqa: S608 (our own names)
    return [dict(row) for row in found]
