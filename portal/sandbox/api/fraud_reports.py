"""Reports of fraud on received invoices: one an invoice, seen and withdrawn by the company that made it."""

import json
import sqlite3
import uuid
from typing import Any

from portal.sandbox.api import companies
from portal.sandbox.api.invoices import owned
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.clock import stamp
from portal.sandbox.company import compact
from portal.sandbox.detect import report_texts, running
from portal.sandbox.detect.rules import Case
from portal.sandbox.detect.texts import LANGUAGES
from portal.sandbox.mailboxes import check_email


@simulates("getV1InvoicesIdReports")
def list_reports(call: Call) -> Answer:
    row = _report(call)
    if row is None:
        raise Refusal("none")
    return Answer(body=[_described(row)])


@simulates("postV1InvoicesIdReports")
def report(call: Call) -> Answer:
    """Neither disputes the invoice nor tells anybody outside; other receivers of this sender are warned by Detect."""
    company, body = companies.of(call), call.body
    with call.world.write() as db:
        invoice = owned(call, call.params["id"])
        if invoice["direction"] != "RECEIVED":
            raise Refusal("not_received")
        if not body["reason"] or not body["contact_email"]:
            raise Refusal("bad_input", ["reason, contact_email: at least one reason and an address are required"])
        check_email("contact_email", body["contact_email"])
        if _report(call) is not None:
            raise Refusal("already_reported")
        _insert(db, _values(call, company.id, running.case_of(db, invoice)))
    return Answer(204)


@simulates("deleteV1InvoicesIdReportsReportId")
def withdraw(call: Call) -> Answer:
    row = _report(call)
    if row is None or row["id"] != call.params["report_id"].lower():
        raise Refusal("not_found")
    with call.world.write() as db:
        db.execute("delete from fraud_reports where id = ?", (row["id"],))
    return Answer(204)


def _report(call: Call) -> sqlite3.Row | None:
    invoice = owned(call, call.params["id"])
    row: sqlite3.Row | None = call.world.db.execute(
        "select * from fraud_reports where invoice_id = ?", (invoice["id"],)
    ).fetchone()
    return row


def _values(call: Call, company_id: str, case: Case) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "invoice_id": case.row["id"],
        "company_id": company_id,
        "sender_key": case.sender_key,
        "sender_bid": case.bid,
        "sender_name": case.document.seller.name,
        "sender_country": case.country,
        "account": compact(case.document.payment.account),
        "reporter_id": call.user_id or "",
        "contact_email": call.body["contact_email"],
        "reasons": json.dumps(list(dict.fromkeys(call.body["reason"]))),
        "description": call.body.get("description", ""),
        "reported_at": stamp(call.world.now()),
    }


def _insert(db: sqlite3.Connection, values: dict[str, Any]) -> None:
    columns, marks = ", ".join(values), ", ".join("?" * len(values))
    db.execute(f"insert into fraud_reports ({columns}) values ({marks})", list(values.values()))  # noqa: S608


def _described(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "company_bid": row["sender_bid"],
        "company_name": row["sender_name"],
        "company_country_code": row["sender_country"],
        "company_bank_account": row["account"],
        "reporter_user_id": row["reporter_id"],
        "reporter_contact_email": row["contact_email"],
        "invoice_id": row["invoice_id"],
        "reasons": [_reason(name) for name in json.loads(row["reasons"])],
        "additional_explanation": row["description"],
        "report_date": row["reported_at"],
    }


def _reason(name: str) -> dict[str, Any]:
    texts = report_texts.REASONS[name]
    translated = [{"lang": language, "value": text} for language, text in zip(LANGUAGES, texts, strict=True)]
    return {
        "name": name,
        "friendly_name": texts[0],
        "friendly_names": translated,
        "text": texts[0],
        "texts": translated,
    }
