"""One row of a bank account, and how amounts, days and references are read from text."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from portal.operations.handlers import Text

MOST_ROWS = 500_000
_DAYS = ("%d.%m.%Y", "%d/%m/%Y", "%Y%m%d")


class BankFileError(Exception):
    """A file that cannot be read; `text` and `remedy` are for staff."""

    def __init__(self, text: Text, remedy: Text = "") -> None:
        super().__init__(str(text))
        self.text, self.remedy = text, remedy


@dataclass(frozen=True, slots=True)
class BankRow:
    """Money that came in. `reference` is compact: capitals, without blanks, leading zeros and the RF prefix."""

    booked_on: date
    amount: Decimal
    currency: str
    reference: str
    payer: str
    text: str = ""


def as_amount(text: str) -> Decimal | None:
    """Return a sum as banks write it: "1 234,50", "+1,234.50", "-5.00"; None when it is none."""
    compact = "".join(text.replace("\u2212", "-").split()).lstrip("+")
    if "," in compact and "." in compact:
        thousands = "," if compact.rfind(",") < compact.rfind(".") else "."
        compact = compact.replace(thousands, "")
    try:
        return Decimal(compact.replace(",", "."))
    except InvalidOperation:
        return None


def as_day(text: str) -> date | None:
    day = text.strip()[:10]
    try:
        return date.fromisoformat(day)  # by far the most usual, and the fastest
    except ValueError:
        pass
    for form in _DAYS:
        try:
            return datetime.strptime(day, form).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    return None


def as_reference(text: str) -> str:
    """Return a payment reference in the one writing that is compared."""
    compact = "".join(text.split()).upper()
    if compact.startswith("RF") and compact[2:4].isdigit():
        compact = compact[4:]
    return compact.lstrip("0")
