"""
Whether what was downloaded is the file that was asked for, before AutoInvoice is told that it is safe here.

HTTP tells of a connection that broke, not of a gateway's error page that came as a success, or of half a file that
somebody on the way took for a whole one.
"""

from typing import BinaryIO
from xml.parsers import expat

from portal.maventa import UnexpectedResponseError

_PIECE = 2**16
_XML = ("application/xml", "text/xml")
_PAGES = ("text/html", "application/json")  # what error pages are; fine only where the file itself is such a one
_PDF, _PDF_START = "application/pdf", b"%PDF"
_PDF_HEAD = 1024  # bytes in which a PDF has to begin


def check(stream: BinaryIO, came_as: str, is_a: str) -> None:
    """
    Look at what was written to a stream; leaves it at its end. Memory does not grow with its size.

    :param came_as: Content-Type of the answer
    :param is_a: content type that the file has as AutoInvoice told, or the answer's
    :raises UnexpectedResponseError: it is not that file; the text says why
    """
    came_as, is_a = _bare(came_as), _bare(is_a)
    if came_as in _PAGES and came_as != is_a:
        raise UnexpectedResponseError(f"{came_as} instead of {is_a}")
    stream.seek(0)
    if is_a in _XML:
        _check_xml(stream)
    elif is_a == _PDF and _PDF_START not in stream.read(_PDF_HEAD):
        raise UnexpectedResponseError("not a PDF")
    stream.seek(0, 2)


def _check_xml(stream: BinaryIO) -> None:
    """Read it to its end without keeping it; what stands in it is judged elsewhere."""
    parser = expat.ParserCreate()
    try:
        while piece := stream.read(_PIECE):
            parser.Parse(piece, False)  # noqa: FBT003  the C library's own signature
        parser.Parse(b"", True)  # noqa: FBT003
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise UnexpectedResponseError(f"not whole XML: {error}") from None


def _bare(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()
