"""CSV files: UTF-8 or marked UTF-16, parted by comma, semicolon, tab or bar, quoted as spreadsheets do."""

import codecs
import csv
import io
from collections.abc import Iterator
from functools import partial

from django.utils.translation import gettext as _

from companies.files import headers
from companies.files.errors import FileError
from companies.files.tables import MOST_COLUMNS, MOST_ROWS, Line, Table

_SEPARATORS = ",;\t|"
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def table(content: bytes) -> Table:
    """
    Return a CSV file as a table.

    :raises FileError: it is no CSV file with a header
    """
    encoding = "utf-16" if content.startswith(_WIDE) else "utf-8-sig"
    if encoding != "utf-16" and b"\x00" in content:
        raise FileError(_("The file holds NUL bytes, so it is no text. Save the sheet as “CSV UTF-8” again."))
    _check_letters(content, encoding)
    read = partial(_cells, content, encoding, _separator(content, encoding))
    header = next(read(), (1, [""]))[1]
    if len(header) < 2:
        raise FileError(
            _(
                "The first line has one column only. The columns must be parted by comma, semicolon or tab, and the "
                "first line must name them."
            )
        )
    if len(header) > MOST_COLUMNS:
        raise FileError(_too_wide())
    return Table("csv", headers.labels(header), partial(_lines, read, len(header)))


def _too_wide() -> str:
    return _("The file has more than %(most)d columns. Delete those that say nothing of the companies.") % {
        "most": MOST_COLUMNS
    }


def _check_letters(content: bytes, encoding: str) -> None:
    try:
        content.decode(encoding)
    except UnicodeDecodeError as exc:
        line = content[: exc.start].count(b"\n") + 1
        raise FileError(
            _("Line %(line)d is not in UTF-8: its letters would come out wrong. Save the file as “CSV UTF-8”.")
            % {"line": line}
        ) from None


def _separator(content: bytes, encoding: str) -> str:
    with _text(content, encoding) as text:
        header = next((line for line in text if line.strip()), "")
    return max(_SEPARATORS, key=header.count)


def _text(content: bytes, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding, newline="")


def _cells(content: bytes, encoding: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and cells from the header on; empty lines are left out."""
    with _text(content, encoding) as text:
        reader = csv.reader(text, delimiter=separator, strict=True)
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield reader.line_num, cells
        except csv.Error:
            raise FileError(
                _("Line %(line)d breaks the rules of CSV: a quotation mark is missing or one too many.")
                % {"line": reader.line_num}
            ) from None


def _lines(read: partial[Iterator[tuple[int, list[str]]]], width: int) -> Iterator[Line]:
    lines = read()
    next(lines, None)
    for count, (number, cells) in enumerate(lines, 1):
        if count > MOST_ROWS:
            raise FileError(too_long())
        line = Line(number, [cell.strip() for cell in cells])
        if len(cells) != width:
            line.fault = _(
                "The row has %(cells)d cells, the header %(columns)d. Put values that hold the separator into quotes."
            ) % {"cells": len(cells), "columns": width}
        yield line


def too_long() -> str:
    """Return what is said of a file with too many rows."""
    return _("The file has more than %(most)d rows. Split it.") % {"most": MOST_ROWS}
