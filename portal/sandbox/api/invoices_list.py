"""GET /v1/invoices: filters, order and paging; indexes carry the filters, so that a page of a million is quick."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from portal.sandbox.api import companies, invoices_answers
from portal.sandbox.call import Answer, Call, Refusal, page_of, simulates, slice_of
from portal.sandbox.clock import stamp

MAX_IDS = 100
SORTS = {"received_at": ("received_at", "asc"), "-received_at": ("received_at", "desc")}
TIMES = {
    "received_at_start": "received_at >= ?",
    "received_at_end": "received_at <= ?",
    "created_at_start": "created_at >= ?",
    "created_at_end": "created_at <= ?",
}


@dataclass(slots=True)
class Query:
    """Conditions and their values, joined by `and`."""

    conditions: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, condition: str, *values: Any) -> None:
        self.conditions.append(condition)
        self.values.extend(values)

    def add_words(self, column: str, words: Sequence[str]) -> None:
        self.add(f"{column} in ({', '.join('?' * len(words))})", *words)

    @property
    def where(self) -> str:
        return " and ".join(self.conditions)


@simulates("getV1Invoices")
def list_invoices(call: Call) -> Answer:
    """One page of a direction; oldest first, so that pages stay where they are while invoices are added."""
    company = companies.require_verified(call)
    query = _filtered(call, company.id)
    db = call.world.db
    total = db.execute(f"select count(*) from invoices where {query.where}", query.values).fetchone()[0]  # noqa: S608
    shown = invoices_answers.entities(db, _rows(db, call, query))
    return page_of(call, total, [_cut(entity, call.params.get("fields")) for entity in shown])


def _filtered(call: Call, company_id: str) -> Query:
    params, query = call.params, Query()
    query.add(f"{_unindexed(params, 'ids')}company_id = ?", company_id)
    query.add(f"{_unindexed(params, 'ids', 'number', 'reference')}direction = ?", params.get("direction", "RECEIVED"))
    if statuses := params.get("status"):
        query.add_words("status", sorted({"PENDING" if word == "PROCESSING" else word for word in statuses}))
    if ids := params.get("ids"):
        if len(ids) > MAX_IDS:
            raise Refusal("too_many_ids", [f"ids: at most {MAX_IDS} are allowed"])
        query.add_words("id", [invoice_id.lower() for invoice_id in ids])
    for name in ("number", "reference"):
        if name in params:
            query.add(f"{name} = ?", params[name])
    for name, condition in TIMES.items():
        if name in params:
            query.add(condition, moment(name, params[name]))
    return query


def _unindexed(params: dict[str, Any], *selective: str) -> str:
    """A plus sign keeps SQLite from walking the list by time where a filter beside it finds the few rows at once."""
    return "+" if any(params.get(name) for name in selective) else ""


def moment(name: str, text: str) -> str:
    """
    A time of the query as it is stored: UTC, whole seconds. Without an offset it is UTC; a blank is a plus undone.

    :raises Refusal: word_unknown
    """
    try:
        parsed = datetime.fromisoformat(_with_plus(text))
    except ValueError as exc:
        raise Refusal("word_unknown", [f"{name}: not a time in ISO 8601"]) from exc
    return stamp(parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC))


def _with_plus(text: str) -> str:
    head, blank, tail = text.rpartition(" ")
    return f"{head}+{tail}" if blank and "T" in head else text


def _rows(db: sqlite3.Connection, call: Call, query: Query) -> list[sqlite3.Row]:
    values = [*query.values, *slice_of(call)]
    ids = f"select seq from invoices where {query.where} order by {_order(call)} limit ? offset ?"  # noqa: S608
    text = f"select * from invoices where seq in ({ids}) order by {_order(call)}"  # noqa: S608
    return db.execute(text, values).fetchall()


def _order(call: Call) -> str:
    parts = []
    for word in call.params.get("sort", []):
        if word not in SORTS:
            raise Refusal("bad_input", [f"sort: must be one of {', '.join(SORTS)}"])
        parts.append(" ".join(SORTS[word]))
    last = "desc" if parts and parts[-1].endswith("desc") else "asc"
    return ", ".join([*(parts or ["created_at asc"]), f"seq {last}"])


def _cut(entity: dict[str, Any], fields: list[str] | None) -> dict[str, Any]:
    return {name: value for name, value in entity.items() if name in fields} if fields else entity
