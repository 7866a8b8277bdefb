"""
OP Laskulaina: credit for sent invoices. Verified companies of Finland.

PUT gives a page where somebody of the company signs; the next GET after that finalises the activation. The rules of
the account are in `credit.ledger`.
"""

import secrets
import sqlite3
import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from stdnum import bic as bic_codes
from stdnum import iban as iban_numbers

from portal.sandbox.api import companies, invoices_rows
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.company import Company
from portal.sandbox.credit import ledger, statement
from portal.sandbox.mailboxes import check_email
from portal.sandbox.world import World

OP_BIC = "OKOYFIHH"
OPEN, SIGNED, DECLINED = "open", "signed", "declined"


@simulates("getV1ServicesOpInvoiceCreditOffer")
def offer(call: Call) -> Answer:
    _require_finnish(companies.of(call))
    return Answer(body=ledger.OFFER)


@simulates("putV1ServicesOpInvoiceCredit")
def activate(call: Call) -> Answer:
    """PENDING, with a new page to sign at; an active account takes the new contact and bank account."""
    company = companies.require_verified(call)
    _require_finnish(company)
    given = {name: str(call.body[name]).strip() for name in ("contact_email", "iban", "bic", "bank")}
    _check_account(given)
    held = ledger.account(call.world.db, company.id)
    with call.world.write() as db:
        if held and held["status"] == "ACTIVE":
            _update(db, company.id, **given)
        else:
            _open(db, company.id, given)
    return show(call)


@simulates("getV1ServicesOpInvoiceCredit")
def show(call: Call) -> Answer:
    company = companies.of(call)
    held = ledger.account(call.world.db, company.id)
    if held is None:
        raise Refusal("not_enabled")
    return Answer(body=_described(call.world, _finalised(call.world, held), company))


@simulates("getV1ServicesOpInvoiceCreditSettings")
def settings(call: Call) -> Answer:
    held = _active(call)
    current = {
        "b2c_enabled": bool(held["b2c_enabled"]),
        "payment_percent": held["payment_percent"],
        "interest_rate": held["interest_rate"],
        "credit_limit": float(held["credit_limit"]),
    }
    return Answer(body={"current": current, "offer": ledger.OFFER})


@simulates("postV1ServicesOpInvoiceCreditSettings")
def change_settings(call: Call) -> Answer:
    """Within the offer: its interest rate, a limit up to its own."""
    held, body = _active(call), call.body
    faults = []
    if not 0 <= body["payment_percent"] <= 100:
        faults.append("payment_percent: must be between 0 and 100")
    if body["interest_rate"] != ledger.OFFER["interest_rate"]:
        faults.append("interest_rate: is not the rate of the offer")
    if not 0 < body["credit_limit"] <= ledger.OFFER["credit_limit"]:
        faults.append("credit_limit: must be above 0 and not above the offer")
    if faults:
        raise Refusal("bad_input", faults)
    with call.world.write() as db:
        _update(
            db,
            held["company_id"],
            b2c_enabled=int(body["b2c_enabled"]),
            payment_percent=body["payment_percent"],
            interest_rate=body["interest_rate"],
            credit_limit=str(_decimal(body["credit_limit"])),
        )
    return Answer(201)


@simulates("getV1ServicesOpInvoiceCreditAvailableCredit")
def available_credit(call: Call) -> Answer:
    held, db, today = _active(call), call.world.db, call.world.day()
    company_id = held["company_id"]
    collateral = ledger.collateral(db, company_id, today)
    amounts = {
        "available_credit_amount": ledger.available(db, held, today),
        "current_month_interest": ledger.month_interest(db, company_id, today),
        "interest_balance": ledger.interest_balance(db, company_id),
        "max_credit_amount": min(Decimal(held["credit_limit"]), collateral),
        "total_collateral_amount": collateral,
        "total_withdrawn": ledger.owed(db, company_id),
    }
    rounded = {name: float(amount.quantize(ledger.CENT)) for name, amount in amounts.items()}
    return Answer(body=rounded | {"currency": "EUR"})


@simulates("postV1ServicesOpInvoiceCreditWithdrawal")
def withdraw(call: Call) -> Answer:
    held, amount = _active(call), _decimal(call.body["amount"])
    with call.world.write() as db:
        if amount != amount.quantize(ledger.CENT):
            raise Refusal("too_much", ["amount: has more than two decimals"])
        most = ledger.available(db, held, call.world.day())
        if not 0 < amount <= most:
            raise Refusal("too_much", [f"amount: must be above 0 and not above {most}"])
        ledger.withdraw(call.world, held["company_id"], amount)
    return Answer(201)


@simulates("postV1ServicesOpInvoiceCreditDirectPayment")
def direct_payment(call: Call) -> Answer:
    """The buyer paid to the company's own account: the invoice is no collateral any more."""
    held = _active(call)
    invoice = invoices_rows.get(call.world.db, str(call.body["invoice_id"]), held["company_id"])
    if invoice is None or invoice["direction"] != "SENT":
        raise Refusal("not_found", ["invoice_id: no such sent invoice"])
    with call.world.write() as db:
        if not ledger.mark_paid(db, held["company_id"], invoice["id"], directly=True):
            raise Refusal("bad_input", ["invoice_id: is paid already"])
    return Answer(201)


@simulates("getV1ServicesOpInvoiceCreditAccountStatement")
def account_statement(call: Call) -> Answer:
    company = companies.of(call)
    held, day = _active(call), call.params["day"]
    day = day.isoformat() if isinstance(day, date) else str(day)
    opening, entries = ledger.entries(call.world.db, company.id, day)
    if not entries:
        raise Refusal("no_rows")
    return Answer(
        body=statement.written(company.name, op_account(held), day, opening, entries), content_type="application/xml"
    )


def decide(world: World, token: str, decision: str) -> bool:
    """Sign or decline on the bank's page; False: it was settled before, or there is no such page."""
    with world.write() as db:
        status = "PENDING" if decision == SIGNED else "DISABLED"
        changed = db.execute(
            "update op_credit set decision = ?, status = ? where token = ? and decision = ?",
            (decision, status, token, OPEN),
        )
    return changed.rowcount == 1


def op_account(held: sqlite3.Row) -> str:
    """The company's account at OP, as an IBAN with right check digits."""
    digits = f"5000{sum(held['company_id'].encode()) % 10_000:04d}{int(held['company_id'][:4], 16):06d}"
    body = f"{digits:0<14}"
    return f"FI{98 - int(f'{body}151800') % 97:02d}{body}"


def _open(db: sqlite3.Connection, company_id: str, given: dict[str, str]) -> None:
    terms = ledger.OFFER
    values = {
        "company_id": company_id,
        "token": secrets.token_urlsafe(16),
        "status": "PENDING",
        "decision": OPEN,
        **given,
        "channel_user_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"op:{company_id}")),
        "payment_percent": terms["payment_percent"],
        "interest_rate": terms["interest_rate"],
        "b2c_enabled": int(terms["b2c_enabled"]),
        "credit_limit": str(_decimal(terms["credit_limit"])),
    }
    columns, marks = ", ".join(values), ", ".join("?" * len(values))
    db.execute(f"insert or replace into op_credit ({columns}) values ({marks})", list(values.values()))  # noqa: S608


def _finalised(world: World, held: sqlite3.Row) -> sqlite3.Row:
    """What reading does after the signing: the account becomes active."""
    if held["status"] != "PENDING" or held["decision"] != SIGNED:
        return held
    with world.write() as db:
        _update(db, held["company_id"], status="ACTIVE")
        ledger.begin(world, held["company_id"])
        return ledger.account(db, held["company_id"]) or held


def _described(world: World, held: sqlite3.Row, company: Company) -> dict[str, Any]:
    shown = {name: held[name] for name in ("status", "channel_user_id", "contact_email", "iban", "bic", "bank")}
    if held["status"] == "PENDING":
        shown["activation_url"] = f"{world.base_url}/op/{held['token']}"
    if held["status"] == "ACTIVE":
        text = f"This invoice of {company.name} has been transferred to OP. It is paid to this account only."
        shown["op_bank_details"] = {
            "iban": op_account(held),
            "bic": OP_BIC,
            "transfer_clause": {"language_code": "EN", "content": text},
        }
    return shown


def _active(call: Call) -> sqlite3.Row:
    held = ledger.account(call.world.db, companies.of(call).id)
    if held is None or held["status"] != "ACTIVE":
        raise Refusal("not_active" if "not_active" in call.operation.conditions else "not_found")
    return held


def _require_finnish(company: Company) -> None:
    if company.country != "FI":
        raise Refusal("bad_input", ["OP Laskulaina is for Finnish companies"])


def _check_account(given: dict[str, str]) -> None:
    check_email("contact_email", given["contact_email"])
    faults = [f"{name}: is empty" for name, text in given.items() if not text]
    if given["iban"] and not (iban_numbers.is_valid(given["iban"]) and given["iban"].upper().startswith("FI")):
        faults.append("iban: is no Finnish IBAN")
    if given["bic"] and not bic_codes.is_valid(given["bic"]):
        faults.append("bic: is no BIC")
    if faults:
        raise Refusal("bad_input", faults)


def _update(db: sqlite3.Connection, company_id: str, **columns: Any) -> None:
    pairs = ", ".join(f"{name} = ?" for name in columns)
    db.execute(f"update op_credit set {pairs} where company_id = ?", [*columns.values(), company_id])  # noqa: S608


def _decimal(number: float) -> Decimal:
    return Decimal(str(number))
