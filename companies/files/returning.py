"""The file back to staff as it came, with what they corrected here and a last column that says what is wrong."""

import io
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from companies.files import headers, storing
from companies.files.fields import BY_NAME
from companies.files.tables import Line
from companies.models import ImportFile, ImportRow
from portal import csv_output

WHAT_IS_WRONG = "What is wrong"  # not translated: it is known by this name when the file comes back
_CHUNK = 500
_WIDTH = 24


def as_csv(file: ImportFile) -> Iterator[str]:
    """
    Yield the lines of the file with its errors.

    :raises FileError: the file itself is no longer here
    """
    lines = _lines(file)
    return csv_output.lines(next(lines), lines)


def as_xlsx(file: ImportFile) -> bytes:
    """
    Return the file with its errors as a workbook of texts, so that no number loses its zeros.

    :raises FileError: the file itself is no longer here
    """
    workbook = Workbook(write_only=True)
    sheet: Any = workbook.create_sheet((file.sheet or _("Companies"))[:31])
    sheet.freeze_panes = "A2"
    for index in range(len(file.columns) + 1):
        sheet.column_dimensions[headers.letter(index)].width = _WIDTH
    for cells in _lines(file):
        sheet.append([_cell(sheet, text) for text in cells])
    written = io.BytesIO()
    workbook.save(written)
    return written.getvalue()


def _cell(sheet: Any, text: str) -> Any:
    cell: Any = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"  # never a formula, whatever it begins with
    cell.number_format = "@"
    return cell


def _lines(file: ImportFile) -> Iterator[list[str]]:
    """Yield the header and the rows of the file; both come in the order of the file, so one look at each is enough."""
    table = storing.table_of(file)
    kept = [index for index, name in enumerate(table.columns) if not headers.is_ours(name)]
    for_all = [field for field in file.for_all if field not in file.mapping]
    yield [*(table.columns[index] for index in kept), *for_all, WHAT_IS_WRONG]
    rows = ImportRow.objects.filter(file=file).order_by("number").iterator(chunk_size=_CHUNK)
    row = next(rows, None)
    for line in table.lines():
        if row is None:
            return
        if row.number != line.number:
            continue  # left out by staff
        cells = _cells(line, row, file, len(table.columns))
        values = row.values
        yield [*(cells[index] for index in kept), *(values[field] for field in for_all), _errors(row)]
        row = next(rows, None)


def _cells(line: Line, row: ImportRow, file: ImportFile, width: int) -> list[str]:
    cells = [*line.cells, *[""] * width][:width]
    if row.corrected or row.notes:
        values = row.values
        for field, index in file.mapping.items():
            cells[index] = values[field]
    return cells


def _errors(row: ImportRow) -> str:
    return " ".join(_sentence(error) for error in row.errors)


def _sentence(error: dict[str, Any]) -> str:
    field = BY_NAME.get(error["field"])
    return f"{field.label}: {error['text']}" if field else str(error["text"])
