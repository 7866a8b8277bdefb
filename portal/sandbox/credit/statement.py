"""One day of an OP Laskulaina account as SEPA XML (camt.053)."""

import sqlite3
from decimal import Decimal

from lxml import etree

from portal.sandbox.credit import ledger
from portal.sandbox.documents.tree import Element
from portal.sandbox.documents.tree import add as add_child

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"


def written(company_name: str, iban: str, day: str, opening: Decimal, entries: list[sqlite3.Row]) -> bytes:
    names: dict[str | None, str] = {None: NAMESPACE}
    root = etree.Element(f"{{{NAMESPACE}}}Document", nsmap=names)  # type: ignore[arg-type] # None: without prefix
    message = add(root, "BkToCstmrStmt")
    head = add(message, "GrpHdr")
    add(head, "MsgId", f"OPLL-{day}-{entries[0]['seq']}")
    add(head, "CreDtTm", f"{day}T21:00:00Z")
    statement = add(message, "Stmt")
    add(statement, "Id", f"{day}-{entries[0]['seq']}")
    add(statement, "CreDtTm", f"{day}T21:00:00Z")
    account = add(statement, "Acct")
    add(add(account, "Id"), "IBAN", iban)
    add(account, "Ccy", "EUR")
    add(add(account, "Ownr"), "Nm", company_name)
    _balance(statement, "OPBD", opening, day)
    _balance(statement, "CLBD", opening + sum(map(ledger.signed, entries), Decimal(0)), day)
    for entry in entries:
        _entry(statement, entry)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def add(parent: Element, name: str, text: object = None) -> Element:
    return add_child(parent, f"{{{NAMESPACE}}}{name}", text)


def _balance(statement: Element, code: str, amount: Decimal, day: str) -> None:
    node = add(statement, "Bal")
    add(add(add(node, "Tp"), "CdOrPrtry"), "Cd", code)
    _amount(node, amount)
    add(add(node, "Dt"), "Dt", day)


def _entry(statement: Element, row: sqlite3.Row) -> None:
    node = add(statement, "Ntry")
    _amount(node, ledger.signed(row))
    add(node, "Sts", "BOOK")
    add(add(node, "BookgDt"), "Dt", row["day"])
    add(add(node, "ValDt"), "Dt", row["day"])
    add(node, "AcctSvcrRef", f"OP{row['seq']:010d}")
    details = add(add(node, "NtryDtls"), "TxDtls")
    about = add(details, "RmtInf")
    if row["reference"]:
        add(add(add(about, "Strd"), "CdtrRefInf"), "Ref", row["reference"])
    add(details, "AddtlTxInf", row["text"])


def _amount(node: Element, amount: Decimal) -> None:
    add(node, "Amt", f"{abs(amount):.2f}").set("Ccy", "EUR")
    add(node, "CdtDbtInd", "CRDT" if amount >= 0 else "DBIT")
