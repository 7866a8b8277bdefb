"""What is looked at before a workbook is opened: that it is one, and not a trap."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from django.utils.translation import gettext as _
from lxml.etree import LxmlError

from companies.files.errors import FileError

MOST_UNPACKED = 400 * 2**20
MOST_STRINGS = 100 * 2**20  # all texts of the workbook are in memory while it is read
MOST_PARTS = 2000
MOST_RATIO = 500  # sheets pack well, but not like a bomb
_HEAD = 4096
_WORKBOOK, _STRINGS, _MACROS = "xl/workbook.xml", "xl/sharedStrings.xml", "vbaProject.bin"
# Everything that a damaged or hostile workbook makes zipfile, the XML readers and openpyxl raise.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError,
    ParseError, LxmlError, DefusedXmlException,
    KeyError, IndexError, ValueError, TypeError, AttributeError, AssertionError,
)  # fmt: skip


@contextmanager
def damage_is_told() -> Iterator[None]:
    """
    Say in staff words that a workbook cannot be read.

    :raises FileError: instead of whatever the readers raise
    """
    try:
        yield
    except DefusedXmlException:
        raise FileError(_entities()) from None
    except _DAMAGE:
        raise FileError(
            _("The workbook is damaged and cannot be read. Open it in Excel, save it as a new .xlsx, and upload that.")
        ) from None


def check(content: bytes) -> bool:
    """
    Look at the parts of a workbook without unpacking them; returns whether it holds macros.

    :raises FileError: it is no workbook, or unpacking it would harm
    """
    with damage_is_told(), zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        names = {part.filename for part in parts}
        if _WORKBOOK not in names:
            raise FileError(_other_archive(names))
        if any(part.flag_bits & 1 for part in parts):
            raise FileError(_protected())
        _check_sizes(parts)
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                _check_head(archive, part)
        return any(name.endswith(_MACROS) for name in names)


def explain_compound(content: bytes) -> str:
    """Return what to do with a file of Excel's old kind, which is also how protected workbooks are kept."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return _protected()
    return _("This is an old Excel file (.xls). Open it in Excel and save it as “Excel workbook (.xlsx)”.")


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    strings = sum(part.file_size for part in parts if part.filename == _STRINGS)
    bomb = any(part.file_size > 2**20 and part.file_size > MOST_RATIO * part.compress_size for part in parts)
    if len(parts) > MOST_PARTS or bomb or strings > MOST_STRINGS or sum(p.file_size for p in parts) > MOST_UNPACKED:
        raise FileError(
            _(
                "The workbook would unpack to far more than companies need, so it is not opened. Copy the companies "
                "into a new workbook, or save the sheet as “CSV UTF-8”."
            )
        )


def _check_head(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with archive.open(part) as stream:
        head = stream.read(_HEAD).replace(b"\x00", b"").upper()
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise FileError(_entities())


def _entities() -> str:
    return _(
        "The workbook defines XML entities, which Excel never does, so it is not opened. Copy the companies into a "
        "new workbook and upload that."
    )


def _protected() -> str:
    return _("The workbook is protected by a password. Take the password away (File, Info, Protect) and upload it.")


def _other_archive(names: set[str]) -> str:
    if "content.xml" in names and "mimetype" in names:
        return _("This is an OpenDocument sheet. Save it as “Excel workbook (.xlsx)” or as “CSV UTF-8”.")
    if "xl/workbook.bin" in names:
        return _("This is a binary Excel workbook (.xlsb). Save it as “Excel workbook (.xlsx)”.")
    return _("This is an archive, but no Excel workbook. Upload the .xlsx or the CSV file itself.")
