"""The sample files: one or more of each format, written for these tests."""

from pathlib import Path

from invoices.documents import Document, read
from invoices.files import xml

FILES = Path(__file__).parent / "files"
NAMES = sorted(path.stem for path in FILES.glob("*.xml"))


def content(name: str) -> bytes:
    return (FILES / f"{name}.xml").read_bytes()


def document(name: str) -> Document:
    return of(content(name))


def of(given: bytes) -> Document:
    return read(*xml.parse_enveloped(given))
