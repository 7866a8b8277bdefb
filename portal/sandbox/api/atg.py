"""
AvtaleGiro: agreements on direct debit, one for each bank account of a Norwegian company, and the payers' consents.

Rules: verified companies of Norway. An agreement, and every change of it, is PENDING until its signer has signed; that
takes a while and always ends well. An agreement that comes into force finds three payers who have agreed already.
"""

import re
import sqlite3
from typing import Any

from portal.sandbox.api import companies
from portal.sandbox.call import Answer, Call, Refusal, page_of, simulates, slice_of
from portal.sandbox.clock import stamp
from portal.sandbox.mailboxes import check_email
from portal.sandbox.store import register_schema
from portal.sandbox.world import World, job

register_schema(
    """
    create table if not exists atg (
        company_id text not null, account_number text not null, kid_length integer not null,
        reference_position text not null, payment_type_position text not null, by_print integer not null,
        by_email integer not null, signer_email text not null, status text not null, created_at text not null,
        primary key (company_id, account_number)
    );
    create table if not exists mandates (
        company_id text not null, kid text not null, account_number text not null, notification text not null,
        status text not null, reference_nr text not null, payment_type text not null, updated_at text not null,
        primary key (company_id, kid)
    );
    """
)
COUNTRY = "NO"
_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_POSITION = re.compile(r"(\d{1,2})-(\d{1,2})")


@simulates("getV1ServicesAtg")
def list_agreements(call: Call) -> Answer:
    rows = call.world.db.execute("select * from atg where company_id = ? order by created_at", (companies.of(call).id,))
    return Answer(body=[_described(row) for row in rows])


@simulates("getV1ServicesAtgAccountNumber")
def show_agreement(call: Call) -> Answer:
    return Answer(body=_described(_own(call)))


@simulates("postV1ServicesAtg")
def agree(call: Call) -> Answer:
    company, fields = companies.of(call), call.body
    if not company.verified:
        raise Refusal("no_token")
    account = fields["account_number"]
    faults = _faults(company.country, fields)
    if not is_account(account):
        faults.append("account_number: is no Norwegian account number")
    elif _row(call.world.db, company.id, account):
        faults.append("account_number: has an agreement already")
    if faults:
        raise Refusal("bad_input", faults)
    with call.world.write() as db:
        db.execute(
            "insert into atg values (?, ?, ?, ?, ?, ?, ?, ?, 'PENDING', ?)",
            (company.id, account, *_values(fields), stamp(call.world.now())),
        )
        call.world.later("service_active", "sign_atg", company_id=company.id, account_number=account)
    row = _row(call.world.db, company.id, account)
    return Answer(201, _described(row) if row else {})


@simulates("patchV1ServicesAtgAccountNumber")
def change(call: Call) -> Answer:
    """The agreement is signed anew."""
    row, company = _own(call), companies.of(call)
    if faults := _faults(company.country, call.body):
        raise Refusal("bad_input", faults)
    with call.world.write() as db:
        db.execute(
            "update atg set kid_length = ?, reference_position = ?, payment_type_position = ?, by_print = ?,"
            " by_email = ?, signer_email = ?, status = 'PENDING' where company_id = ? and account_number = ?",
            (*_values(call.body), company.id, row["account_number"]),
        )
        call.world.later("service_active", "sign_atg", company_id=company.id, account_number=row["account_number"])
    return Answer(204)


@simulates("getV1ServicesAtgMandates")
def list_mandates(call: Call) -> Answer:
    """Filtered by a part of KID, reference or account, by state, and by what changed since an instant."""
    query, status = call.params.get("query", ""), call.params.get("status")
    rows = [
        row
        for row in call.world.db.execute(
            "select * from mandates where company_id = ? order by kid", (companies.of(call).id,)
        )
        if any(query in row[name] for name in ("kid", "reference_nr", "account_number"))
        and status in (None, row["status"])
        and row["updated_at"] >= call.params.get("timestamp", "")
    ]
    limit, first = slice_of(call)
    shown = rows[first : first + limit]
    return page_of(call, len(rows), [{name: row[name] for name in row.keys() if name != "company_id"} for row in shown])  # noqa: SIM118


@job("sign_atg")
def come_into_force(world: World, company_id: str, account_number: str) -> None:
    row = _row(world.db, company_id, account_number)
    if row is None:
        return
    with world.write() as db:
        db.execute(
            "update atg set status = 'ACTIVE' where company_id = ? and account_number = ?", (company_id, account_number)
        )
        for payer in range(1, 4):
            kid = str(payer).zfill(int(row["kid_length"]))
            notice = "EMAIL" if row["by_email"] else "PRINT" if row["by_print"] else "NONE"
            values = (company_id, kid, account_number, notice, "ACTIVE", f"P{payer:04}", "FIXED", stamp(world.now()))
            db.execute("insert or ignore into mandates values (?, ?, ?, ?, ?, ?, ?, ?)", values)


def is_account(number: str) -> bool:
    """Eleven digits, the last of which checks the others (mod 11)."""
    if not re.fullmatch(r"\d{11}", number):
        return False
    return -sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False)) % 11 == int(number[-1])


def _faults(country: str, fields: dict[str, Any]) -> list[str]:
    check_email("signer_email", fields["signer_email"])
    faults = [] if country == COUNTRY else [f"AvtaleGiro is not for {country}"]
    length = fields["kid_length"]
    if not 2 <= length <= 25:
        faults.append("kid_length: must be 2 to 25")
    for name in ("reference_position", "payment_type_position"):
        text = fields.get(name) or ""
        place = _POSITION.fullmatch(text)
        if text and not (place and 1 <= int(place[1]) <= int(place[2]) <= length):
            faults.append(f"{name}: must be a part of the KID, such as 1-{length}")
    return faults


def _values(fields: dict[str, Any]) -> tuple[Any, ...]:
    return (
        fields["kid_length"],
        fields["reference_position"],
        fields.get("payment_type_position") or "",
        int(fields.get("notification_by_print", False)),
        int(fields.get("notification_by_email", False)),
        fields["signer_email"],
    )


def _own(call: Call) -> sqlite3.Row:
    row = _row(call.world.db, companies.of(call).id, call.params["account_number"])
    if row is None:
        raise Refusal("not_found")
    return row


def _row(db: sqlite3.Connection, company_id: str, account_number: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        "select * from atg where company_id = ? and account_number = ?", (company_id, account_number)
    ).fetchone()
    return row


def _described(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "account_number": row["account_number"],
        "kid_length": str(row["kid_length"]),
        "reference_position": row["reference_position"],
        "payment_type_position": row["payment_type_position"],
        "notification_by_print": bool(row["by_print"]),
        "notification_by_email": bool(row["by_email"]),
        "status": row["status"],
        "created_at": row["created_at"],
    }
