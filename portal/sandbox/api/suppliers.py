"""
Suppliers of a company: asking who sends it paper, and having them written to.

Rules: everybody known outside sends everybody paper; the control API adds others. An answer is pending for a while,
then asking once more completes it. Mail to bounce@… or to .invalid fails; a company without
address cannot write.
"""

import hashlib
import sqlite3
from datetime import timedelta
from typing import Any

from portal.sandbox.api import companies
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.clock import stamp
from portal.sandbox.company import Company
from portal.sandbox.delivery import outside as delivery_outside
from portal.sandbox.store import register_schema

register_schema(
    """
    create table if not exists supplier_queries (
        id text primary key, company_id text not null, asked_at real not null
    );
    create table if not exists paper_suppliers (
        company_id text not null, bid text not null, country text not null, name text not null, email text not null,
        invoices integer not null, primary key (company_id, bid)
    );
    create table if not exists supplier_mails (
        company_id text not null, email text not null, name text not null, language text not null, sent_at text not null
    );
    """
)
LANGUAGES = ("en", "se", "fi", "nl")
MOST = timedelta(days=31)


@simulates("postV1CompanySuppliersQuery")
def query(call: Call) -> Answer:
    """The same question, asked again, goes on with the search of the first."""
    company = companies.of(call)
    if not company.verified:
        raise Refusal("no_token")
    oldest = call.body.get("oldest_invoice_time") or stamp(call.world.now() - MOST)
    if call.world.now() - companies.parse_time(oldest.replace("Z", "+00:00")) > MOST + timedelta(days=1):
        raise Refusal("bad_input", ["oldest_invoice_time: a month ago at most"])
    query_id = hashlib.sha256(f"{company.id} {oldest}".encode()).hexdigest()[:24]
    with call.world.write() as db:
        db.execute(
            "insert or ignore into supplier_queries values (?, ?, ?)", (query_id, company.id, call.world.clock.time())
        )
    row = call.world.db.execute("select asked_at from supplier_queries where id = ?", (query_id,)).fetchone()
    if row["asked_at"] + call.world.clock.delay("supplier_query") > call.world.clock.time():
        return Answer(201, {"query_id": query_id, "status": "pending", "suppliers": []})
    found = _suppliers(call.world.db, company)
    return Answer(201, {"query_id": query_id, "status": "completed", "suppliers": found})


@simulates("postV1CompanySuppliersNotifications")
def notify(call: Call) -> Answer:
    company = companies.of(call)
    if not company.verified:
        raise Refusal("no_token")
    if not all((text or "").strip() for text in (company.email, company.address1, company.city)):
        raise Refusal("company_data_missing")
    suppliers: list[dict[str, str]] = call.body["suppliers"]
    if unknown := sorted({item["language"] for item in suppliers} - set(LANGUAGES)):
        raise Refusal("bad_input", [f"language: {word} is not known" for word in unknown])
    if not suppliers:
        raise Refusal("bad_input", ["suppliers: nobody is named"])
    failures = [failure for item in suppliers if (failure := _failure(item["email_address"]))]
    failed = {failure["email"] for failure in failures}
    with call.world.write() as db:
        db.executemany(
            "insert into supplier_mails values (?, ?, ?, ?, ?)",
            [
                (company.id, item["email_address"], item["name"], item["language"], stamp(call.world.now()))
                for item in suppliers
                if item["email_address"] not in failed
            ],
        )
    return Answer(201, {"failures": failures})


def _failure(email: str) -> dict[str, str] | None:
    if "@" in email and not email.startswith("bounce@") and not email.endswith(".invalid"):
        return None
    return {"email": email, "reason": "address is not valid"}


def _suppliers(db: sqlite3.Connection, company: Company) -> list[dict[str, Any]]:
    outside = [
        {
            "company_bid": item.endpoint.removeprefix("0037"),
            "company_country": item.country,
            "company_name": item.name,
            # Not every supplier's address is known.
            "email_address": f"billing@{item.endpoint}.example.test" if number % 3 != 2 else "",
            "invoice_count": number % 7 + 1,
        }
        for number, item in enumerate(delivery_outside.PARTICIPANTS)
    ]
    added = db.execute("select * from paper_suppliers where company_id = ? order by name", (company.id,))
    return outside + [
        {
            "company_bid": row["bid"],
            "company_country": row["country"],
            "company_name": row["name"],
            "email_address": row["email"],
            "invoice_count": row["invoices"],
        }
        for row in added
    ]
