"""
Billing: what each company of the partner's software used in a month, and what the software reports itself.

A report is there for the months of this quarter, and for those of the last one until the 15th of this quarter's first
month. A month changes until the first working day of the next one at 14:00 EET.
"""

import json
import uuid
from collections import Counter
from datetime import date, datetime
from typing import Any

from portal import contract
from portal.sandbox import logins
from portal.sandbox.api import companies
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.clock import ZONE
from portal.sandbox.store import register_schema
from portal.sandbox.world import World

register_schema(
    """
    create table if not exists billed_actions (
        company_id text not null, month text not null, action_name text not null, action_count integer not null,
        license_key text not null, primary key (company_id, month, action_name, license_key)
    );
    create table if not exists reported_actions (
        id text not null, vendor_key text not null, software_origin text not null, origin_id text not null,
        month text not null, fields text not null, primary key (vendor_key, software_origin, origin_id)
    );
    """
)
SENT, RECEIVED = "invoice_sent", "invoice_received"
_WINDOW = contract.load("billing")["paths"]["/api/billing/v2/reports/billing_company_transactions"]["get"]["x-window"]


@simulates("BillingV2ReportsBillingCompanyTransactionsList")
def transactions(call: Call) -> Answer:
    """Of the month that is asked for, else of this one; empty for months that are not kept."""
    today = call.world.day()
    year, month = int(call.params.get("year", today.year)), int(call.params.get("month", today.month))
    if not 2000 <= year <= 9998:
        raise Refusal("month_wrong")
    vendor = logins.vendor(call.world.db, call.vendor_key)
    if vendor is None or vendor["partner_id"] != companies.of(call).id:
        raise Refusal("no_token")
    if not is_kept(date(year, month, 1), today):
        return Answer(body=[])
    used = _counted(call.world, vendor["key"], f"{year:04d}-{month:02d}")
    return Answer(body=[_line(call, vendor["name"], *key, count) for key, count in sorted(used.items())])


@simulates("BillingV2ActionsCreate")
def report_action(call: Call) -> Answer:
    """A program's own use, all of it in the query. The same origin id again is the same action, and counts once."""
    vendor = logins.vendor(call.world.db, call.vendor_key)
    if vendor is None or vendor["partner_id"] != companies.of(call).id:
        raise Refusal("no_token")
    at = call.params["origin_time"]
    moment = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
    fields = {name: str(value) if name == "origin_time" else value for name, value in call.params.items()}
    key = (vendor["key"], fields["software_origin"], fields["origin_id"])
    with call.world.write() as db:
        there = db.execute(
            "select id, fields from reported_actions where vendor_key = ? and software_origin = ? and origin_id = ?",
            key,
        ).fetchone()
        if there is not None:
            return Answer(body={"id": there["id"], **json.loads(there["fields"])})
        action_id = str(uuid.uuid4())
        values = (action_id, *key, f"{moment.astimezone(ZONE):%Y-%m}", json.dumps(fields))
        db.execute("insert into reported_actions values (?, ?, ?, ?, ?, ?)", values)
    return Answer(201, {"id": action_id, **fields})


def is_kept(month: date, today: date) -> bool:
    """Whether a report of that month (its first day) can be read today."""
    quarters = (today.year - month.year) * 4 + (today.month - 1) // 3 - (month.month - 1) // 3
    if quarters == 1:
        in_first_month = (today.month - 1) % 3 == 0
        return in_first_month and today.day <= _WINDOW["kept_until"]["day"]
    return quarters == 0 and month <= today


def _counted(world: World, vendor_key: str, month: str) -> Counter[tuple[str, str, str]]:
    """Counts by company, action and licence key."""
    found: Counter[tuple[str, str, str]] = Counter()
    linked = "company_id in (select company_id from vendor_links where vendor_key = ?)"
    invoices = world.db.execute(
        f"select company_id, direction, created_at from invoices where {linked} and created_at >= ? and created_at < ?",  # noqa: S608
        (vendor_key, f"{month}-00", f"{month}-32"),
    )
    for row in invoices:
        if f"{datetime.fromisoformat(row['created_at']):%Y-%m}" == month:
            found[row["company_id"], SENT if row["direction"] == "SENT" else RECEIVED, ""] += 1
    told = world.db.execute(
        f"select * from billed_actions where {linked} and month = ?",  # noqa: S608
        (vendor_key, month),
    )
    for row in told:
        found[row["company_id"], row["action_name"], row["license_key"]] += row["action_count"]
    for row in world.db.execute(
        "select fields from reported_actions where vendor_key = ? and month = ?", (vendor_key, month)
    ):
        told = json.loads(row["fields"])
        count = int(told.get("action_item_count", 1))
        found[told["company_origin_id"], told["action_name"], told.get("license_key", "")] += count
    return found


def _line(call: Call, software: str, company_id: str, action: str, license_key: str, count: int) -> dict[str, Any]:
    company = companies.get(call.world.db, company_id)
    return {
        "company_id": company_id,
        "company_name": company.name if company else "",
        "company_bid": company.bid if company else "",
        "software_name": software,
        "action_name": action,
        "licensing_system": "AutoInvoice",
        "license_key": license_key,
        "license_meta": "",
        "action_count": count,
    }
