"""Detect runs: at the arrival of an invoice by the company's checks, and again by hand. One row a check and invoice."""

import json
import sqlite3
import uuid
from typing import Any

from portal.sandbox.api import companies, invoices_rows, settings
from portal.sandbox.clock import stamp
from portal.sandbox.company import compact
from portal.sandbox.detect import findings, rules
from portal.sandbox.detect.rules import Case, Finding
from portal.sandbox.documents.convert import read
from portal.sandbox.documents.model import Document
from portal.sandbox.store import register_schema
from portal.sandbox.world import World, job

register_schema(
    """
    create table if not exists analyses (
        seq integer primary key, id text not null unique, invoice_id text not null, name text not null,
        status text not null, origin text not null, triggered_at text not null, unique (invoice_id, name)
    );
    create table if not exists analysis_results (
        seq integer primary key, analysis_id text not null, status text, reason text not null, data text not null,
        texts text not null, checked_at text not null
    );
    create index if not exists analysis_results_analysis on analysis_results (analysis_id, seq);
    create table if not exists analysis_orders (
        seq integer primary key, company_id text not null, name text not null, reason text not null,
        data text not null, left integer not null
    );
    create table if not exists sender_accounts (
        seq integer primary key, company_id text not null, sender_key text not null, account text not null,
        invoice_id text not null
    );
    create index if not exists sender_accounts_sender on sender_accounts (company_id, sender_key, seq);
    create table if not exists fraud_reports (
        seq integer primary key, id text not null unique, invoice_id text not null unique, company_id text not null,
        sender_key text not null, sender_bid text not null, sender_name text not null, sender_country text not null,
        account text not null, reporter_id text not null, contact_email text not null, reasons text not null,
        description text not null, reported_at text not null
    );
    create index if not exists fraud_reports_sender on fraud_reports (sender_key);
    """
)

ON_ARRIVAL, BY_HAND = "INVOICE_RECEIVED", "MANUAL"
_RUN_STATUS = {"FAILED": "RUN_FAILED", "NOT_APPLICABLE": "NOT_APPLICABLE"}


def checks_of(db: sqlite3.Connection, company_id: str) -> list[str]:
    """The checks that a company has switched on; empty: Detect is off."""
    company = companies.get(db, company_id)
    if company is None:
        return []
    checks: list[str] = settings.effective(db, company)["checks"]["on_invoice_receive"]
    return checks


def invoice_arrived(world: World, invoice_id: str, document: Document) -> None:
    """Run the company's checks before anybody sees the invoice, and remember the sender's account."""
    with world.write() as db:
        row = invoices_rows.get(db, invoice_id)
        if row is None:
            return
        case = _case(db, row, document)
        for name in dict.fromkeys(checks_of(db, row["company_id"])):
            analysis_id = pend(world, invoice_id, name, ON_ARRIVAL)
            _conclude(world, analysis_id, name, case)
        _remember_account(db, case)


def pend(world: World, invoice_id: str, name: str, origin: str) -> str:
    """A run that waits for its result; its id."""
    with world.write() as db:
        db.execute(
            "insert into analyses (id, invoice_id, name, status, origin, triggered_at)"
            " values (?, ?, ?, 'PENDING', ?, ?) on conflict (invoice_id, name) do update"
            " set status = 'PENDING', origin = excluded.origin, triggered_at = excluded.triggered_at",
            (str(uuid.uuid4()), invoice_id, name, origin, stamp(world.now())),
        )
        row = db.execute("select id from analyses where invoice_id = ? and name = ?", (invoice_id, name)).fetchone()
    return str(row["id"])


@job("run_analysis")
def run_again(world: World, analysis_id: str) -> None:
    row = world.db.execute("select * from analyses where id = ?", (analysis_id,)).fetchone()
    invoice = invoices_rows.get(world.db, row["invoice_id"]) if row else None
    if row is None or invoice is None or row["status"] != "PENDING":
        return
    with world.write() as db:
        _conclude(world, analysis_id, row["name"], case_of(db, invoice))


def case_of(db: sqlite3.Connection, row: sqlite3.Row) -> Case:
    """The invoice with the account that its sender named before it."""
    return _case(db, row, read(invoices_rows.content(db, row["xml_sha"])))


def _case(db: sqlite3.Connection, row: sqlite3.Row, document: Document) -> Case:
    case = Case(row, document, None, db)
    own = db.execute("select min(seq) from sender_accounts where invoice_id = ?", (row["id"],)).fetchone()[0]
    earlier = db.execute(
        "select account from sender_accounts where company_id = ? and sender_key = ? and (? is null or seq < ?)"
        " order by seq desc limit 1",
        (row["company_id"], case.sender_key, own, own),
    ).fetchone()
    return Case(row, document, earlier["account"] if earlier else None, db)


def _conclude(world: World, analysis_id: str, name: str, case: Case) -> None:
    found = _ordered(world, case, name) or rules.run(name, case)
    with world.write() as db:
        db.execute("delete from analysis_results where analysis_id = ?", (analysis_id,))
        for finding in found:
            status = rules.status_of(name, finding.reason)
            values = (
                analysis_id,
                status,
                f"{name}_{finding.reason}",
                json.dumps(finding.data, ensure_ascii=False),
                json.dumps(findings.sentences(name, finding.reason, finding.data), ensure_ascii=False),
                stamp(world.now()),
            )
            db.execute(
                "insert into analysis_results (analysis_id, status, reason, data, texts, checked_at)"
                " values (?, ?, ?, ?, ?, ?)",
                values,
            )
        first = rules.status_of(name, found[0].reason) or ""
        run_status = _RUN_STATUS.get(first, "RUN_SUCCESSFUL")
        db.execute("update analyses set status = ? where id = ?", (run_status, analysis_id))


def _ordered(world: World, case: Case, name: str) -> list[Finding]:
    with world.write() as db:
        row = db.execute(
            "select * from analysis_orders where company_id = ? and name = ? order by seq limit 1",
            (case.row["company_id"], name),
        ).fetchone()
        if row is None:
            return []
        db.execute("update analysis_orders set left = left - 1 where seq = ?", (row["seq"],))
        db.execute("delete from analysis_orders where left = 0")
    given: dict[str, Any] = json.loads(row["data"])
    seller = {"bid": case.bid, "name": case.document.seller.name, "country": case.country}
    return [Finding(row["reason"], seller | given)]


def _remember_account(db: sqlite3.Connection, case: Case) -> None:
    if account := compact(case.document.payment.account):
        db.execute(
            "insert into sender_accounts (company_id, sender_key, account, invoice_id) values (?, ?, ?, ?)",
            (case.row["company_id"], case.sender_key, account, case.row["id"]),
        )
