"""
What the Detect checks find on a received invoice.

| check                | what is so                                         | result                                |
| -------------------- | -------------------------------------------------- | ------------------------------------- |
| VAT                  | less than 1 of VAT                                 | NOT_APPLICABLE NO_VAT_CHARGED         |
|                      | no VAT number                                      | WARNING INVALID_INPUT                 |
|                      | wrong form, or "Unregistered" in the sender's name | WARNING COMPANY_NOT_REGISTERED        |
|                      | else                                               | OK COMPANY_REGISTERED                 |
| SUPPLIER_ACTIVATION  | not from scanning                                  | NOT_APPLICABLE INVOICE_NOT_FROM_SCAN  |
|                      | no business id                                     | WARNING INVALID_INPUT                 |
|                      | a company here, or a Peppol participant            | WARNING COMPANY_CAN_SEND_ELECTRONIC   |
|                      | else                                               | OK COMPANY_CAN_ONLY_SEND_SCAN         |
| SENDER_BID_STATUS    | not from FI or NO                                  | NOT_APPLICABLE COUNTRY_NOT_SUPPORTED  |
|                      | no business id; wrong check digit                  | WARNING NOT_FOUND_NO_BID, INVALID_BID |
|                      | a word of WORDS in the sender's name               | WARNING as the word says              |
|                      | else                                               | OK FOUND, in FI two results           |
| SENDER_WARNING_LIST  | "Scam" in the sender's name                        | WARNING FOUND                         |
|                      | a fraud report on the sender is open               | WARNING USER_REPORTED_FOUND           |
|                      | else                                               | OK NOT_FOUND                          |
| BANK_ACCOUNT_CHANGED | no account                                         | NOT_APPLICABLE NO_BANK_ACCOUNTS       |
|                      | first invoice of the sender; another account       | WARNING UNKNOWN; CHANGED              |
|                      | else                                               | OK NOT_CHANGED                        |

What the control API orders for a company and a check goes before all of it.
"""

import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from stdnum.fi import ytunnus
from stdnum.no import orgnr

from portal.sandbox.api import companies
from portal.sandbox.company import bid_key, compact, is_vat
from portal.sandbox.delivery.outside import participant
from portal.sandbox.detect import texts
from portal.sandbox.documents.completion import completed
from portal.sandbox.documents.model import Document

WORDS = {
    "bankrupt": "BANKRUPT",
    "liquidation": "UNDER_LIQUIDATION",
    "reorganization": "UNDER_REORGANIZATION",
    "inactive": "INACTIVE",
    "on hold": "ON_HOLD",
    "unlisted": "NOT_FOUND",
    "no prepayment": "PREPAYMENT_REGISTER_NOT_FOUND",
}
_VAT_NUMBER = re.compile(r"[A-Z]{2}[0-9A-Z]{8,13}")
REGISTERS = {"FI": "YTJ", "NO": "Brreg"}
_VALID = {"FI": ytunnus.is_valid, "NO": orgnr.is_valid}


@dataclass(frozen=True, slots=True)
class Case:
    """A received invoice: its row, what it holds, and the account that its sender had before (None: first invoice)."""

    row: sqlite3.Row
    document: Document
    before: str | None
    db: sqlite3.Connection

    @property
    def country(self) -> str:
        seller = self.document.seller
        return seller.address.country or seller.vat[:2]

    @property
    def bid(self) -> str:
        """The sender's business id, or what its VAT number tells of it."""
        return self.document.seller.bid or self.document.seller.vat

    @property
    def sender_key(self) -> str:
        return f"{self.country}:{bid_key(self.bid, self.country)}" if self.bid else self.document.seller.name

    def named(self, word: str) -> bool:
        return word in self.document.seller.name.lower()


@dataclass(frozen=True, slots=True)
class Finding:
    """`reason` is a reason code without the check's name; `data` holds what fills the sentence."""

    reason: str
    data: dict[str, Any] = field(default_factory=dict)


def run(check: str, case: Case) -> list[Finding]:
    """All findings of a check, the one that counts first."""
    base = {"bid": case.bid, "name": case.document.seller.name, "country": case.country}
    return [Finding(found.reason, base | found.data) for found in _CHECKS[check](case)]


def status_of(check: str, reason: str) -> str | None:
    """OK, WARNING, FAILED or NOT_APPLICABLE; None while it is pending, or for a reason that the check has not."""
    for status, reasons in texts.REASONS[check].items():
        if reason in reasons:
            return status
    return None


def _vat(case: Case) -> list[Finding]:
    number = compact(case.document.seller.vat)
    if abs(completed(case.document).totals.vat or Decimal(0)) < 1:
        return [Finding("NO_VAT_CHARGED")]
    if not number:
        return [Finding("INVALID_INPUT")]
    formed = _VAT_NUMBER.fullmatch(number) is not None or is_vat(case.country, number)
    registered = formed and not case.named("unregistered")
    return [Finding("COMPANY_REGISTERED" if registered else "COMPANY_NOT_REGISTERED", {"bid": number})]


def _supplier(case: Case) -> list[Finding]:
    if case.row["origin"] != "SCAN":
        return [Finding("INVOICE_NOT_FROM_SCAN")]
    if not case.bid:
        return [Finding("INVALID_INPUT")]
    inside = companies.find_by_bid(case.db, case.bid, case.country or None)
    able = inside is not None or participant("", case.bid) is not None
    return [Finding("COMPANY_CAN_SEND_ELECTRONIC" if able else "COMPANY_CAN_ONLY_SEND_SCAN")]


def _bid_status(case: Case) -> list[Finding]:
    valid = _VALID.get(case.country)
    if valid is None:
        return [Finding("COUNTRY_NOT_SUPPORTED")]
    register = {"registry_name": REGISTERS[case.country]}
    if not case.bid:
        return [Finding("NOT_FOUND_NO_BID", register)]
    if not valid(re.sub(r"\D", "", bid_key(case.bid, case.country))):
        return [Finding("INVALID_BID", register)]
    for word, reason in WORDS.items():
        if case.named(word):
            return [Finding(reason, register)]
    found = [Finding("FOUND", register)]
    return [*found, Finding("PREPAYMENT_REGISTER_FOUND", register)] if case.country == "FI" else found


def _warning_list(case: Case) -> list[Finding]:
    if case.named("scam"):
        return [Finding("FOUND", {"sources": ["Warning lists"], "found_search_term": case.document.seller.name})]
    reporters = case.db.execute(
        "select count(*) from fraud_reports where sender_key = ?", (case.sender_key,)
    ).fetchone()[0]
    return [Finding("USER_REPORTED_FOUND", {"reporter_count": reporters})] if reporters else [Finding("NOT_FOUND")]


def _account(case: Case) -> list[Finding]:
    account = compact(case.document.payment.account)
    if not account:
        return [Finding("NO_BANK_ACCOUNTS")]
    data = {"bank_account": account}
    if case.before is None:
        return [Finding("UNKNOWN", data)]
    return [Finding("NOT_CHANGED" if case.before == account else "CHANGED", data | {"earlier_account": case.before})]


_CHECKS: dict[str, Callable[[Case], list[Finding]]] = {
    "SUPPLIER_ACTIVATION": _supplier,
    "BANK_ACCOUNT_CHANGED": _account,
    "SENDER_BID_STATUS": _bid_status,
    "SENDER_WARNING_LIST": _warning_list,
    "VAT": _vat,
}
