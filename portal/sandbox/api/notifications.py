"""Webhook subscriptions of a company, or of a partner for all companies linked to it."""

import json
import sqlite3
import uuid
from typing import Any

from portal.sandbox import logins, posting
from portal.sandbox.api import companies
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.clock import stamp
from portal.sandbox.company import Company
from portal.sandbox.world import World, job


@simulates("getV1CompanyNotifications")
def list_subscriptions(call: Call) -> Answer:
    return Answer(body=[_described(row) for row in _of_company(call.world.db, companies.of(call).id)])


@simulates("getV1CompanyNotificationsId")
def show_subscription(call: Call) -> Answer:
    return Answer(body=_described(_own(call)))


@simulates("postV1CompanyNotifications")
def subscribe(call: Call) -> Answer:
    """A destination outside this machine is refused: training data goes nowhere else."""
    company, fields = companies.of(call), call.body
    if reason := posting.refusal_of(fields["destination"]):
        raise Refusal("bad_input", [f"destination: {reason}"])
    for_vendor = fields["destination_type"] == "VENDOR_WEBHOOK"
    vendor_key = fields.get("vendor_key") if for_vendor else None
    if for_vendor:
        _check_partner(call.world.db, company, vendor_key)
    subscription_id = str(uuid.uuid4())
    with call.world.write() as db:
        db.execute(
            "insert into subscriptions (id, company_id, destination_type, destination, vendor_key, events, created_at)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            (
                subscription_id,
                company.id,
                fields["destination_type"],
                fields["destination"],
                vendor_key,
                json.dumps(fields["events"]),
                stamp(call.world.now()),
            ),
        )
        row = db.execute("select * from subscriptions where id = ?", (subscription_id,)).fetchone()
    return Answer(201, _described(row))


@simulates("deleteV1CompanyNotificationsId")
def unsubscribe(call: Call) -> Answer:
    row = _own(call)
    with call.world.write() as db:
        db.execute("delete from subscriptions where id = ?", (row["id"],))
    return Answer(204)


@simulates("postV1CompanyNotificationsResendUnacknowledged")
def resend_unacknowledged(call: Call) -> Answer:
    """Everything unacknowledged of all subscriptions of the company is sent again, a little later."""
    call.world.later("resend_unacknowledged", "resend_unacknowledged", company_id=companies.of(call).id)
    return Answer(200)


@job("resend_unacknowledged")
def resend(world: World, company_id: str) -> None:
    world.outbox.resend([row["id"] for row in _of_company(world.db, company_id)])


def _check_partner(db: sqlite3.Connection, company: Company, vendor_key: str | None) -> None:
    own = {row["key"] for row in db.execute("select key from vendor_keys where partner_id = ?", (company.id,))}
    if not own:
        raise Refusal("not_a_partner")
    if vendor_key and (logins.vendor(db, vendor_key) is None or vendor_key not in own):
        raise Refusal("bad_input", ["vendor_key: is not a key of this partner"])


def _of_company(db: sqlite3.Connection, company_id: str) -> list[sqlite3.Row]:
    return db.execute(
        "select * from subscriptions where company_id = ? order by created_at, rowid", (company_id,)
    ).fetchall()


def _own(call: Call) -> sqlite3.Row:
    row: sqlite3.Row | None = call.world.db.execute(
        "select * from subscriptions where id = ? and company_id = ?", (call.params["id"], companies.of(call).id)
    ).fetchone()
    if row is None:
        raise Refusal("not_found")
    return row


def _described(row: sqlite3.Row) -> dict[str, Any]:
    described = {name: row[name] for name in ("id", "destination_type", "destination")}
    vendor_key = {"vendor_key": row["vendor_key"]} if row["vendor_key"] else {}
    return described | vendor_key | {"events": json.loads(row["events"])}
