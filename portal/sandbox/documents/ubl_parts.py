"""Pieces of UBL that a document and its lines share: names, money, VAT categories, charges."""

from decimal import Decimal

from portal.sandbox.documents.formats import CAC, CBC
from portal.sandbox.documents.model import Charge
from portal.sandbox.documents.tree import Element, add
from portal.sandbox.documents.values import cents, trimmed

NO_RATE = "O"  # not subject to VAT: the only category without a percentage


def cbc(name: str) -> str:
    return f"{{{CBC}}}{name}"


def cac(name: str) -> str:
    return f"{{{CAC}}}{name}"


def money(parent: Element, name: str, amount: Decimal | None, currency: str) -> None:
    if amount is not None:
        add(parent, cbc(name), cents(amount), currencyID=currency)


def write_category(parent: Element, name: str, category: str, rate: Decimal | None) -> Element:
    node = add(parent, cac(name))
    add(node, cbc("ID"), category)
    if category != NO_RATE:
        add(node, cbc("Percent"), trimmed(rate or Decimal(0)))
    add(add(node, cac("TaxScheme")), cbc("ID"), "VAT")
    return node


def write_charge(parent: Element, charge: Charge, currency: str, *, with_category: bool) -> None:
    """Write a charge or allowance; a percentage goes only with its base amount, a reason is always there."""
    node = add(parent, cac("AllowanceCharge"))
    add(node, cbc("ChargeIndicator"), "true" if charge.is_charge else "false")
    add(node, cbc("AllowanceChargeReasonCode"), charge.reason_code)
    default = "" if charge.reason_code else ("Charge" if charge.is_charge else "Discount")
    add(node, cbc("AllowanceChargeReason"), charge.reason or default)
    if charge.percent is not None and charge.base is not None:
        add(node, cbc("MultiplierFactorNumeric"), trimmed(charge.percent))
    money(node, "Amount", charge.amount, currency)
    money(node, "BaseAmount", charge.base, currency)
    if with_category:
        write_category(node, "TaxCategory", charge.vat_category, charge.vat_rate)
