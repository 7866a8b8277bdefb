"""
Invoices to consumers: the Norwegian state and its older lists of consumers, the Swedish agreement.

Rules: in Norway a verified company that receives on VISMA is ACTIVE, others are FREE, unless the control API says
otherwise. The older lists hold three consumers of every ACTIVE company. In Sweden an agreement is PENDING for a while.
"""

import re
import sqlite3
from typing import Any

from portal.sandbox.api import companies, profiles
from portal.sandbox.call import Answer, Call, Refusal, page_of, simulates, slice_of
from portal.sandbox.company import Company
from portal.sandbox.store import register_schema
from portal.sandbox.world import World, job

register_schema(
    """
    create table if not exists b2cno_states (company_id text primary key, status text not null);
    create table if not exists b2cse (
        company_id text primary key, account_number text not null, account_type text not null, fui text not null,
        agreement_id text not null, website text not null, status text not null
    );
    """
)
NO_STATES = ("ACTIVE", "FREE", "RESERVED", "FAULT", "ERROR")
_CONSUMERS = (("Kari Nordmann", "ACTIVE"), ("Ola Hansen", "REQUEST_SENT"), ("Nina Berg", "REJECTED"))


@simulates("getV1ServicesB2cno")
def show_norwegian(call: Call) -> Answer:
    company = companies.of(call)
    if company.country != "NO":
        raise Refusal("not_found")
    return Answer(body={"status": _norwegian(call.world.db, company)})


@simulates("getV1ServicesB2cnoConsumers", "getV1CompanyConsumers")
def list_consumers(call: Call) -> Answer:
    company, wanted = companies.of(call), call.params.get("status") or []
    active = company.country == "NO" and _norwegian(call.world.db, company) == "ACTIVE"
    rows = [
        {
            "name": name,
            "customer_number": str(number),
            "reference_number": f"R{number:05}",
            "email": f"{name.split()[0].lower()}@example.test",
            "phone": f"+47400000{number:02}",
            "status": status,
            "updated_at": company.created_at,
        }
        for number, (name, status) in enumerate(_CONSUMERS if active else (), start=1)
    ]
    query = call.params.get("query", "").casefold()
    found = [row for row in rows if query in row["name"].casefold() and (not wanted or row["status"] in wanted)]
    limit, first = slice_of(call)
    return page_of(call, len(found), found[first : first + limit])


@simulates("getV1ServicesB2cseAgreement")
def show_swedish(call: Call) -> Answer:
    row = call.world.db.execute("select * from b2cse where company_id = ?", (companies.of(call).id,)).fetchone()
    if row is None:
        raise Refusal("not_found")
    return Answer(body={name: row[name] for name in row.keys() if name != "company_id"})  # noqa: SIM118


@simulates("postV1ServicesB2cseAgreement")
def agree(call: Call) -> Answer:
    """Made, or made anew: PENDING until the banks know it."""
    company, fields = companies.of(call), call.body
    if not company.verified:
        raise Refusal("no_token")
    if company.country != "SE":
        raise Refusal("unprocessable", [f"the agreement is not for {company.country}"])
    if not re.fullmatch(r"\d{2,8}", re.sub(r"[ -]", "", fields["account_number"])):
        raise Refusal("unprocessable", ["account_number: is no giro number"])
    names = ("fui", "agreement_id", "website")
    values = (company.id, fields["account_number"], fields["account_type"], *(fields.get(name) or "" for name in names))
    with call.world.write() as db:
        db.execute("insert or replace into b2cse values (?, ?, ?, ?, ?, ?, 'PENDING')", values)
        call.world.later("service_active", "open_b2cse", company_id=company.id)
    return Answer(204)


@job("open_b2cse")
def come_into_force(world: World, company_id: str) -> None:
    with world.write() as db:
        db.execute("update b2cse set status = 'ACTIVE' where company_id = ?", (company_id,))


def set_norwegian(world: World, company_id: str, status: str) -> None:
    """Let the service stand in this state, whatever the company does; empty: by the rule again."""
    with world.write() as db:
        db.execute("delete from b2cno_states where company_id = ?", (company_id,))
        if status:
            db.execute("insert into b2cno_states values (?, ?)", (company_id, status))


def _norwegian(db: sqlite3.Connection, company: Company) -> str:
    ordered: Any = db.execute("select status from b2cno_states where company_id = ?", (company.id,)).fetchone()
    if ordered:
        return str(ordered["status"])
    return "ACTIVE" if company.verified and profiles.active(db, company.id, "VISMA") else "FREE"
