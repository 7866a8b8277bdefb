"""Answers to invoices in Denmark: one word after the other, never back, and nothing after a final one."""

import sqlite3

from portal.sandbox.api import companies
from portal.sandbox.api.invoices import owned
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.clock import stamp
from portal.sandbox.store import register_schema

register_schema(
    """
    create table if not exists nemhandel_responses (
        seq integer primary key, invoice_id text not null, response text not null, reason text not null,
        created_at text not null
    );
    create index if not exists nemhandel_responses_invoice on nemhandel_responses (invoice_id, seq);
    """
)

COUNTRY = "DK"
# Words of one rank exclude each other, but for a query that is settled under conditions.
RANKS = {
    "MessageAcknowledgement": 0,
    "InProcess": 1,
    "UnderQuery": 2,
    "ConditionallyAccepted": 3,
    "Rejected": 4,
    "Accepted": 4,
    "PartiallyPaid": 5,
    "FullyPaid": 6,
}
FINAL = ("Rejected", "FullyPaid")


@simulates("postV1InvoicesIdResponsesNemhandel")
def respond(call: Call) -> Answer:
    """A received invoice of a Danish company; steps may be left out."""
    if "response" not in call.body:
        raise Refusal("bad_input", ["response: is required"])
    word = call.body["response"]
    with call.world.write() as db:
        invoice = owned(call, call.params["id"])
        if invoice["direction"] != "RECEIVED" or companies.of(call).country != COUNTRY:
            raise Refusal("bad_input", ["the invoice was not received over Nemhandel"])
        if refusal := _refusal(last_of(db, invoice["id"]), word):
            raise Refusal("bad_input", [refusal])
        db.execute(
            "insert into nemhandel_responses (invoice_id, response, reason, created_at) values (?, ?, ?, ?)",
            (invoice["id"], word, call.body.get("reason", ""), stamp(call.world.now())),
        )
    return Answer(body={"is_requested": True})


def last_of(db: sqlite3.Connection, invoice_id: str) -> str:
    """The word that was sent last, empty if none was."""
    row = db.execute(
        "select response from nemhandel_responses where invoice_id = ? order by seq desc limit 1", (invoice_id,)
    ).fetchone()
    return "" if row is None else str(row["response"])


def _refusal(last: str, word: str) -> str:
    if last in FINAL:
        return f"response: {last} is final"
    if last and RANKS[word] <= RANKS[last]:
        return f"response: {word} can't follow {last}"
    return ""
