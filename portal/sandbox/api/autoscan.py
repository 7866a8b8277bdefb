"""
AutoScan: PDF invoices by mail, read by machine.

Rules: verified companies with VISMA. From the day that the contract names the return e-mail is needed; who has none
by then is closed, by a job that an account without one gets.
"""

import sqlite3
from datetime import timedelta
from typing import Any

from portal import contract
from portal.sandbox.api import companies, profiles
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.mailboxes import check_email, mailbox
from portal.sandbox.store import register_schema
from portal.sandbox.world import World, job

register_schema(
    """
    create table if not exists autoscan (
        company_id text primary key, return_email text not null, line_scanning integer not null
    );
    """
)
CLOSED_AFTER = timedelta(days=30)  # how long an account without return e-mail is let be
_FIELD = "return_email_address"


@simulates("getV1ServicesAutoscan")
def show(call: Call) -> Answer:
    company = companies.of(call)
    row = _row(call.world.db, company.id)
    if row is None:
        return Answer(body={"status": "inactive"})
    return Answer(
        body={
            "status": "active",
            "scan_email_address": mailbox(company, "autoscan"),
            "features": {"invoice_line_scanning": bool(row["line_scanning"])},
            _FIELD: row["return_email"],
        }
    )


@simulates("putV1ServicesAutoscan")
def write(call: Call) -> Answer:
    """Opens or changes; what is not named stays."""
    company = companies.require_verified(call)
    if not profiles.active(call.world.db, company.id, "VISMA"):
        raise Refusal("bad_input", ["VISMA network must be enabled first"])
    row = _row(call.world.db, company.id)
    email = call.body.get(_FIELD, row["return_email"] if row else "")
    if not email and call.world.day().isoformat() >= mandatory_from():
        raise Refusal("bad_input", [f"{_FIELD}: is required"])
    check_email(_FIELD, email)
    features: dict[str, Any] = call.body.get("features") or {}
    lines = features.get("invoice_line_scanning", bool(row and row["line_scanning"]))
    store(call.world, company.id, email, line_scanning=lines)
    return show(call)


@simulates("deleteV1ServicesAutoscan")
def close(call: Call) -> Answer:
    with call.world.write() as db:
        db.execute("delete from autoscan where company_id = ?", (companies.of(call).id,))
    return Answer(204)


def store(world: World, company_id: str, return_email: str, *, line_scanning: bool = False) -> None:
    """Open AutoScan; one without return e-mail, as old accounts have, is closed after a while."""
    with world.write() as db:
        db.execute(
            "insert or replace into autoscan (company_id, return_email, line_scanning) values (?, ?, ?)",
            (company_id, return_email, int(line_scanning)),
        )
        if not return_email:
            world.later(CLOSED_AFTER, "close_autoscan", company_id=company_id)


@job("close_autoscan")
def close_without_email(world: World, company_id: str) -> None:
    if world.day().isoformat() < mandatory_from():
        return
    with world.write() as db:
        db.execute("delete from autoscan where company_id = ? and return_email = ''", (company_id,))


def mandatory_from() -> str:
    """The day from which the return e-mail is needed, as the contract has it."""
    schema = contract.load("ax")["components"]["schemas"]["putV1ServicesAutoscan"]
    return str(schema["properties"][_FIELD]["x-mandatory-from"])


def _row(db: sqlite3.Connection, company_id: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute("select * from autoscan where company_id = ?", (company_id,)).fetchone()
    return row
