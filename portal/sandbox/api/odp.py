"""
ODP: companies by a number of its own, and whether they are trusted.

Rule: a company's number is 100000 and its place in the simulator's list; the control API tells it. A caller sees the
companies of its user.
"""

import sqlite3

from portal.sandbox import logins
from portal.sandbox.api import companies
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.company import Company
from portal.sandbox.store import register_schema

register_schema("create table if not exists odp_trust (company_id text primary key);")
FIRST = 100_000


@simulates("getOdpCompaniesId")
def show(call: Call) -> Answer:
    company = _visible(call)
    return Answer(
        body={
            "id": call.params["id"],
            "name": company.name,
            "bid": company.bid,
            "state": _state(call.world.db, company),
            "services": [{"name": "invoices"}],
        }
    )


@simulates("patchOdpCompaniesId")
def change(call: Call) -> Answer:
    company = _visible(call)
    with call.world.write() as db:
        db.execute("delete from odp_trust where company_id = ?", (company.id,))
        if call.body["trusted"]:
            db.execute("insert into odp_trust values (?)", (company.id,))
    return Answer(204)


def number_of(db: sqlite3.Connection, company_id: str) -> int:
    """The number of a company there."""
    return FIRST + int(db.execute("select rowid from companies where id = ?", (company_id,)).fetchone()["rowid"])


def _state(db: sqlite3.Connection, company: Company) -> str:
    if company.disabled:
        return "DISABLED"
    trusted = db.execute("select 1 from odp_trust where company_id = ?", (company.id,)).fetchone()
    return "TRUSTED" if trusted else "CREATED"


def _visible(call: Call) -> Company:
    db = call.world.db
    row = db.execute("select id from companies where rowid = ?", (call.params["id"] - FIRST,)).fetchone()
    company = companies.get(db, row["id"]) if row else None
    if company is None or logins.role_of(db, company.id, call.user_id or "") is None:
        raise Refusal("not_found")
    return company
