"""Kassavirta: every delivered invoice of a company with the full service is followed without being handed over."""

import json
import sqlite3
from datetime import date, timedelta

from portal.sandbox.collection import course, rows
from portal.sandbox.collection.course import FOLLOWED_DAYS
from portal.sandbox.world import World


def follow(world: World, invoice: sqlite3.Row) -> None:
    """Open an assignment for a sent invoice if Amili follows all invoices of its company."""
    service = world.db.execute(
        "select fields from collection_services where company_id = ? and agency = 'amili' and status = 'ACTIVE'",
        (invoice["company_id"],),
    ).fetchone()
    if service is None or json.loads(service["fields"]).get("service_type") != "full" or not invoice["date_due"]:
        return
    recipient = json.loads(invoice["recipient"])
    assignment_id = rows.insert(
        world,
        company_id=invoice["company_id"],
        invoice_id=invoice["id"],
        agency="amili",
        service_type="full",
        collection_type="reminder_and_collection",
        invoice_number=invoice["number"],
        reference=invoice["reference"],
        debtor={name: recipient[name] for name in ("name", "bid", "country")} | {"role": "main"},
        currency=invoice["currency"],
        capital=invoice["gross"],
        invoice_date=invoice["date"],
        due_date=invoice["date_due"],
    )
    first = date.fromisoformat(invoice["date_due"]) + timedelta(days=FOLLOWED_DAYS)
    course.begin(world, assignment_id, "reminder_and_collection", first=first)
