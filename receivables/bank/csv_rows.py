"""Rows as CSV, as banks' web pages give them: columns found by their names in four languages."""

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from portal.operations.handlers import Text
from receivables.bank.rows import BankFileError, BankRow, as_amount, as_day, as_reference

_NAMES: dict[str, tuple[str, ...]] = {
    "day": ("date", "booking date", "booked", "kirjauspäivä", "maksupäivä", "pvm", "päivä", "datum", "bokföringsdag",
            "bokført", "dato"),
    "amount": ("amount", "sum", "määrä", "määrä euroa", "summa", "belopp", "beløp"),
    "reference": ("reference", "viite", "viitenumero", "referens", "referensnummer", "ocr", "kid", "referanse"),
    "payer": ("payer", "from", "name", "counterparty", "maksaja", "saaja/maksaja", "nimi", "avsändare", "namn",
              "betaler", "avsender"),
    "currency": ("currency", "valuutta", "valuta"),
    "text": ("message", "text", "viesti", "meddelande", "melding"),
}  # fmt: skip
_TITLES: dict[str, Text] = {"day": _("date"), "amount": _("amount")}
_SNIFFED = 65_536


def read(stream: BinaryIO) -> Iterator[BankRow]:
    """
    Yield what came in; rows without a day or with a sum that is not more than zero are passed over.

    :raises BankFileError: no text, or no columns of day and amount
    """
    head = stream.read(_SNIFFED)
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=_encoding(head), errors="replace", newline="")
    try:
        rows = csv.reader(text, delimiter=_delimiter(head))
        places = _places(next(rows, []))
        for cells in rows:
            if (row := _row(cells, places)) is not None:
                yield row
    except csv.Error as error:
        raise BankFileError(_("The file is no CSV: %(why)s.") % {"why": error}) from None
    finally:
        text.detach()


def _encoding(head: bytes) -> str:
    try:
        head[: -4 if len(head) == _SNIFFED else None].decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _delimiter(head: bytes) -> str:
    first = head.split(b"\n", 1)[0]
    return max((";", "\t", ","), key=lambda mark: first.count(mark.encode()))


def _places(header: list[str]) -> dict[str, int]:
    """Return where each column stands, by the names of the first row."""
    named = [" ".join(cell.strip().strip('"').casefold().split()) for cell in header]
    places = {
        field: next((named.index(name) for name in names if name in named), -1) for field, names in _NAMES.items()
    }
    if missing := [str(_TITLES[field]) for field in _TITLES if places[field] < 0]:
        raise BankFileError(
            _("The first row names no column for: %(columns)s.") % {"columns": ", ".join(missing)},
            _("Name the columns in the first row, such as Date, Amount, Reference, Payer."),
        )
    return places


def _row(cells: list[str], places: dict[str, int]) -> BankRow | None:
    def cell(field: str) -> str:
        place = places[field]
        return cells[place].strip() if 0 <= place < len(cells) else ""

    day, amount = as_day(cell("day")), as_amount(cell("amount"))
    if day is None or amount is None or amount <= 0:
        return None
    return BankRow(day, amount, cell("currency")[:3], as_reference(cell("reference")), cell("payer")[:200],
                   cell("text")[:200])  # fmt: skip
