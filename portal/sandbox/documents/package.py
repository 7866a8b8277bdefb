"""
What an uploaded file holds: one XML, or a ZIP with one XML, its image and attachments.

In a ZIP the PDF with the base name of the XML is the invoice image, everything else is an attachment.
Nothing is ever unpacked to disk.
"""

import io
import mimetypes
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from portal.sandbox.documents.errors import DocumentError
from portal.sandbox.documents.model import Attachment

MAX_ENTRIES = 50
MAX_ENTRY_BYTES = 50 * 1024 * 1024
MAX_TOTAL_BYTES = 100 * 1024 * 1024
MAX_RATIO = 100
MAX_NAME = 120
CHUNK = 1 << 16

ATTACHMENT_TYPES = {
    "tif", "tiff", "jpg", "jpeg", "png", "gif", "txt", "xml", "xls", "xsl", "xlsx",
    "html", "htm", "pdf", "aix", "doc", "docx", "ods",
}  # fmt: skip
_ZIP_MAGIC = b"PK\x03\x04"
_EMPTY_ZIP_MAGIC = b"PK\x05\x06"


@dataclass(slots=True)
class Package:
    xml_name: str
    xml: bytes
    image: Attachment | None = None
    attachments: list[Attachment] = field(default_factory=list)


def open_package(filename: str, content: bytes) -> Package:
    """:raises DocumentError: a ZIP that breaks a rule; an XML is taken as it is and looked at later"""
    if content.startswith((_ZIP_MAGIC, _EMPTY_ZIP_MAGIC)):
        return _from_zip(content)
    return Package(xml_name=PurePosixPath(filename or "invoice.xml").name, xml=content)


def mimetype_of(filename: str) -> str:
    return mimetypes.guess_type(filename)[0] or "application/octet-stream"


def _from_zip(content: bytes) -> Package:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = _checked_entries(archive)
            files = {entry.filename: _read(archive, entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as exc:
        raise DocumentError("ERROR: NOT A VALID ZIP FILE") from exc
    return _sorted_out(files)


def _checked_entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
    if len(archive.infolist()) > MAX_ENTRIES:
        raise DocumentError(f"ERROR: ZIP HAS MORE THAN {MAX_ENTRIES} FILES")
    if sum(entry.file_size for entry in entries) > MAX_TOTAL_BYTES:
        raise DocumentError("ERROR: ZIP CONTENT TOO LARGE")
    seen: set[str] = set()
    for entry in entries:
        _check_entry(entry)
        if entry.filename.lower() in seen:
            raise DocumentError(f"ERROR: ZIP HAS A NAME TWICE: {entry.filename[:60]}")
        seen.add(entry.filename.lower())
    return entries


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DocumentError("ERROR: ZIP COMPRESSION NOT SUPPORTED")
    if not name or entry.orig_filename != name or any(ord(letter) < 32 for letter in name) or len(name) > MAX_NAME:
        raise DocumentError("ERROR: ZIP FILE NAME NOT ALLOWED")
    if "\\" in name or ":" in name or name.startswith("/") or ".." in PurePosixPath(name).parts:
        raise DocumentError(f"ERROR: ZIP FILE NAME NOT ALLOWED: {name[:60]}")
    if entry.flag_bits & 0x1:
        raise DocumentError("ERROR: ZIP IS ENCRYPTED")
    if (entry.external_attr >> 16) & 0o170000 == 0o120000:
        raise DocumentError("ERROR: ZIP HOLDS A LINK")
    if entry.file_size > MAX_ENTRY_BYTES or entry.file_size > MAX_RATIO * max(entry.compress_size, 1024):
        raise DocumentError("ERROR: ZIP CONTENT TOO LARGE")


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Read no more than the entry announces: the announced size has been checked, the real one may lie."""
    parts, left = [], entry.file_size
    with archive.open(entry) as stream:
        while left > 0 and (part := stream.read(min(CHUNK, left))):
            parts.append(part)
            left -= len(part)
        if stream.read(1):
            raise DocumentError("ERROR: ZIP CONTENT TOO LARGE")
    return b"".join(parts)


def _sorted_out(files: dict[str, bytes]) -> Package:
    xml_names = [name for name in files if name.lower().endswith(".xml")]
    if not xml_names:
        raise DocumentError("ERROR: NO INVOICE XML IN THE ZIP")
    if len(xml_names) > 1:
        raise DocumentError("ERROR: MORE THAN ONE XML IN THE ZIP")
    xml_name = xml_names[0]
    package = Package(xml_name=PurePosixPath(xml_name).name, xml=files.pop(xml_name))
    for name, content in files.items():
        _place(package, PurePosixPath(name).name, content)
    return package


def _place(package: Package, name: str, content: bytes) -> None:
    path = PurePosixPath(name)
    kind = path.suffix.lower().lstrip(".")
    if kind not in ATTACHMENT_TYPES:
        raise DocumentError(f"ERROR: ATTACHMENT TYPE NOT SUPPORTED: {name[:60]}")
    file = Attachment(filename=name, mimetype=mimetype_of(name), content=content)
    if kind == "pdf" and path.stem.lower() == PurePosixPath(package.xml_name).stem.lower() and package.image is None:
        package.image = file
    else:
        package.attachments.append(file)
