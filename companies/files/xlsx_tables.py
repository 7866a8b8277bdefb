"""Excel workbooks: one sheet of values, with what Excel did to them told at the cell."""

import datetime
import io
import math
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

import openpyxl
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl.cell.cell import ERROR_CODES

from companies.files import headers, xlsx_archive, xlsx_scan
from companies.files.csv_tables import too_long
from companies.files.errors import FileError
from companies.files.tables import MOST_COLUMNS, MOST_ROWS, Line, Sheet, Table
from companies.files.xlsx_scan import Findings

_TITLES = 20  # lines that may stand above the header
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_DIGITS = 15  # more than these Excel does not keep
Cells = Sequence[Any]


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the lines of one sheet come from."""

    worksheet: Any  # read anew from the archive each time it is walked through
    findings: Findings
    with_hidden: bool
    header_at: int  # line of the header, from 1
    width: int


def table(content: bytes, sheet: str = "", *, with_hidden: bool = False) -> Table:
    """
    Return one sheet of a workbook as a table: the named one, or the first that is not hidden.

    :raises FileError: it is no workbook that can be read safely, or has no such sheet
    """
    macros = xlsx_archive.check(content)
    with xlsx_archive.damage_is_told():
        workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheets = [Sheet(sheet.title, hidden=sheet.sheet_state != "visible") for sheet in workbook.worksheets]
        name = _chosen(sheets, sheet)
        worksheet: Any = workbook[name]
        worksheet.reset_dimensions()  # what a file says of its own size is not believed
        header_at, header = _header(worksheet)
        findings = _scan(content, name)
    if findings.filled_rows - 1 > MOST_ROWS:
        raise FileError(too_long())
    columns = headers.labels(header)
    source = _Source(worksheet, findings, with_hidden, header_at, len(columns))
    hidden_columns = frozenset(column - 1 for column in findings.hidden_columns if column <= len(columns))
    hidden_rows = len([row for row in findings.hidden_rows if row > header_at])
    notes = _notes(findings, sheets, macros=macros, header_at=header_at)
    return Table("xlsx", columns, partial(_lines, source), name, sheets, hidden_rows, hidden_columns, notes)


def _chosen(sheets: Sequence[Sheet], wanted: str) -> str:
    if wanted:
        if wanted not in [sheet.name for sheet in sheets]:
            raise FileError(_("The workbook has no sheet “%(name)s”. Choose another.") % {"name": wanted})
        return wanted
    first = next((sheet.name for sheet in sheets if not sheet.hidden), "")
    if not first:
        raise FileError(_("The workbook has no sheet that can be seen. Unhide the one with the companies, and save."))
    return first


def _scan(content: bytes, sheet: str) -> Findings:
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(_part(archive, sheet)) as stream:
        return xlsx_scan.scan(stream)


def _part(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the part of the archive in which a sheet stands."""
    workbook = fromstring(archive.read("xl/workbook.xml"))
    relations = fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): str(relation.get("Target")) for relation in relations}
    target = next(targets[entry.get(_RELATION)] for entry in workbook.iter() if _is(entry, sheet))
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _is(entry: Any, sheet: str) -> bool:
    return str(entry.tag).endswith("}sheet") and entry.get("name") == sheet


def _rows(worksheet: Any) -> Iterator[tuple[int, Cells]]:
    return enumerate(worksheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True), 1)


def _header(worksheet: Any) -> tuple[int, list[str]]:
    """Return where the header is, and its cells: the first line with two or more, for titles stand above."""
    for number, cells in islice(_rows(worksheet), _TITLES):
        texts = ["" if cell is None else str(cell).strip() for cell in cells]
        if sum(map(bool, texts)) > 1:
            while not texts[-1]:
                texts.pop()
            if len(texts) > MOST_COLUMNS:
                raise FileError(
                    _("The sheet has more than %(most)d columns. Delete those that say nothing of the companies.")
                    % {"most": MOST_COLUMNS}
                )
            return number, texts
    raise FileError(
        _("The sheet “%(name)s” has no line that names columns. Put their names above the companies.")
        % {"name": worksheet.title}
    )


def _lines(source: _Source) -> Iterator[Line]:
    with xlsx_archive.damage_is_told():
        for number, cells in _rows(source.worksheet):
            if number <= source.header_at or all(cell is None or cell == "" for cell in cells):
                continue
            if number in source.findings.hidden_rows and not source.with_hidden:
                continue
            yield _line(number, cells, source)


def _line(number: int, cells: Cells, source: _Source) -> Line:
    line = Line(number, [""] * source.width)
    numbers = set()
    for index, value in enumerate(cells[: source.width]):
        if value is None:
            continue
        if type(value) is str and value not in ERROR_CODES:
            line.cells[index] = value.strip()
        elif type(value) in (int, float):
            numbers.add(index)
            _take_number(line, index, value)
        else:
            line.cells[index], line.faults[index] = str(value), _fault(value)
    line.numbers = frozenset(numbers)
    _tell_unreadable(line, source.findings)
    return line


def _take_number(line: Line, index: int, value: float) -> None:
    whole = int(value) if math.isfinite(value) else 0
    line.cells[index] = str(whole) if whole == value else repr(value)
    if len(str(abs(whole))) > _DIGITS:
        line.faults[index] = _(
            "Excel keeps only 15 digits of a number, so the last ones are lost. Format the column as text and paste it "
            "anew."
        )


def _fault(value: object) -> str:
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return _("Excel has made a date or time of this. Format the column as text and type it anew.")
    if isinstance(value, bool):
        return _("This is a yes-or-no value of Excel, no text. Type what is meant.")
    return _("Excel shows the error %(error)s here. Mend the formula, or type the value.") % {"error": value}


def _tell_unreadable(line: Line, findings: Findings) -> None:
    """Mark cells whose value is not in the file: formulas never calculated, and cells under a merged one."""
    if not findings.unsolved and not findings.merged:
        return
    for index in range(len(line.cells)):
        place = (line.number, index + 1)
        if place in findings.unsolved:
            line.faults[index] = _(
                "This is a formula without a result in the file. Open the file in Excel and save it, or paste values."
            )
        elif place in findings.merged:
            line.faults[index] = _(
                "This cell is merged with others (%(area)s), so it is unclear whose value it is. Unmerge the cells."
            ) % {"area": findings.merged[place]}


def _notes(findings: Findings, sheets: Sequence[Sheet], *, macros: bool, header_at: int) -> list[str]:
    notes = []
    if macros:
        notes.append(_("The workbook holds macros. They are neither run nor kept; only the data is read."))
    hidden = [sheet.name for sheet in sheets if sheet.hidden]
    if hidden:
        notes.append(_("Hidden sheets are there: %(names)s.") % {"names": ", ".join(hidden)})
    if header_at > 1:
        notes.append(_("The columns are named in row %(row)d; what stands above is left out.") % {"row": header_at})
    solved = findings.formulas - len(findings.unsolved)
    if solved:
        notes.append(
            ngettext(
                "%(count)d cell holds a formula; the result that Excel saved is taken.",
                "%(count)d cells hold formulas; the results that Excel saved are taken.",
                solved,
            )
            % {"count": solved}
        )
    return notes
