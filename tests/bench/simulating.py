"""
The simulator with a million invoices against ten thousand: what its lists and feeds take over HTTP.

    python -m tests.bench.simulating [ROWS]
"""

import sqlite3
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from tests import sandbox
from tests.bench.figures import Figure, median_of, report
from tests.portal.sandbox.clients import Ax

FEW, MANY, COMPANIES, TURNS = 10_000, 1_000_000, 1_000, 25
WAITING = 500  # received invoices that nobody has marked yet
_COPIED = ("companies", "vendor_links", "memberships")  # rows of a company that others are made like


def filled(state: Path, first: str, rows: int) -> None:
    """Write invoices, half of them received, for as many companies as a hundredth; all like those that are there."""
    with closing(sqlite3.connect(state)) as db:
        db.row_factory = sqlite3.Row
        ids = [str(uuid.UUID(int=number + 1)) for number in range(COMPANIES)]
        for table in _COPIED:
            own = "id" if table == "companies" else "company_id"
            row = dict(db.execute(f"select * from {table} where {own} = ?", (first,)).fetchone())
            _insert(db, table, ({**row, own: one, **_other_bid(row, number)} for number, one in enumerate(ids)))
        row = dict(db.execute("select * from invoices").fetchone())
        last = db.execute("select max(seq) from invoices").fetchone()[0]
        _insert(db, "invoices", _invoices(row, last + 1, rows, ids))
        failed = (
            {
                "invoice_id": str(uuid.UUID(int=(2 << 64) + number)),
                "company_id": first,
                "happened_at": row["created_at"],
            }
            for number in range(WAITING)
        )
        _insert(db, "invoice_failures", failed)
        db.commit()
        db.execute("analyze")


def _other_bid(row: dict[str, Any], number: int) -> dict[str, Any]:
    """Return what must be another in a copied company."""
    return {name: f"{9_000_000 + number}-X" for name in ("bid", "bid_key") if name in row}


def _invoices(row: dict[str, Any], seq: int, rows: int, companies: list[str]) -> Iterator[dict[str, Any]]:
    for number in range(rows):
        received = number % 2 == 0
        yield {
            **row,
            "seq": seq + number,
            "id": str(uuid.UUID(int=(2 << 64) + number)),
            "company_id": companies[number // 2 % COMPANIES],
            "direction": "RECEIVED" if received else "SENT",
            "number": f"N{number}",
            "event_state": ("CREATED" if number < 2 * WAITING else "HANDLED") if received else None,
        }


def _insert(db: sqlite3.Connection, table: str, rows: Iterator[dict[str, Any]]) -> None:
    first = next(rows)
    statement = f"insert or ignore into {table} ({', '.join(first)}) values ({', '.join('?' * len(first))})"
    db.execute(statement, list(first.values()))
    db.executemany(statement, (list(row.values()) for row in rows))


def measured(folder: Path, rows: int) -> dict[str, float]:
    """Return the seconds of each call with so many invoices."""
    state = folder / f"state-{rows}.sqlite3"
    with sandbox.start(folder, state=state, check_answers=False) as simulator:
        registered = Ax(simulator).verified()
        registered.on_network("VISMA")
        company = registered.company
        simulator.receive(company)
        simulator.settle()
    filled(state, company, rows)
    with sandbox.start(folder, state=state, check_answers=False) as simulator:
        partner = Ax(simulator, scope="partner:invoice_delivery_actions")
        one = Ax(simulator, str(uuid.UUID(int=1)), scope="invoice:receive invoice:send")
        sent = {"direction": "SENT", "per_page": "100"}
        calls = {
            "first page of a company's list": (one, "/v1/invoices", sent | {"per_page": "5"}),
            "last page of it": (one, "/v1/invoices", sent | {"per_page": "5", "page": str(rows // COMPANIES // 10)}),
            "one invoice by its number": (one, "/v1/invoices", sent | {"number": "N1"}),
            "feed of received invoices": (partner, "/v1/partner/invoice_events/received", {"per_page": "100"}),
        }
        return {name: _seconds(*call) for name, call in calls.items()}


def _seconds(ax: Ax, path: str, params: dict[str, str]) -> float:
    assert ax.get(path, params=params), path
    return median_of(lambda: ax.get(path, params=params), TURNS)


def main(rows: int = MANY) -> None:
    with tempfile.TemporaryDirectory() as folder:
        few, many = measured(Path(folder), FEW), measured(Path(folder), rows)
    report(
        *(
            Figure(
                f"simulator, {name}",
                f"{many[name] * 1000:.1f} ms with {rows:,} invoices",
                f"{few[name] * 1000:.1f} ms with {FEW:,}",
                many[name] / few[name],
            )
            for name in few
        )
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
