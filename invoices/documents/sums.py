"""Whether an invoice's amounts agree with each other, to the cent."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from invoices.documents.model import Amounts, Document

_CENTS = Decimal("0.02")  # lines, rates and the whole are often rounded one by one
_PER_LINE = Decimal("0.01")
_MOST_FOR_LINES = Decimal("0.10")
_ZERO = Decimal(0)


class Sum(StrEnum):
    LINES = "lines"
    NET = "net"  # lines, less discounts, with charges
    TAX = "tax"  # the VAT breakdown
    GROSS = "gross"  # net and tax
    PAYABLE = "payable"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A sum that we count otherwise than the file states it."""

    sum: Sum
    counted: Decimal
    stated: Decimal


def disagreements(document: Document) -> list[Disagreement]:
    """Return the sums that do not agree; what the file does not state is not counted."""
    amounts = document.amounts
    checks = (_lines(amounts), _net(amounts), _tax(amounts), _gross(amounts), _payable(amounts))
    return [found for check in checks for found in check]


def missing(document: Document) -> bool:
    """Tell whether the file lacks the total that all others hang on."""
    return document.amounts.with_tax is None and document.amounts.payable is None


def _lines(amounts: Amounts) -> Iterator[Disagreement]:
    stated = amounts.line_total
    if stated is None and not amounts.allowances and not amounts.charges:
        stated = amounts.without_tax
    if amounts.lines is None or stated is None:
        return
    exact = _is_in_cents(amounts.lines)
    allowed = _CENTS if exact else min(_CENTS + _PER_LINE * amounts.line_count, _CENTS + _MOST_FOR_LINES)
    yield from _compare(Sum.LINES, amounts.lines, stated, allowed)


def _net(amounts: Amounts) -> Iterator[Disagreement]:
    if amounts.line_total is None or amounts.without_tax is None:
        return
    counted = amounts.line_total - (amounts.allowances or _ZERO) + (amounts.charges or _ZERO)
    yield from _compare(Sum.NET, counted, amounts.without_tax, _CENTS)


def _tax(amounts: Amounts) -> Iterator[Disagreement]:
    if amounts.taxes is not None and amounts.tax is not None:
        yield from _compare(Sum.TAX, amounts.taxes, amounts.tax, _CENTS)


def _gross(amounts: Amounts) -> Iterator[Disagreement]:
    if amounts.without_tax is None or amounts.tax is None or amounts.with_tax is None:
        return
    counted = amounts.without_tax + amounts.tax
    # Some state the total before it is rounded, some after.
    rounded = counted + (amounts.rounding or _ZERO)
    if not _differ(rounded, amounts.with_tax, _CENTS):
        return
    yield from _compare(Sum.GROSS, counted, amounts.with_tax, _CENTS)


def _payable(amounts: Amounts) -> Iterator[Disagreement]:
    if amounts.with_tax is None or amounts.payable is None:
        return
    less = (amounts.prepaid or _ZERO) + (amounts.withheld or _ZERO)
    counted = amounts.with_tax - less + (amounts.for_others or _ZERO)
    rounded = counted + (amounts.rounding or _ZERO)
    # A credit note asks for nothing, or for its sum without the minus.
    accepted = (counted, rounded, abs(rounded)) if amounts.with_tax > 0 else (counted, rounded, abs(rounded), _ZERO)
    if all(_differ(one, amounts.payable, _CENTS) for one in accepted):
        yield Disagreement(Sum.PAYABLE, rounded, amounts.payable)


def _compare(what: Sum, counted: Decimal, stated: Decimal, allowed: Decimal) -> Iterator[Disagreement]:
    if _differ(counted, stated, allowed):
        yield Disagreement(what, counted, stated)


def _differ(one: Decimal, other: Decimal, allowed: Decimal) -> bool:
    return abs(one - other) > allowed


def _is_in_cents(amount: Decimal) -> bool:
    exponent = amount.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -2
