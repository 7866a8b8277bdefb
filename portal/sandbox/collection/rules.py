"""What is refused when an invoice is handed over: at once by AutoInvoice, or a moment later by the agency."""

import json
import sqlite3
from datetime import date
from decimal import Decimal
from typing import Any

from portal.sandbox.api.collection_services import AMILI, CURRENCIES, INTRUM, MARKETS, ROPO

Body = dict[str, Any]
WAITING_DAYS = {"b2b": 7, "b2c": 14}
_RENTAL = ("b2b_rental", "b2c_rental")
_ADDRESS = ("street", "post_code", "city", "country")


def faults_of(body: Body, invoice: sqlite3.Row, version: int) -> list[str]:
    """What AutoInvoice itself objects to, one line a fault."""
    faults = _amount_faults(body, Decimal(invoice["gross"]), version)
    summary = body.get("assignment_summary")
    if summary is not None and not 2 <= len(summary) <= 64:
        faults.append("assignment_summary: must be 2 to 64 characters")
    if version == 1:
        options = body.get("industry_specific_options") or {}
        if {"rental", "housing_charge"} <= set(options):
            faults.append("industry_specific_options: rental and housing_charge exclude each other")
        return faults
    return faults + _payer_faults(body.get("payers") or [])


def refusal_of(agency: str, body: Body, invoice: sqlite3.Row, country: str, today: date) -> str:
    """Why the agency sends a case back; "" if it takes it."""
    kind = body.get("receivables_type", "b2b")
    if country not in MARKETS[agency]:
        return f"{agency} does not collect in {country}"
    if invoice["currency"] != CURRENCIES[country]:
        return f"the account is in {CURRENCIES[country]}, the invoice in {invoice['currency']}"
    if kind in _RENTAL and country != "FI":
        return "rent is collected in Finland only"
    if kind == "b2c_rental" and not _has_number(body):
        return "a consumer's rent needs the debtor's personal identity number"
    if body.get("industry_specific_options") and agency != INTRUM:
        return f"{agency} takes no rental or housing details"
    if agency == ROPO and (late := _days_late(invoice, today)) < (needed := WAITING_DAYS[kind[:3]]):
        return f"{needed} days must have passed since the due date, {max(late, 0)} have"
    return "" if agency != AMILI or _days_late(invoice, today) > 0 else "the invoice is not overdue"


def debtor_of(body: Body, invoice: sqlite3.Row) -> dict[str, Any]:
    """The main payer as the assignment names it: of the call, or the invoice's recipient."""
    payers = body.get("payers") or []
    payer = next((item for item in payers if item.get("role", "main") == "main"), None)
    recipient = json.loads(invoice["recipient"])
    if payer is None:
        named = {"name": recipient["name"], "bid": recipient["bid"], "country": recipient["country"], "role": "main"}
        numbers = body.get("payer_ssns") or []
        return named | ({"ssn": numbers[0]} if numbers else {})
    named = {"name": payer.get("name") or recipient["name"], "role": "main", "address": payer.get("address") or {}}
    named["country"] = named["address"].get("country") or recipient["country"]
    return named | {word: payer[name] for word, name in (("bid", "identifier"), ("ssn", "ssn")) if payer.get(name)}


def sums_of(body: Body, invoice: sqlite3.Row) -> dict[str, Decimal]:
    """Capital, fees and interest of a case: as given, else the whole invoice."""
    parts = body.get("amounts") or {}
    capital = parts.get("capital_amount", body.get("collectable_amount"))
    fees = _sum(parts.get("reminder_amount")) + _sum(parts.get("fees_amount"))
    whole = Decimal(invoice["gross"]) if capital is None else _sum(capital)
    return {"capital": whole, "fees": fees, "interest": _sum(parts.get("interest_amount"))}


def _amount_faults(body: Body, gross: Decimal, version: int) -> list[str]:
    whole, parts = body.get("collectable_amount"), body.get("amounts")
    if version == 1 and (whole is None) == (parts is None):
        return ["give collectable_amount or amounts, not both and not neither"]
    if version == 2 and parts is None:
        return []
    capital = whole if parts is None else parts.get("capital_amount")
    named = {"capital": capital} if parts is None else parts
    faults = [f"{name}: must have at most two decimals" for name, value in named.items() if _too_exact(value)]
    faults += [f"{name}: must not be negative" for name, value in named.items() if _number(value) < 0]
    if _number(capital) <= 0:
        faults.append("capital: must be more than 0")
    elif _number(capital) > gross:
        faults.append(f"capital: is more than the invoice's {gross}")
    return faults


def _payer_faults(payers: list[Body]) -> list[str]:
    if not any(payer.get("role", "main") == "main" for payer in payers):
        return ["payers: a main payer is required"]
    faults = [f"payers[{place}].name: is required" for place, payer in enumerate(payers) if not payer.get("name")]
    for place, payer in enumerate(payers):
        missing = [name for name in _ADDRESS if not (payer.get("address") or {}).get(name)]
        faults += [f"payers[{place}].address.{name}: is required" for name in missing]
    return faults


def _has_number(body: Body) -> bool:
    payers = body.get("payers") or []
    return bool(body.get("payer_ssns")) or any(payer.get("ssn") for payer in payers)


def _days_late(invoice: sqlite3.Row, today: date) -> int:
    return (today - date.fromisoformat(invoice["date_due"])).days if invoice["date_due"] else 0


def _number(value: Any) -> Decimal:
    return Decimal(str(value)) if isinstance(value, (int, float)) else Decimal(0)


def _sum(value: Any) -> Decimal:
    return _number(value).quantize(Decimal("0.01"))


def _too_exact(value: Any) -> bool:
    return isinstance(value, float) and _number(value) != _sum(value)
