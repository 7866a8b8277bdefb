"""Telling by its first bytes what a file is, and opening it as a table."""

from typing import BinaryIO

from django.utils.translation import gettext as _

from companies.files import csv_tables, xlsx_archive, xlsx_tables
from companies.files.errors import FileError
from companies.files.tables import MOST_BYTES, Table

_ARCHIVE = (b"PK\x03\x04", b"PK\x05\x06")
_COMPOUND = b"\xd0\xcf\x11\xe0"
_FOREIGN = {b"%PDF": "PDF", b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"{\\rtf": "RTF"}


def read_all(stream: BinaryIO) -> bytes:
    """
    Return the content of a file that is not too large and not empty.

    :raises FileError: it is
    """
    content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise FileError(_("The file is larger than %(most)d MB. Split it.") % {"most": MOST_BYTES // 2**20})
    if not content.strip():
        raise FileError(_("The file is empty. It needs a header line and one line for each company."))
    return content


def table(content: bytes, sheet: str = "", *, with_hidden: bool = False) -> Table:
    """
    Return a CSV file or one sheet of a workbook as a table.

    :raises FileError: it is neither, or cannot be read; says what to do
    """
    if content.startswith(_ARCHIVE):
        return xlsx_tables.table(content, sheet, with_hidden=with_hidden)
    if content.startswith(_COMPOUND):
        raise FileError(xlsx_archive.explain_compound(content))
    foreign = next((name for mark, name in _FOREIGN.items() if content.startswith(mark)), "")
    if foreign:
        raise FileError(
            _("This is a %(kind)s file. Upload a CSV file or an Excel workbook (.xlsx).") % {"kind": foreign}
        )
    if content.lstrip()[:100].lower().startswith((b"<html", b"<!doctype", b"<?xml", b"<table")):
        raise FileError(_("This is a web page or XML, whatever its ending. Save it as “Excel workbook (.xlsx)”."))
    return csv_tables.table(content)
