"""An invoice as the checks need it, whatever format it came in."""

import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

_DATES = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?:[T+Z].*)?"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)"),
)


@dataclass(frozen=True, slots=True)
class Party:
    """A seller or a buyer."""

    name: str = ""
    country: str = ""  # two capital letters
    ids: tuple[str, ...] = ()  # business ids, VAT numbers and the like, as written
    endpoint: str = ""  # electronic address, without its scheme
    scheme: str = ""
    operator: str = ""
    email: str = ""
    has_postal_address: bool = False  # street, code and city are there

    @property
    def is_reachable(self) -> bool:
        """Tell whether AutoInvoice has anything to find a way to this party by."""
        return bool(self.endpoint or self.ids or self.email or self.has_postal_address)


@dataclass(frozen=True, slots=True)
class Amounts:
    """Totals as written; None where the file says nothing. Credit notes may carry any sign."""

    lines: Decimal | None = None  # sum of the lines, counted by us
    line_total: Decimal | None = None  # the same sum as the file states it, before discounts and charges of the whole
    without_tax: Decimal | None = None
    tax: Decimal | None = None
    with_tax: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One invoice file, read."""

    format: str = ""  # AutoInvoice's word ("FINVOICE30"); "" = unknown to us
    is_read: bool = False  # we know how to read this format
    number: str = ""
    date: dt.date | None = None
    due_date: dt.date | None = None
    currency: str = ""
    is_credit_note: bool = False
    seller: Party = field(default_factory=Party)
    buyer: Party = field(default_factory=Party)
    amounts: Amounts = field(default_factory=Amounts)


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
    """Return an amount written with a point or a comma; None if it is not one."""
    cleaned = text.strip().replace(" ", "").replace("\u00a0", "").replace(",", ".")
    try:
        amount = Decimal(cleaned)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def total(amounts: list[Decimal | None]) -> Decimal | None:
    """Return the sum; None if there is nothing to sum, or one of them is missing."""
    if not amounts or None in amounts:
        return None
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def distinct(*values: str) -> tuple[str, ...]:
    """Return the values that are not empty, each once, in order."""
    return tuple(dict.fromkeys(value for value in values if value))
