"""Amounts of TEAPPSXML: their sign, and whether VAT is in them, stand beside them."""

from decimal import Decimal

from invoices.documents.branch import Amount, Branch


def amount_of(branch: Branch, amount: Amount, vat: str = "") -> Decimal | None:
    """Return the AMOUNT with or without VAT; without `vat` the first, whatever it says of itself."""
    for found in branch.all("AMOUNT"):
        if not vat or found.attribute("VAT").upper() in ("", vat):
            return signed(found, amount)
    return None


def signed(found: Branch, amount: Amount) -> Decimal | None:
    value = amount.of(found.own_text or found.attribute("AMOUNT"))
    return -value if value is not None and found.attribute("SIGN") == "-" else value


def row_amount(row: Branch, amount: Amount) -> Decimal | None:
    stated = amount_of(row.one("ROW_TOTAL"), amount, "EXCLUDED")
    return amount_of(row.one("ROW_AMOUNT"), amount, "EXCLUDED") if stated is None else stated
