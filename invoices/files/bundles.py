"""
An invoice with its files as one bundle: what the export packs, and what is handed over to a customer's system.

Files are read from the storage piece by piece; the memory needed does not grow with their number or size.
"""

import io
import json
import zipfile
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any, BinaryIO

from invoices.files import storing
from invoices.models import Invoice
from portal import csv_output

_PIECE, _IN_MEMORY = 2**16, 2**20
_TOLD = (
    "uuid", "direction", "status", "number", "reference", "counterparty_name", "counterparty_country", "business_id",
    "counterparty_address", "invoice_date", "due_date", "sum_amount", "total_amount", "currency", "source_format",
    "origin", "destination", "created_at", "received_at",
)  # fmt: skip
_LISTED = ("folder", "uuid", "company", "number", "file", "sha256", "size", "state")
_MOMENT = (1980, 1, 1, 0, 0, 0)  # the same bundle is the same bytes whenever it is packed


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of a bundle. `kind` and `form` as in InvoiceFile; the name is unique in its bundle."""

    name: str
    sha256: str
    size: int
    kind: str
    form: str
    content_type: str


@dataclass(frozen=True, slots=True)
class Bundle:
    folder: str
    company: str
    facts: dict[str, Any]
    files: tuple[Kept, ...]

    def description(self, **more: Any) -> bytes:
        """Return invoice.json: what is known of the invoice, and its files with their checksums."""
        files = [
            {name: getattr(file, name) for name in ("name", "kind", "form", "content_type", "size", "sha256")}
            for file in self.files
        ]
        return json.dumps({**self.facts, **more, "files": files}, ensure_ascii=False, indent=1).encode()


def of(invoice: Invoice) -> Bundle:
    """Return an invoice's bundle; its company and files should have been fetched with it."""
    facts = {name: _plain(getattr(invoice, name)) for name in _TOLD}
    facts["company"] = {"name": invoice.company.name, "uuid": str(invoice.company.uuid)}
    taken = {"invoice.json"}
    files = tuple(
        Kept(_unique(file.name, taken), file.sha256, file.size, file.kind, file.remote_id, file.content_type)
        for file in invoice.files.all()
    )
    return Bundle(_folder(invoice), str(invoice.company), facts, files)


def _plain(value: Any) -> Any:
    return None if value is None else str(value)


def _folder(invoice: Invoice) -> str:
    number = "".join(char if char.isalnum() or char in "-_" else "_" for char in invoice.number)[:60]
    return f"{number or 'invoice'}_{invoice.uuid}"


def _unique(name: str, taken: set[str]) -> str:
    """Return a name that no other file of the bundle has, whatever case a file system minds."""
    stem, dot, end = name.rpartition(".")
    stem, end = (stem, f"{dot}{end}") if dot else (name, "")
    found, count = name, 1
    while found.lower() in taken:
        count += 1
        found = f"{stem} ({count}){end}"
    taken.add(found.lower())
    return found


def write(bundle: Bundle, to: IO[bytes], **more: Any) -> None:
    """
    Pack one bundle as a ZIP.

    :raises StorageError, FileNotFoundError: a file is not there, or is damaged; what was written is no use
    """
    with zipfile.ZipFile(to, "w") as archive:
        for _piece in _copied(archive, "invoice.json", io.BytesIO(bundle.description(**more))):
            pass
        for file in bundle.files:
            with storing.opened(file.sha256) as content:
                for _piece in _copied(archive, file.name, content):
                    pass


def stream(bundles: Iterable[Bundle]) -> Iterator[bytes]:
    """Yield a ZIP of many bundles, a folder each; at its end files.csv says of each file whether it is in."""
    pipe = _Pipe()
    with SpooledTemporaryFile(_IN_MEMORY) as listed, zipfile.ZipFile(pipe, "w") as archive:
        for line in csv_output.lines(_LISTED, ()):
            listed.write(line.encode())
        for bundle in bundles:
            for _piece in _copied(archive, f"{bundle.folder}/invoice.json", io.BytesIO(bundle.description())):
                yield pipe.taken()
            for file in bundle.files:
                state = yield from _packed(pipe, archive, f"{bundle.folder}/{file.name}", file.sha256)
                row = (bundle.folder, bundle.facts["uuid"], bundle.company, bundle.facts["number"], file.name)
                listed.write(csv_output.line([*row, file.sha256, file.size, state]).encode())
        listed.seek(0)
        for _piece in _copied(archive, "files.csv", listed):
            yield pipe.taken()
    yield pipe.taken()


def _packed(pipe: "_Pipe", archive: zipfile.ZipFile, name: str, sha256: str) -> Generator[bytes, None, str]:
    """Yield one file; returns what the list says of it. One that cannot be read costs only itself."""
    try:
        content = storing.opened(sha256)
    except storing.DamagedFileError:
        return "damaged"
    except FileNotFoundError:
        return "gone"
    except storing.StorageError as error:
        return f"unreadable: {error}"
    with content:
        for _piece in _copied(archive, name, content):
            yield pipe.taken()
    return "included"


def _copied(archive: zipfile.ZipFile, name: str, source: BinaryIO | IO[bytes]) -> Iterator[None]:
    """Copy one file in, a piece at each step."""
    entry = zipfile.ZipInfo(name, _MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(entry, "w", force_zip64=True) as into:
        while piece := source.read(_PIECE):
            into.write(piece)
            yield
    yield


class _Pipe(io.RawIOBase):
    """What was written since it was last asked; nobody can seek in it."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._written += data
        return len(data)

    def taken(self) -> bytes:
        written = bytes(self._written)
        self._written.clear()
        return written
