"""Dates, amounts and the like, as formats write them."""

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal

_DATES = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?:[T+Z\-].*)?", re.ASCII),
    re.compile(r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)(?:\d{4}(?:\d\d)?)?", re.ASCII),
)
_NUMBER = re.compile(r"[+-]?(?:\d{1,20}(?:[.,]\d{0,20})?|[.,]\d{1,20})", re.ASCII)
_ZERO = Decimal(0)


def as_date(text: str) -> dt.date | None:
    """Return a date from 2026-11-21, with or without a time, or 20261121; None if it is not one."""
    for pattern in _DATES:
        if match := pattern.fullmatch(text.strip()):
            try:
                return dt.date(int(match["y"]), int(match["m"]), int(match["d"]))
            except ValueError:
                return None
    return None


def as_amount(text: str) -> Decimal | None:
    """Return an amount written with a point or a comma, to its last digit; None if it is not one."""
    if not _NUMBER.fullmatch(text):
        text = text.strip().replace(" ", "").replace("\u00a0", "")
        if not _NUMBER.fullmatch(text):
            return None
    return Decimal(text.replace(",", "."))


def total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Return the sum; None if there is nothing to sum, or one of them is missing."""
    known = list(amounts)
    if not known or None in known:
        return None
    return sum((amount for amount in known if amount is not None), _ZERO)


def negative(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else -amount


def distinct(*values: str) -> tuple[str, ...]:
    """Return the values that are not empty, each once, in order."""
    return tuple(dict.fromkeys(value for value in values if value))


def first(*amounts: Decimal | None) -> Decimal | None:
    """Return the first amount that is there."""
    return next((amount for amount in amounts if amount is not None), None)


def nearest(stated: Decimal | None, *candidates: list[Decimal | None]) -> list[Decimal | None]:
    """Return the amounts whose sum comes nearest to what is stated; the first ones where that cannot be told."""
    if stated is None:
        return candidates[0]
    known = [(abs(found - stated), amounts) for amounts in candidates if (found := total(amounts)) is not None]
    return min(known, key=lambda one: one[0])[1] if known else candidates[0]
