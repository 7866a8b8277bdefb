"""Amounts and dates as invoices write them: read leniently, written strictly."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from portal.sandbox.documents.errors import DocumentError

CENT = Decimal("0.01")
_NUMBER = re.compile(r"[+-]?(\d{1,15}(\.\d{0,10})?|\.\d{1,10})", re.ASCII)
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)


def to_decimal(text: str) -> Decimal | None:
    """
    Read "1 234,50" or "1234.5"; None for an empty text.

    :raises DocumentError: anything else, exponents and NaN included
    """
    compact = re.sub(r"\s", "", text)
    if not compact:
        return None
    if "," in compact:
        compact = compact.replace(".", "").replace(",", ".")
    if not _NUMBER.fullmatch(compact):
        raise DocumentError(f"ERROR: AMOUNT INVALID: {text.strip()[:40]}")
    return Decimal(compact)


def to_date(text: str) -> date | None:
    """
    Read CCYYMMDD or an ISO date with or without zone; None for an empty text.

    :raises DocumentError: not a date of the calendar
    """
    stripped = text.strip()
    if not stripped:
        return None
    match = _ISO_DATE.fullmatch(stripped) or _COMPACT_DATE.fullmatch(stripped)
    if not match:
        raise DocumentError(f"ERROR: DATE FORMAT INVALID: {stripped[:40]}")
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError as exc:
        raise DocumentError(f"ERROR: DATE FORMAT INVALID: {stripped[:40]}") from exc


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def trimmed(number: Decimal) -> str:
    """Return plain digits without exponent and without needless zeros."""
    plain = format(number, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def with_comma(amount: Decimal) -> str:
    """Return an amount as Finvoice wants it: decimal comma, two to five decimals."""
    rounded = amount if _decimals(amount) <= 5 else amount.quantize(Decimal("0.00001"), ROUND_HALF_UP)
    whole, _, fraction = trimmed(rounded).partition(".")
    return f"{whole},{fraction.ljust(2, '0')}"


def _decimals(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0
