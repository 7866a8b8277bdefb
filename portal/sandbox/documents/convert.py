"""From bytes to a Document and from a Document to the two formats that can be written."""

from collections.abc import Callable
from functools import lru_cache

from portal.sandbox.documents import (
    cii_read,
    fatturapa_read,
    finvoice_read,
    finvoice_write,
    svefaktura_read,
    teapps_read,
    ubl_read,
    ubl_write,
)
from portal.sandbox.documents.errors import DocumentError, FormatNotSimulatedError
from portal.sandbox.documents.formats import detect, is_readable
from portal.sandbox.documents.model import Document
from portal.sandbox.documents.tree import Element, name_of, parse

_SMALL, _LATEST = 2**15, 256  # bytes, files
WRITERS: dict[str, Callable[[Document], bytes]] = {"FINVOICE30": finvoice_write.write, "PEPPOLBIS30": ubl_write.write}
OUTLINE_READERS: dict[str, Callable[[Element], Document]] = {
    "SVEFAKTURA10": svefaktura_read.read,
    "FATTURAPA12": fatturapa_read.read,
    "TEAPPS27": teapps_read.read,
    "TEAPPS30": teapps_read.read,
}


def read(content: bytes) -> Document:
    """
    Read an invoice of any format that has a reader. It may be given to others too: nobody changes it.

    :raises DocumentError: not XML, not an invoice, or values in it that cannot be read
    :raises FormatNotSimulatedError: an invoice, in a format without a reader
    """
    # What is uploaded is read again a moment later, when it is delivered.
    return _read_small(content) if len(content) <= _SMALL else _read(content)


@lru_cache(_LATEST)
def _read_small(content: bytes) -> Document:
    return _read(content)


def _read(content: bytes) -> Document:
    root = parse(content)
    word = detect(root)
    if word is None:
        raise DocumentError(f"ERROR: NOT AN INVOICE: root element is {name_of(root)[:60]}")
    if not is_readable(word):
        raise FormatNotSimulatedError(word)
    if word in OUTLINE_READERS:
        return OUTLINE_READERS[word](root)
    readers = {"Finvoice": finvoice_read.read, "CrossIndustryInvoice": cii_read.read}
    return readers.get(name_of(root), ubl_read.read)(root)


def convert(document: Document, word: str) -> bytes:
    """
    Write a document in another format.

    :param word: as in the contract's `return_format`
    :raises FormatNotSimulatedError: no writer for that format
    """
    writer = WRITERS.get(word)
    if writer is None:
        raise FormatNotSimulatedError(word)
    return writer(document)
