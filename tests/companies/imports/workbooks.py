"""Workbooks for tests: as people make them, and as nobody should."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from openpyxl import Workbook

from tests.companies.csv_files import GOOD

HEADER = tuple(GOOD)
Change = Callable[[Any], None]


def workbook(*rows: dict[str, Any], header: Sequence[str] = HEADER, change: Change | None = None) -> bytes:
    """Return a workbook with these rows, each saying only how it differs from a good one; `change` gets its sheet."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "Companies"
    sheet.append(list(header))
    for row in rows:
        sheet.append([{**GOOD, **row}.get(name) for name in HEADER])
    if change is not None:
        change(sheet)
    return saved(book)


def saved(book: Any) -> bytes:
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def cell(field: str, row: int = 2) -> str:
    """Return where a field of a row stands: "B2"."""
    return f"{chr(ord('A') + HEADER.index(field))}{row}"


def with_part(content: bytes, name: str, change: Callable[[bytes], bytes], *, compression: int = 8) -> bytes:
    """Return the workbook with one of its parts changed, or added when it is not there."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w", compression) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, change(old.read(name) if name in old.namelist() else b""))
    return written.getvalue()


def with_result(content: bytes, result: str) -> bytes:
    """Return the workbook with a result beside each of its formulas, as Excel saves them."""
    found = rb"</f><v ?/>|</f><v></v>"
    return with_part(
        content,
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(found, b"</f><v>" + result.encode() + b"</v>", xml),
    )
