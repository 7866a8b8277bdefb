"""
How Kassavirta treats a company's customers; who was never set has the default, and is not listed.

Set only where Kassavirta works for the company.
"""

import json
import sqlite3
from typing import Any

from portal.sandbox.api import collection_services, companies
from portal.sandbox.call import Answer, Call, Refusal, page_of, simulates, slice_of
from portal.sandbox.company import bid_key
from portal.sandbox.store import register_schema

register_schema(
    """
    create table if not exists service_levels (
        company_id text not null, bid text not null, level text not null, primary key (company_id, bid)
    );
    """
)
DEFAULT = "default"


@simulates("getV1ServiceLevels")
def list_levels(call: Call) -> Answer:
    company_id, db = companies.of(call).id, call.world.db
    limit, first = slice_of(call)
    levels = "select bid, level from service_levels where company_id = ? order by bid"
    rows = db.execute(levels, (company_id,)).fetchall()
    shown = rows[first : first + limit]
    return page_of(call, len(rows), [_described(db, company_id, row["bid"], row["level"]) for row in shown])


@simulates("getV1ServiceLevelsCustomerBid")
def show_level(call: Call) -> Answer:
    company_id, bid = companies.of(call).id, _bid(call)
    row = call.world.db.execute(
        "select level from service_levels where company_id = ? and bid = ?", (company_id, bid)
    ).fetchone()
    return Answer(body=_described(call.world.db, company_id, bid, row["level"] if row else DEFAULT))


@simulates("patchV1ServiceLevelsCustomerBid")
def set_level(call: Call) -> Answer:
    company_id, bid, level = companies.of(call).id, _bid(call), call.body["service_level"]
    held = collection_services.of_company(call.world.db, company_id, collection_services.AMILI)
    if held is None or held.status != collection_services.ACTIVE or held.kind != collection_services.FULL:
        raise Refusal("bad_input", ["service levels are a part of Kassavirta"])
    with call.world.write() as db:
        if level == DEFAULT:
            db.execute("delete from service_levels where company_id = ? and bid = ?", (company_id, bid))
        else:
            db.execute("insert or replace into service_levels values (?, ?, ?)", (company_id, bid, level))
    return Answer(204)


def _bid(call: Call) -> str:
    bid = bid_key(call.params["customer_bid"], companies.of(call).country)
    if not bid or len(bid) > 30:
        raise Refusal("not_found", ["customer_bid: is no business id"])
    return bid


def _described(db: sqlite3.Connection, company_id: str, bid: str, level: str) -> dict[str, Any]:
    """With the name that the customer has on the company's newest invoice to it."""
    row = db.execute(
        "select recipient from invoices where company_id = ? and direction = 'SENT'"
        " and replace(json_extract(recipient, '$.bid'), '-', '') = ? order by seq desc limit 1",
        (company_id, bid),
    ).fetchone()
    shown = {"customer_bid": bid, "service_level": level}
    return shown | ({"customer_name": json.loads(row["recipient"])["name"]} if row else {})
