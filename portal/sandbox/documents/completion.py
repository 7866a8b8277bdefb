"""
What a writer needs and a file may leave out: VAT categories, breakdown and totals, worked out from what is there.

What the file states is never changed; only silence is filled.
"""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

from portal.sandbox.documents.model import Charge, Document, Line, Totals, VatRow
from portal.sandbox.documents.values import cents

ZERO = Decimal(0)
Category = tuple[str, Decimal | None]


def completed(document: Document) -> Document:
    """Return a copy whose lines have net and VAT category and whose breakdown and totals are all there."""
    default = _default_category(document)
    lines = [_line(line, default) for line in document.lines if not is_text_only(line)]
    charges = [_charge(charge, default) for charge in document.charges]
    rows = document.vat_rows or _breakdown(lines, charges)
    totals = _totals(document.totals, lines, charges, rows)
    texts = [_line_text(line) for line in document.lines if is_text_only(line)]
    notes = document.notes + [text for text in texts if text]
    return replace(document, lines=lines, charges=charges, vat_rows=rows, totals=totals, notes=notes)


def is_text_only(line: Line) -> bool:
    """Finvoice uses rows without any figure as a place for text."""
    return line.net is None and line.price is None and line.quantity is None


def _line_text(line: Line) -> str:
    return " ".join(text for text in (line.name, line.description, line.note) if text)


def _default_category(document: Document) -> Category:
    if len(document.vat_rows) == 1:
        row = document.vat_rows[0]
        return row.category, row.rate
    return "Z", ZERO


def _line(line: Line, default: Category) -> Line:
    category, rate = _category(line.vat_category, line.vat_rate, default)
    return replace(line, net=line.net if line.net is not None else ZERO, vat_category=category, vat_rate=rate)


def _charge(charge: Charge, default: Category) -> Charge:
    category, rate = _category(charge.vat_category, charge.vat_rate, default)
    return replace(charge, vat_category=category, vat_rate=rate)


def _category(category: str, rate: Decimal | None, default: Category) -> Category:
    if category:
        return category, rate
    if rate is None:
        return default
    return ("S" if rate else "Z"), rate


def _breakdown(lines: list[Line], charges: list[Charge]) -> list[VatRow]:
    bases: dict[Category, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        bases[line.vat_category, line.vat_rate] += line.net or ZERO
    for charge in charges:
        bases[charge.vat_category, charge.vat_rate] += charge.amount if charge.is_charge else -charge.amount
    return [
        VatRow(category=category, rate=rate, base=cents(base), amount=cents(base * (rate or ZERO) / 100))
        for (category, rate), base in bases.items()
    ]


def _totals(stated: Totals, lines: list[Line], charges: list[Charge], rows: list[VatRow]) -> Totals:
    totals = replace(stated)
    totals.lines = _given(stated.lines, sum((cents(line.net or ZERO) for line in lines), ZERO))
    totals.allowances = _given(
        stated.allowances, sum((charge.amount for charge in charges if not charge.is_charge), ZERO)
    )
    totals.charges = _given(stated.charges, sum((charge.amount for charge in charges if charge.is_charge), ZERO))
    totals.vat = _given(stated.vat, _vat(stated, rows))
    totals.net = _given(stated.net, _net(stated, totals))
    totals.gross = _given(stated.gross, totals.net + totals.vat)
    _settle_payable(totals)
    return totals


def _given(stated: Decimal | None, worked_out: Decimal) -> Decimal:
    return worked_out if stated is None else stated


def _vat(stated: Totals, rows: list[VatRow]) -> Decimal:
    if stated.gross is not None and stated.net is not None:
        return stated.gross - stated.net
    return sum((row.amount for row in rows), ZERO)


def _net(stated: Totals, totals: Totals) -> Decimal:
    if stated.gross is not None:
        return stated.gross - (totals.vat or ZERO)
    return (totals.lines or ZERO) - (totals.allowances or ZERO) + (totals.charges or ZERO)


def _settle_payable(totals: Totals) -> None:
    """Explain a payable amount that differs from the total: cents are rounding, more has been paid before."""
    gross = totals.gross or ZERO
    if totals.payable is None:
        totals.payable = gross - (totals.prepaid or ZERO) + (totals.rounding or ZERO)
        return
    left = gross - (totals.prepaid or ZERO) + (totals.rounding or ZERO) - totals.payable
    if not left or totals.prepaid is not None or totals.rounding is not None:
        return
    if abs(left) < 1:
        totals.rounding = -left
    else:
        totals.prepaid = left
