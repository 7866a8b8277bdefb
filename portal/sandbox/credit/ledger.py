"""
OP Laskulaina as the bank keeps it: the account of one company, what its invoices stand for, interest by day.

What a company may draw is the smaller of its limit and its collateral: sent invoices in euros that are delivered, not
yet due and not yet paid. A payment pays interest first, then the loan; what the company keeps for itself is paid out.
"""

import sqlite3
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal.sandbox.clock import ZONE, stamp
from portal.sandbox.store import register_schema
from portal.sandbox.world import World, job

register_schema(
    """
    create table if not exists op_credit (
        company_id text primary key, token text not null unique, status text not null, decision text not null,
        contact_email text not null, iban text not null, bic text not null, bank text not null,
        channel_user_id text not null, payment_percent integer not null, interest_rate integer not null,
        b2c_enabled integer not null, credit_limit text not null
    );
    create table if not exists op_entries (
        seq integer primary key, company_id text not null, day text not null, kind text not null, amount text not null,
        text text not null, reference text not null, at text not null
    );
    create index if not exists op_entries_day on op_entries (company_id, day, seq);
    create table if not exists op_accruals (
        company_id text not null, day text not null, amount text not null, primary key (company_id, day)
    );
    create table if not exists op_paid (
        company_id text not null, invoice_id text not null, directly integer not null,
        primary key (company_id, invoice_id)
    );
    """
)

CENT, MICRO = Decimal("0.01"), Decimal("0.000001")
OFFER: dict[str, Any] = {"b2c_enabled": True, "payment_percent": 100, "interest_rate": 6, "credit_limit": 25000.0}
_NEXT_DAY = timedelta(days=1)
# kind of an entry: +1 lessens what the company owes
_REPAID, _DRAWN, _INTEREST_PAID = "repayment", "withdrawal", "interest_payment"
INCOMING, PAYOUT = "payment", "payout"
ON_STATEMENT = (_DRAWN, INCOMING, PAYOUT, "interest")


def account(db: sqlite3.Connection, company_id: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute("select * from op_credit where company_id = ?", (company_id,)).fetchone()
    return row


def begin(world: World, company_id: str) -> None:
    """The account is open from now on: interest is counted at the end of each day."""
    world.later(_until_midnight(world.now()), "op_credit_day", company_id=company_id)


@job("op_credit_day")
def end_of_day(world: World, company_id: str) -> None:
    """Interest for the day that has just ended; on the first of a month the last one's is booked."""
    held = account(world.db, company_id)
    if held is None or held["status"] != "ACTIVE":
        return
    today = world.day()
    ended = today - _NEXT_DAY
    with world.write() as db:
        interest = (owed(db, company_id) * held["interest_rate"] / Decimal(36500)).quantize(MICRO)
        if interest:
            db.execute(
                "insert or replace into op_accruals values (?, ?, ?)", (company_id, ended.isoformat(), str(interest))
            )
        if today.day == 1 and (month := _accrued(db, company_id, f"{ended:%Y-%m}").quantize(CENT, ROUND_HALF_UP)):
            enter(world, company_id, "interest", month, f"Interest {ended:%Y-%m}")
        begin(world, company_id)


def enter(world: World, company_id: str, kind: str, amount: Decimal, text: str, reference: str = "") -> None:
    with world.write() as db:
        db.execute(
            "insert into op_entries (company_id, day, kind, amount, text, reference, at) values (?, ?, ?, ?, ?, ?, ?)",
            (company_id, world.day().isoformat(), kind, str(amount), text, reference, stamp(world.now())),
        )


def withdraw(world: World, company_id: str, amount: Decimal) -> None:
    enter(world, company_id, _DRAWN, amount, "Withdrawal")


def pay(world: World, held: sqlite3.Row, invoice: sqlite3.Row) -> None:
    """The buyer pays into the bank's account: a part pays the loan back, the rest goes to the company."""
    company_id, amount = held["company_id"], Decimal(invoice["gross"]).quantize(CENT)
    with world.write() as db:
        part = (amount * held["payment_percent"] / 100).quantize(CENT, ROUND_HALF_UP)
        interest = min(part, interest_balance(db, company_id).quantize(CENT, ROUND_HALF_UP))
        capital = min(part - interest, owed(db, company_id))
        enter(world, company_id, INCOMING, amount, f"Invoice {invoice['number']}", invoice["reference"])
        if interest:
            enter(world, company_id, _INTEREST_PAID, interest, "Interest paid")
        if capital:
            enter(world, company_id, _REPAID, capital, "Loan paid back")
        if rest := amount - interest - capital:
            enter(world, company_id, PAYOUT, rest, f"Paid out to {held['iban']}", invoice["reference"])
        mark_paid(db, company_id, invoice["id"], directly=False)


def mark_paid(db: sqlite3.Connection, company_id: str, invoice_id: str, *, directly: bool) -> bool:
    """Whether it was not paid before. A paid invoice is no collateral any more."""
    values = (company_id, invoice_id, int(directly))
    return db.execute("insert or ignore into op_paid values (?, ?, ?)", values).rowcount == 1


def owed(db: sqlite3.Connection, company_id: str) -> Decimal:
    """The loan without interest."""
    return _total(db, company_id, _DRAWN) - _total(db, company_id, _REPAID)


def interest_balance(db: sqlite3.Connection, company_id: str) -> Decimal:
    return _accrued(db, company_id, "") - _total(db, company_id, _INTEREST_PAID)


def collateral(db: sqlite3.Connection, company_id: str, today: date) -> Decimal:
    rows = db.execute(
        "select gross from invoices where company_id = ? and direction = 'SENT' and status = 'DELIVERED'"
        " and currency = 'EUR' and kind = 'INVOICE' and date_due >= ?"
        " and id not in (select invoice_id from op_paid where company_id = ?)",
        (company_id, today.isoformat(), company_id),
    )
    return sum((Decimal(row["gross"]) for row in rows), Decimal(0))


def available(db: sqlite3.Connection, held: sqlite3.Row, today: date) -> Decimal:
    most = min(Decimal(held["credit_limit"]), collateral(db, held["company_id"], today))
    return max(most - owed(db, held["company_id"]), Decimal(0)).quantize(CENT)


def month_interest(db: sqlite3.Connection, company_id: str, today: date) -> Decimal:
    return _accrued(db, company_id, f"{today:%Y-%m}")


def entries(db: sqlite3.Connection, company_id: str, day: str) -> tuple[Decimal, list[sqlite3.Row]]:
    """The balance before that day, and the day's entries of the account statement."""
    marks = ", ".join("?" * len(ON_STATEMENT))
    query = f"select * from op_entries where company_id = ? and day <= ? and kind in ({marks}) order by seq"  # noqa: S608
    rows = db.execute(query, (company_id, day, *ON_STATEMENT)).fetchall()
    return sum((signed(row) for row in rows if row["day"] < day), Decimal(0)), [
        row for row in rows if row["day"] == day
    ]


def signed(row: sqlite3.Row) -> Decimal:
    """An entry as the account sees it: what comes in is positive."""
    amount = Decimal(row["amount"])
    return amount if row["kind"] == INCOMING else -amount


def _total(db: sqlite3.Connection, company_id: str, kind: str) -> Decimal:
    rows = db.execute("select amount from op_entries where company_id = ? and kind = ?", (company_id, kind))
    return sum((Decimal(row["amount"]) for row in rows), Decimal(0))


def _accrued(db: sqlite3.Connection, company_id: str, month: str) -> Decimal:
    rows = db.execute("select amount from op_accruals where company_id = ? and day like ?", (company_id, f"{month}%"))
    return sum((Decimal(row["amount"]) for row in rows), Decimal(0))


def _until_midnight(now: datetime) -> float:
    tomorrow = datetime.combine(now.astimezone(ZONE).date() + _NEXT_DAY, datetime.min.time(), ZONE)
    return tomorrow.timestamp() - now.timestamp()  # a day may have an hour more or less
