"""
What staff give us to send: one XML, or a ZIP with the XML, its image and attachments.

A ZIP is only ever read in memory, within limits counted on what really comes out, whatever its directory claims.
"""

import hashlib
import io
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from invoices.files import xml
from invoices.files.xml import UnreadableFileError

MAX_BYTES = 40 * 2**20  # of the file as given
MAX_UNPACKED_BYTES = 80 * 2**20
MAX_ENTRIES = 100
MAX_RATIO = 100  # unpacked to packed; real PDFs and XML stay far below
_RATIO_FROM = 2**20  # small files may pack well
_ZIP = b"PK\x03\x04"
_ARCHIVES = (_ZIP, b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ")
OFFICE = (".docx", ".xlsx", ".ods")  # ZIPs by nature, and allowed as attachments
_CLIMBING = re.compile(r"[\\:]")
# Control characters, and those that turn the reading direction: "invoice\u202exml.exe" reads as "invoiceexe.xml".
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


@dataclass(frozen=True, slots=True)
class Package:
    """The inside of a given file."""

    xml_name: str
    xml: bytes
    image: str  # name of the PDF that AutoInvoice takes as the invoice's image; "" = none
    attachments: tuple[str, ...]
    content_sha256: str  # a ZIP's is that of its sorted names and bytes: timestamps do not count


def read(content: bytes, name: str) -> Package:
    """
    Return what is inside a file.

    :raises UnreadableFileError: empty, too large, neither XML nor ZIP, or a ZIP that breaks a limit
    """
    if not content:
        raise UnreadableFileError(_("The file is empty."), _("Choose the invoice's XML file, or a ZIP that holds it."))
    if len(content) > MAX_BYTES:
        raise UnreadableFileError(xml.too_large(len(content), MAX_BYTES), _("Send fewer or smaller attachments."))
    if not is_zip(content):
        return Package(name, content, "", (), hashlib.sha256(content).hexdigest())
    return _package(unpack(content))


def is_zip(head: bytes) -> bool:
    """Tell by its first four bytes whether a file is a ZIP."""
    return head.startswith(_ZIP)


def _package(files: dict[str, bytes]) -> Package:
    documents = [name for name in sorted(files) if name.lower().endswith(".xml")]
    if not documents:
        raise UnreadableFileError(_("The ZIP holds no XML file."), _("Put the invoice's XML into it."))
    if len(documents) > 1:
        raise UnreadableFileError(
            _("The ZIP holds %(count)s XML files, so that nobody knows which is the invoice.")
            % {"count": len(documents)},
            _("Send each invoice as a file of its own."),
        )
    invoice = documents[0]
    image = next((name for name in sorted(files) if _is_image_of(name, invoice)), "")
    return Package(
        xml_name=invoice,
        xml=files[invoice],
        image=image,
        attachments=tuple(name for name in sorted(files) if name not in {invoice, image}),
        content_sha256=_digest(files),
    )


def _is_image_of(name: str, invoice: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix.lower() == ".pdf" and path.with_suffix("") == PurePosixPath(invoice).with_suffix("")


def _digest(files: dict[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name in sorted(files):
        encoded = name.encode()
        whole.update(f"{len(encoded)}:".encode() + encoded + hashlib.sha256(files[name]).digest())
    return whole.hexdigest()


def unpack(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check_directory(entries)
            return _read_entries(archive, entries)
    except BROKEN as exc:
        raise broken() from exc


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise UnreadableFileError(
            _("The ZIP holds %(count)s files; at most %(limit)s are possible.")
            % {"count": len(entries), "limit": MAX_ENTRIES},
            _("Send each invoice as a file of its own."),
        )
    for entry in entries:
        check_entry(entry)
    if len({entry.filename.casefold() for entry in entries}) < len(entries):
        raise doubled()


def check_entry(entry: zipfile.ZipInfo) -> None:
    """
    Look at what a ZIP's directory says of one file.

    :raises UnreadableFileError: a name that hides or climbs, a link, a password
    """
    parts = entry.filename.split("/")
    # What zipfile cut off behind a NUL counts too.
    if _UNPRINTABLE.search(entry.orig_filename):
        raise UnreadableFileError(
            _("A file name in the ZIP holds characters that cannot be seen: %(name)s.")
            % {"name": ascii(entry.orig_filename)[:80]},
            _("Make the ZIP again with plain file names."),
        )
    if _CLIMBING.search(entry.orig_filename) or entry.filename.startswith("/") or ".." in parts:
        raise UnreadableFileError(
            _("A file name in the ZIP points outside of it: %(name)s.") % {"name": ascii(entry.orig_filename)[:80]},
            _("Make the ZIP again with plain file names."),
        )
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise UnreadableFileError(_("The ZIP holds a link instead of a file."), _("Put the files themselves into it."))
    if entry.flag_bits & 0x1:
        raise UnreadableFileError(_("The ZIP is protected by a password."), _("Make it again without one."))


def _read_entries(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    room = MAX_UNPACKED_BYTES
    for entry in entries:
        files[entry.filename] = _read_entry(archive, entry, room)
        room -= len(files[entry.filename])
    return files


def _read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> bytes:
    limit = limit_of(entry, room)
    with archive.open(entry) as source:
        content = source.read(limit + 1)
    if len(content) > limit:
        raise bomb()
    if content.startswith(_ARCHIVES) and not entry.filename.lower().endswith(OFFICE):
        raise UnreadableFileError(_("The ZIP holds another archive."), _("Put the files themselves into it."))
    return content


def limit_of(entry: zipfile.ZipInfo, room: int) -> int:
    """Return how many bytes may come out of an entry, whatever the directory says."""
    return min(room, max(_RATIO_FROM, entry.compress_size * MAX_RATIO))


def broken() -> UnreadableFileError:
    return UnreadableFileError(_("The ZIP is broken or cut off."), _("Make the ZIP again."))


def bomb() -> UnreadableFileError:
    return UnreadableFileError(
        _("The ZIP unpacks to far more than an invoice needs."), _("Send each invoice as a file of its own.")
    )


def doubled() -> UnreadableFileError:
    return UnreadableFileError(_("The ZIP holds two files of one name."), _("Give each file its own name."))
