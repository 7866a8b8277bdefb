"""Lyanthe scanning, switched by partners for companies that are linked to their software."""

import sqlite3

from portal.sandbox import logins
from portal.sandbox.api import companies
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.mailboxes import check_email
from portal.sandbox.store import register_schema

register_schema("create table if not exists lyanthe (company_id text primary key, email text not null);")


@simulates("getV1PartnerScanServiceLyanthe")
def show(call: Call) -> Answer:
    row = _row(call.world.db, _linked(call, call.params["company_id"]))
    if row is None:
        raise Refusal("not_found")
    return Answer(body={"scan_address": {"email_address": row["email"]}})


@simulates("postV1PartnerScanServiceLyanthe")
def activate(call: Call) -> Answer:
    """Posting once more changes the address."""
    company_id = _linked(call, call.body["company_id"])
    email = call.body["lyanthe_email_address"]
    if not email:
        raise Refusal("bad_input", ["lyanthe_email_address: is required"])
    check_email("lyanthe_email_address", email)
    with call.world.write() as db:
        db.execute("insert or replace into lyanthe (company_id, email) values (?, ?)", (company_id, email))
    return Answer(204)


@simulates("deleteV1PartnerScanServiceLyanthe")
def close(call: Call) -> Answer:
    company_id = _linked(call, call.params["company_id"])
    with call.world.write() as db:
        if not db.execute("delete from lyanthe where company_id = ?", (company_id,)).rowcount:
            raise Refusal("not_found")
    return Answer(204)


def _linked(call: Call, company_id: str) -> str:
    """The company, if the partner may speak of it. :raises Refusal: not_found"""
    db = call.world.db
    company = companies.get(db, company_id)
    linked = db.execute(
        "select 1 from vendor_links l join vendor_keys k on k.key = l.vendor_key"
        " where l.company_id = ? and k.partner_id = ?",
        (company_id, companies.of(call).id),
    ).fetchone()
    ours = logins.role_of(db, company_id, call.user_id or "")
    if company is None or not (linked or ours):
        raise Refusal("not_found")
    return company.id


def _row(db: sqlite3.Connection, company_id: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute("select * from lyanthe where company_id = ?", (company_id,)).fetchone()
    return row
