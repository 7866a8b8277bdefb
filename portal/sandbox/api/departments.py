"""
Departments: accounts below a company with its business id, its users and its authorization, each with a GLN.

Rules: verified companies of six countries; no department below a department; a GLN is given once. A department
receives on VISMA under its GLN. The list of a user's companies leaves departments out.
"""

import sqlite3
from typing import Any

from portal.sandbox.api import companies, profiles
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.company import Company, bid_key
from portal.sandbox.mailboxes import check_email
from portal.sandbox.networks.endpoints import Endpoint
from portal.sandbox.store import register_schema

register_schema(
    """
    create table if not exists departments (id text primary key, company_id text not null, gln text not null unique);
    create index if not exists departments_company on departments (company_id);
    """
)

COUNTRIES = ("FI", "SE", "NO", "DK", "NL", "BE")
GLN_SCHEME = "0088"


@simulates("getV1CompanyDepartments")
def list_departments(call: Call) -> Answer:
    rows = call.world.db.execute(
        "select id from departments where company_id = ? order by rowid", (companies.of(call).id,)
    )
    return Answer(body=[{"id": row["id"]} for row in rows])


@simulates("postV1CompanyDepartments")
def add(call: Call) -> Answer:
    company, fields = companies.of(call), call.body
    if not company.verified:
        raise Refusal("no_token")
    with call.world.write() as db:
        if faults := _faults(db, company, fields):
            raise Refusal("bad_input", faults)
        names = ("name", "address1", "address2", "post_code", "post_office", "city", "state", "country", "email")
        columns = {name: fields[name] for name in names if name in fields} | {"country": company.country}
        states = {"company_state": company.company_state, "auth_state": company.auth_state}
        # One account a business id: a department's key is that of its company and its GLN.
        made = companies.insert(call.world, {**columns, **states, "bid": f"{company.bid_key}{fields['eaid']}"})
        companies.update(call.world, made, bid=company.bid)
        db.execute("insert into departments values (?, ?, ?)", (made, company.id, fields["eaid"]))
        db.execute(
            "insert into memberships (company_id, user_id, role, created_at)"
            " select ?, user_id, role, created_at from memberships where company_id = ?",
            (made, company.id),
        )
        profiles.open_profile(call.world, made, "VISMA", [profiles.INVOICES], Endpoint(GLN_SCHEME, fields["eaid"]))
    return Answer(201, {"id": made})


def _faults(db: sqlite3.Connection, company: Company, fields: dict[str, Any]) -> list[str]:
    check_email("email", fields["email"])
    gln = fields["eaid"]
    rules = (
        (company.country not in COUNTRIES, f"departments are not for {company.country}"),
        (bid_key(fields["bid"], company.country) != company.bid_key, "bid: is not that of the company"),
        (not is_gln(gln), "eaid: is no GLN"),
        (db.execute("select 1 from departments where gln = ?", (gln,)).fetchone(), "eaid: is taken"),
        (db.execute("select 1 from departments where id = ?", (company.id,)).fetchone(), "a department has none"),
    )
    return [text for is_wrong, text in rules if is_wrong]


def is_gln(text: str) -> bool:
    """Thirteen digits, the last of which checks the others (mod 10, weights 1 and 3)."""
    if len(text) != 13 or not (text.isascii() and text.isdigit()):
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(text)) % 10 == 0
