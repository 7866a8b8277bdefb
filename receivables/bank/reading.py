"""Which kind of file it is, by its content."""

from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from receivables.bank import camt, csv_rows
from receivables.bank.rows import MOST_ROWS, BankFileError, BankRow

CAMT, CSV = "CAMT.053", "CSV"


def kind_of(stream: BinaryIO) -> str:
    head = stream.read(512).lstrip(b"\xef\xbb\xbf \t\r\n")
    stream.seek(0)
    return CAMT if head.startswith(b"<") else CSV


def read(stream: BinaryIO) -> Iterator[BankRow]:
    """
    Yield the rows of money that came in.

    :raises BankFileError: the file cannot be read, or is longer than any account's
    """
    rows = camt.read(stream) if kind_of(stream) == CAMT else csv_rows.read(stream)
    for count, row in enumerate(rows):
        if count >= MOST_ROWS:
            text = _("The file has more than %(most)d rows.") % {"most": MOST_ROWS}
            raise BankFileError(text, _("Give a shorter span of time."))
        yield row
