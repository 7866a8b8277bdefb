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


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def by_another_program(*rows: Sequence[str], prefix: str = "", hidden: Sequence[int] = ()) -> bytes:
    """Return a workbook as other programs write them: texts in a part of their own, elements perhaps prefixed."""
    texts = [text for row in rows for text in row]
    spaced = f'xmlns{":" + prefix.rstrip(":") if prefix else ""}="{_MAIN}"'
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(f'<{prefix}c t="s"><{prefix}v>{texts.index(text)}</{prefix}v></{prefix}c>' for text in row)
        mark = ' hidden="true"' if number in hidden else ""
        lines.append(f'<{prefix}row r="{number}"{mark}>{cells}</{prefix}row>')
    strings = "".join(f"<{prefix}si><{prefix}t>{text}</{prefix}t></{prefix}si>" for text in texts)
    sheet_type = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{sheet_type}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/data.xml" ContentType="{sheet_type}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{sheet_type}.sharedStrings+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="a" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<{prefix}workbook {spaced} xmlns:r="{_OFFICE}"><{prefix}sheets>'
        f'<{prefix}sheet name="Data" sheetId="1" r:id="one"/></{prefix}sheets></{prefix}workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="one" Type="{_OFFICE}/worksheet" Target="/xl/worksheets/data.xml"/>'
        f'<Relationship Id="two" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/data.xml": f"<{prefix}worksheet {spaced}><{prefix}sheetData>{''.join(lines)}"
        f"</{prefix}sheetData></{prefix}worksheet>",
        "xl/sharedStrings.xml": f"<{prefix}sst {spaced}>{strings}</{prefix}sst>",
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in parts.items():
            made.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)
    return written.getvalue()
