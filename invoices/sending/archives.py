"""
What lies in the files that staff gave: invoices alone, in ZIPs, and in ZIPs of ZIPs.

A ZIP with one XML is one invoice and stays as it is. In any other, and among loose files, each XML is an invoice, and
the files that are named after it go with it. One entry is in memory at a time, whatever the number of them.
"""

import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from django.utils.translation import gettext as _

from invoices.files import xml
from invoices.files.xml import UnreadableFileError
from invoices.sending import packages, packing

MAX_DEPTH = 3  # a ZIP in a ZIP in a ZIP
MAX_ENTRIES = 20_000  # of one ZIP, and of all ZIPs in it together
MAX_UNPACKED_BYTES = 4 * 2**30  # of all that comes out of one given file
MAX_ARCHIVE_BYTES = 2**30  # of one given ZIP
_IN_MEMORY = 8 * 2**20
_HEAD = 64
_LONGEST_PATH = 400
_NO_INVOICE = (".html", ".htm", ".xsl", ".svg")  # begin as XML does, and are none of ours
# What systems leave in ZIPs without being asked.
_LITTER = frozenset({"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class GivenFile:
    """One invoice as it was given: an XML, or a ZIP with its image and attachments. Or why there is none."""

    name: str
    content: bytes = field(default=b"", repr=False)
    error: UnreadableFileError | None = None
    alone: "Loose | None" = None  # goes with no XML: no invoice, but it may be a document by itself


@dataclass(frozen=True, slots=True)
class Loose:
    """A file that lies among others: in a folder, in a ZIP, or in the browser's selection."""

    path: str
    size: int  # bytes, as its container says
    opened: Callable[[], BinaryIO]

    @property
    def name(self) -> PurePosixPath:
        return PurePosixPath(self.path)

    @property
    def suffix(self) -> str:
        return self.name.suffix.lower()

    def head(self) -> bytes:
        with self.opened() as stream:
            return stream.read(_HEAD)


@dataclass(slots=True)
class _Room:
    """What may still come out of one given file."""

    entries: int
    size: int  # bytes


def walk(files: Sequence[Loose]) -> Iterator[GivenFile]:
    """Yield every invoice in the files, folder by folder; what cannot be one is yielded with its reason."""
    yield from _folders(files, "", 0, None, by_name=False)


def walk_documents(files: Sequence[Loose]) -> Iterator[GivenFile]:
    """
    Yield every document in the files: as `walk`, and what is named after no XML is a document by itself.

    A voucher beside an order is no attachment of it; in a ZIP that is one package it is.
    """
    # A file in a ZIP can be read only before the next one is asked for.
    for given in _folders(files, "", 0, None, by_name=True):
        yield _by_itself(given, given.alone) if given.alone else given


def _by_itself(given: GivenFile, file: Loose) -> GivenFile:
    try:
        return GivenFile(given.name, _content(file, packages.MAX_BYTES))
    except UnreadableFileError as exc:
        return GivenFile(given.name, error=exc)
    except packages.BROKEN:
        return GivenFile(given.name, error=packages.broken())


def _folders(
    files: Sequence[Loose], within: str, depth: int, room: _Room | None, *, by_name: bool
) -> Iterator[GivenFile]:
    folders: dict[PurePosixPath, list[Loose]] = defaultdict(list)
    for file in files:
        if not _LITTER.intersection(file.name.parts):
            folders[file.name.parent].append(file)
    for _folder, together in sorted(folders.items(), key=lambda folder: str(folder[0])):
        yield from _folder_of(together, within, depth, room, by_name=by_name)


def _folder_of(
    files: Sequence[Loose], within: str, depth: int, room: _Room | None, *, by_name: bool
) -> Iterator[GivenFile]:
    by_kind: dict[str, list[Loose]] = {"xml": [], "zip": [], "": []}
    for file in sorted(files, key=lambda file: file.path):
        kind = _kind(file, within)
        if isinstance(kind, GivenFile):
            yield kind
        else:
            by_kind[kind].append(file)
    invoices, archives, others = by_kind.values()
    companions, lonely = _together(invoices, others, by_name=by_name)
    for invoice in invoices:
        given = _invoice(invoice, companions.get(invoice.path, []), within)
        if packages.is_zip(given.content) and invoice.path not in companions:  # a ZIP that is called .xml
            yield from _archive(invoice, within, depth, room or _Room(MAX_ENTRIES, MAX_UNPACKED_BYTES), by_name=by_name)
        else:
            yield given
    for file in archives:
        yield from _archive(file, within, depth, room or _Room(MAX_ENTRIES, MAX_UNPACKED_BYTES), by_name=by_name)
    for file in lonely:
        yield _alone(file, within)


def _kind(file: Loose, within: str) -> str | GivenFile:
    """Return "xml", "zip" or "" for anything else; an invoice or ZIP that cannot be read comes back with its reason."""
    if file.suffix in packages.OFFICE:
        return ""
    if file.suffix == ".xml":  # opened once, when it is read
        return "xml"
    try:
        if file.suffix == ".zip" or packages.is_zip(file.head()):
            return "zip"
        return "xml" if _is_xml(file) else ""
    except UnreadableFileError as exc:
        return _refused(file, within, exc) if file.suffix == ".zip" else ""  # told at its invoice
    except packages.BROKEN:
        return _refused(file, within, packages.broken())


def _is_xml(file: Loose) -> bool:
    """Tell whether a file is XML though its name says something else."""
    return file.suffix not in _NO_INVOICE and xml.looks_like_xml(file.head())


def _together(
    invoices: Sequence[Loose], others: Sequence[Loose], *, by_name: bool
) -> tuple[dict[str, list[Loose]], list[Loose]]:
    """Return the files that go with each invoice, by its path, and those that go with none."""
    companions: dict[str, list[Loose]] = defaultdict(list)
    lonely = []
    by_stem = {invoice.name.stem.casefold(): invoice.path for invoice in invoices}
    for file in others:
        if len(invoices) == 1 and not by_name:
            companions[invoices[0].path].append(file)
        elif found := _named_after(file.name.stem.casefold(), by_stem):
            companions[found].append(file)
        else:
            lonely.append(file)
    return companions, lonely


def _named_after(stem: str, by_stem: dict[str, str]) -> str:
    """Return the path of the invoice whose name this one begins with ("1001-terms" goes with "1001"); "" for none."""
    for end in range(len(stem), 0, -1):
        if (end == len(stem) or not stem[end].isalnum()) and stem[:end] in by_stem:
            return by_stem[stem[:end]]
    return ""


def _invoice(invoice: Loose, companions: Sequence[Loose], within: str) -> GivenFile:
    try:
        content = _content(invoice, packages.MAX_BYTES)
        if companions:
            parts = [(file.name.name, _content(file, packages.MAX_BYTES)) for file in companions]
            content = packing.pack(invoice.name.stem, content, parts)
    except UnreadableFileError as exc:
        return _refused(invoice, within, exc)
    except packages.BROKEN:
        return _refused(invoice, within, packages.broken())
    return GivenFile(within + invoice.path, content)


def _content(file: Loose, limit: int) -> bytes:
    if file.size > limit:
        raise UnreadableFileError(xml.too_large(file.size, limit), _("Send fewer or smaller attachments."))
    with file.opened() as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise UnreadableFileError(xml.too_large(len(content), limit), _("Send fewer or smaller attachments."))
    return content


def _alone(file: Loose, within: str) -> GivenFile:
    try:
        file.head()
    except UnreadableFileError as exc:
        return _refused(file, within, exc)
    if file.suffix == ".pdf":
        text = _("The PDF goes with no invoice here, and AutoInvoice needs the invoice as XML.")
    else:
        text = _("The file is no invoice, and is not named after one.")
    remedy = _("Name it like its invoice (1001.xml, 1001.pdf, 1001-terms.pdf), or leave it out.")
    return GivenFile(within + file.path, error=UnreadableFileError(text, remedy), alone=file)


def _refused(file: Loose, within: str, error: UnreadableFileError) -> GivenFile:
    return GivenFile(within + file.path, error=error)


def _archive(file: Loose, within: str, depth: int, room: _Room, *, by_name: bool) -> Iterator[GivenFile]:
    if depth == MAX_DEPTH:
        text = _("ZIPs lie in each other more than %(depth)d deep.") % {"depth": MAX_DEPTH}
        yield _refused(file, within, UnreadableFileError(text, _("Unpack the inner ones first.")))
        return
    try:
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
            _copy(file, cast("BinaryIO", spool), room)
            spool.seek(0)
            yield from _entries(file, cast("BinaryIO", spool), within, depth, room, by_name=by_name)
    except UnreadableFileError as exc:
        yield _refused(file, within, exc)
    except packages.BROKEN:
        yield _refused(file, within, packages.broken())


def _copy(file: Loose, to: BinaryIO, room: _Room) -> None:
    limit = min(room.size, MAX_ARCHIVE_BYTES)
    size = 0
    with file.opened() as stream:
        while piece := stream.read(2**20):
            size += len(piece)
            if size > limit:
                raise UnreadableFileError(xml.too_large(size, limit), _("Split the ZIP into smaller ones."))
            to.write(piece)


def _entries(
    file: Loose, stream: BinaryIO, within: str, depth: int, room: _Room, *, by_name: bool
) -> Iterator[GivenFile]:
    with zipfile.ZipFile(stream) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        room.entries -= len(entries)
        if room.entries < 0:
            raise UnreadableFileError(
                _("The ZIP holds more than %(limit)d files.") % {"limit": MAX_ENTRIES},
                _("Split the ZIP into smaller ones."),
            )
        if _is_one_invoice(entries):
            stream.seek(0)
            yield GivenFile(within + file.path, stream.read(packages.MAX_BYTES + 1))
            return
        if not entries:
            raise UnreadableFileError(_("The ZIP is empty."), _("Make the ZIP again."))
        names = Counter(entry.filename.casefold() for entry in entries)
        loose = [
            _in_archive(archive, entry, room, is_doubled=names[entry.filename.casefold()] > 1) for entry in entries
        ]
        yield from _folders(loose, f"{within}{file.path} / ", depth + 1, room, by_name=by_name)


def _is_one_invoice(entries: Sequence[zipfile.ZipInfo]) -> bool:
    """Tell whether a ZIP is a package as AutoInvoice takes it; what is wrong inside of it is said when it is read."""
    if len(entries) > packages.MAX_ENTRIES:
        return False
    names = [entry.filename.lower() for entry in entries]
    return sum(name.endswith(".xml") for name in names) == 1 and not any(name.endswith(".zip") for name in names)


def _in_archive(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: _Room, *, is_doubled: bool) -> Loose:
    def opened() -> BinaryIO:
        packages.check_entry(entry)
        if is_doubled:  # which of them is meant, nobody knows
            raise packages.doubled()
        return cast("BinaryIO", _Measured(archive.open(entry), packages.limit_of(entry, room.size), room))

    shown = entry.filename if entry.filename.isprintable() else ascii(entry.filename)[1:-1]
    return Loose(shown[:_LONGEST_PATH], entry.file_size, opened)


class _Measured:
    """An entry that stops where its ZIP's directory lied, or where it unpacks to far more than it should."""

    def __init__(self, stream: object, limit: int, room: _Room) -> None:
        self._stream, self._left, self._room = cast("BinaryIO", stream), limit, room

    def read(self, size: int = -1) -> bytes:
        content = self._stream.read(self._left + 1 if size < 0 else min(size, self._left + 1))
        self._left -= len(content)
        if len(content) > _HEAD:  # a look at the first bytes is not counted twice
            self._room.size -= len(content)
        if self._left < 0 or self._room.size < 0:
            raise packages.bomb()
        return content

    def __enter__(self) -> "_Measured":
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stream.close()
