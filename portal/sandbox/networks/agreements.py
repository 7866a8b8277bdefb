"""
What AutoInvoice opens only after somebody agreed on it, and how long a bank takes.

NEMHANDEL and INEXCHANGE are agreed separately, AISPROOM is AutoInvoice's own, and a second address of a company in one
network is given on request. None of it can be asked for by the API: the control API stands for the agreement.
"""

import sqlite3

from portal import contract
from portal.sandbox.clock import DAY, Clock
from portal.sandbox.store import register_schema

ADDRESSES = "ADDRESSES"  # further addresses in a network the company is in already, such as GLNs
_BY_AGREEMENT = ("agreed separately", "internal only")

register_schema(
    """
    create table if not exists agreements (
        company_id text not null, what text not null, primary key (company_id, what)
    );
    """
)


def subjects() -> list[str]:
    """What can be agreed on: the networks, and further addresses."""
    items = contract.networks()["networks"]
    return [*(item["network"] for item in items if item.get("usage") in _BY_AGREEMENT), ADDRESSES]


def refusal(db: sqlite3.Connection, company_id: str, network: str) -> str | None:
    """Why a network stays closed for a company; None if it may be opened."""
    if network not in subjects() or holds(db, company_id, network):
        return None
    return f"{network} is opened after an agreement with AutoInvoice only"


def holds(db: sqlite3.Connection, company_id: str, what: str) -> bool:
    found = db.execute("select 1 from agreements where company_id = ? and what = ?", (company_id, what)).fetchone()
    return found is not None


def agree(db: sqlite3.Connection, company_id: str, what: str, *, ended: bool = False) -> None:
    """Note an agreement, or its end."""
    db.execute("delete from agreements where company_id = ? and what = ?", (company_id, what))
    if not ended:
        db.execute("insert into agreements values (?, ?)", (company_id, what))


def opening(clock: Clock, network: str, company_id: str) -> str | float:
    """How long a registration stays pending: a key of DELAYS, or seconds. A bank takes one to three days."""
    if network != "BANK":
        return "profile_active"
    return "bank_open" if clock.pace == "fast" else (1 + sum(company_id.encode()) % 3) * DAY
