"""Handing an invoice over to an agency (AX), by the older call and by each agency's own."""

import json
import sqlite3
from typing import Any

from portal.sandbox.api import companies, invoices, invoices_rows
from portal.sandbox.api.collection_services import ACTIVE, AMILI, INTRUM, ROPO, of_company
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.clock import stamp
from portal.sandbox.collection import course, rows, rules
from portal.sandbox.world import World, job

PENDING, SENT, ERROR = "pending", "sent", "error"


@simulates("postV1InvoicesIdAssignment")
def hand_over_v1(call: Call) -> Answer:
    """To the agency that is active; Intrum before Amili, which has a call of its own."""
    active = [agency for agency in (INTRUM, AMILI) if _is_active(call, agency)]
    return _take(call, active[0] if active else AMILI, 1)


@simulates("postV2InvoicesIdAssignmentAmili")
def hand_over_to_amili(call: Call) -> Answer:
    return _take(call, AMILI, 2)


@simulates("postV2InvoicesIdAssignmentRopo")
def hand_over_to_ropo(call: Call) -> Answer:
    return _take(call, ROPO, 2)


@simulates("getV1InvoicesIdAssignment", "getV2InvoicesIdAssignment")
def show(call: Call) -> Answer:
    invoice = _sent(call)
    row, held = _request(call.world.db, invoice["id"]), rows.of_invoice(call.world.db, invoice["id"])
    if row is None and held is not None:  # Kassavirta follows it
        whole = float(rows.amount(held, "capital"))
        return Answer(body={"status": SENT, "collectable_amount": whole, "url": _address(call.world, held["id"])})
    if row is None:
        raise Refusal("not_found")
    answer = {"status": row["status"], "error_reason": row["error_reason"]}
    sums = rules.sums_of(json.loads(row["body"]), invoice)
    answer["collectable_amount"] = float(sum(sums.values()))
    if row["assignment_id"]:
        answer["url"] = _address(call.world, row["assignment_id"])
    return Answer(body={name: value for name, value in answer.items() if value is not None})


@job("collection_request")
def decide(world: World, invoice_id: str) -> None:
    """The agency takes the case, or sends it back with its reason."""
    row, invoice = _request(world.db, invoice_id), invoices_rows.get(world.db, invoice_id)
    if row is None or invoice is None or row["status"] != PENDING:
        return
    company, body = companies.get(world.db, row["company_id"]), json.loads(row["body"])
    country = company.country if company else ""
    refusal = rules.refusal_of(row["agency"], body, invoice, country, world.day())
    if refusal:
        _write(world, invoice_id, ERROR, refusal, None)
        return
    service = of_company(world.db, row["company_id"], row["agency"])
    assignment_id = rows.insert(
        world,
        company_id=row["company_id"],
        invoice_id=invoice_id,
        agency=row["agency"],
        service_type=service.kind if service else "",
        collection_type=body["collection_type"],
        invoice_number=invoice["number"],
        reference=invoice["reference"],
        debtor=rules.debtor_of(body, invoice),
        currency=invoice["currency"],
        invoice_date=invoice["date"],
        due_date=invoice["date_due"],
        **rules.sums_of(body, invoice),
    )
    _write(world, invoice_id, SENT, None, assignment_id)
    course.begin(world, assignment_id, body["collection_type"])


def _take(call: Call, agency: str, version: int) -> Answer:
    invoice = _sent(call)
    if not _is_active(call, agency):
        raise Refusal("service_off", [f"{agency} is not active for this company"])
    found = _request(call.world.db, invoice["id"])
    held = rows.of_invoice(call.world.db, invoice["id"])
    if held is not None or (found is not None and found["status"] != ERROR):
        raise Refusal("bad_input", ["the invoice has an assignment already"])
    if faults := rules.faults_of(call.body, invoice, version):
        raise Refusal("bad_input", faults)
    values = (
        invoice["id"],
        invoice["company_id"],
        agency,
        version,
        PENDING,
        json.dumps(call.body),
        stamp(call.world.now()),
    )
    with call.world.write() as db:
        db.execute(
            "insert or replace into collection_requests"
            " (invoice_id, company_id, agency, version, status, body, created_at) values (?, ?, ?, ?, ?, ?, ?)",
            values,
        )
        call.world.later("collection_request", "collection_request", invoice_id=invoice["id"])
    return Answer(202)


def _address(world: World, assignment_id: str) -> str:
    return f"{world.base_url}/receivables/v1/assignments/{assignment_id}"


def _sent(call: Call) -> sqlite3.Row:
    """:raises Refusal: not_found, also for a received invoice"""
    invoice = invoices.owned(call, call.params["id"])
    if invoice["direction"] != "SENT":
        raise Refusal("not_found")
    return invoice


def _is_active(call: Call, agency: str) -> bool:
    held = of_company(call.world.db, companies.of(call).id, agency)
    return held is not None and held.status == ACTIVE


def _request(db: sqlite3.Connection, invoice_id: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        "select * from collection_requests where invoice_id = ?", (invoice_id,)
    ).fetchone()
    return row


def _write(world: World, invoice_id: str, status: str, reason: str | None, assignment_id: Any) -> None:
    with world.write() as db:
        db.execute(
            "update collection_requests set status = ?, error_reason = ?, assignment_id = ? where invoice_id = ?",
            (status, reason, assignment_id, invoice_id),
        )
