"""CSV that we write: UTF-8 with a mark for spreadsheets, and no cell that they would run as a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator

_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")
# A number is no formula, whatever its sign: "-12.50", "+358 40 123".
_NUMBER = re.compile(r"[+-]?\d[\d .,]*")

CONTENT_TYPE = "text/csv; charset=utf-8"
BOM = "\ufeff"


def neutral(value: object) -> str:
    """Return a cell's text; one that a spreadsheet would run gets an apostrophe in front, which spreadsheets hide."""
    text = "" if value is None else str(value)
    if text.lstrip(" ").startswith(_RUNS) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def lines(header: Iterable[object], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Yield the lines of a CSV file, the first with the mark; made for streamed answers and for files alike."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write(BOM)
    writer.writerow([neutral(cell) for cell in header])
    yield _taken(buffer)
    for row in rows:
        writer.writerow([neutral(cell) for cell in row])
        yield _taken(buffer)


def line(row: Iterable[object]) -> str:
    """Return one line, for files whose lines come one by one."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow([neutral(cell) for cell in row])
    return _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
