"""
The one place where invoices' XML is parsed, whoever gave it: no DOCTYPE, no entities of its
own, no network, limits on size, depth and count, and encodings that are named and true.

Plain searches for bytes keep the usual file fast; only a file that looks odd is scanned twice.
"""

import re
import threading
from collections.abc import Iterator
from xml.parsers import expat

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from lxml import etree

MAX_BYTES = 40 * 2**20
MAX_DEPTH = 256  # libxml2's own
MAX_ELEMENTS = 600_000  # 10,000 lines, and room
MAX_ATTRIBUTES = 1_000_000
_COUNTED_FROM = 4 * MAX_ELEMENTS  # bytes: no element is shorter than <a/>, no attribute than one of them
MAX_DOCUMENTS = 100  # that are counted in one file
_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_STARTS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}
_UTF32_STARTS = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"<\x00\x00\x00", b"\x00\x00\x00<")
_DOCTYPE = b"<!DOCTYPE"
_WIDE_DOCTYPES = tuple(_DOCTYPE.decode().encode(encoding) for encoding in ("utf-16-le", "utf-16-be"))
_DECLARED = re.compile(rb"""<\?xml[^>]{0,100}?\sencoding\s*=\s*["']([^"'<>]{0,60})["']""")
# All of them hold ASCII as it is, so that a DOCTYPE in them is found by its bytes.
_ENCODINGS = re.compile(
    rb"utf-?8|us-ascii|ascii|iso[-_]?8859-?\d{1,2}|latin-?\d{1,2}|(windows-|cp)125\d", re.IGNORECASE
)
_UTF16_NAMES = re.compile(rb"utf-?16(-?[lb]e)?|ucs-?2|iso-10646-ucs-2", re.IGNORECASE)
_MISREAD = re.compile("[\u00c2\u00c3][\u0080-\u00bf\u20ac\u0152\u0153\u0160\u0161\u0178\u017d\u017e]")
_EXTRA_CONTENT = frozenset({etree.ErrorTypes.ERR_DOCUMENT_END, etree.ErrorTypes.ERR_RESERVED_XML_NAME})
_ENCODING_ERRORS = frozenset({
    etree.ErrorTypes.ERR_INVALID_ENCODING,
    etree.ErrorTypes.ERR_UNKNOWN_ENCODING,
    etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING,
    etree.ErrorTypes.ERR_ENCODING_NAME,
})  # fmt: skip
_TOO_MUCH = etree.ErrorTypes.ERR_RESOURCE_LIMIT
_parsers = threading.local()


class UnreadableFileError(Exception):
    """A file cannot be taken. `text` says in staff words what is wrong with it, `remedy` what to do."""

    def __init__(self, text: str | Promise, remedy: str | Promise = "") -> None:
        super().__init__(text, remedy)
        self.text, self.remedy = text, remedy

    def __str__(self) -> str:
        return f"{self.text} {self.remedy}".strip()


class SeveralInvoicesError(UnreadableFileError):
    """A file holds more than one invoice; some can be taken apart."""


def looks_like_xml(content: bytes) -> bool:
    """Tell whether the content begins as XML does; it may be broken further on."""
    head = content[:200]
    if head[:2] in _UTF16_STARTS:
        return True
    return head.removeprefix(_UTF8_BOM).lstrip().startswith(b"<")


def parse(content: bytes) -> etree._Element:
    """
    Return the root element of the one document in the content. A SOAP envelope in front of it is skipped.

    :raises UnreadableFileError: not XML, truncated, too large, too deep, with a DOCTYPE, in another encoding than
        it says, or several documents in one
    """
    return parse_enveloped(content)[0]


def parse_enveloped(content: bytes) -> tuple[etree._Element, etree._Element | None]:
    """
    Return the root element of the one document, and that of the SOAP envelope in front of it; None: there is none.

    :raises UnreadableFileError: as `parse`
    """
    _check_size(content)
    if not looks_like_xml(content):
        raise _no_xml(content)
    content = content.lstrip(b" \t\r\n") if content[:1].isspace() else content
    try:
        return _parse_one(content), None
    except etree.XMLSyntaxError as exc:
        if _code(exc) in _EXTRA_CONTENT and content[:2] not in _UTF16_STARTS:
            return _only_one(content)
        raise _refusal(exc, content) from exc


def is_misread(root: etree._Element) -> bool:
    """Tell whether texts look like UTF-8 that was declared as another encoding ("HÃ¤meenlinna")."""
    encoding = (root.getroottree().docinfo.encoding or "").casefold()
    if encoding.startswith("utf"):
        return False
    texts = (str(found) for found in root.itertext())
    return any(_MISREAD.search(found) for found in texts if not found.isascii())


def _check_size(content: bytes) -> None:
    if len(content) > MAX_BYTES:
        raise UnreadableFileError(
            too_large(len(content), MAX_BYTES), _("Move large attachments out of the XML, into a ZIP.")
        )
    if len(content) < _COUNTED_FROM:
        return
    # An upper bound: comments and the like count too.
    elements = content.count(b"<") - content.count(b"</")
    if elements > MAX_ELEMENTS or content.count(b"=") > MAX_ATTRIBUTES:
        raise _too_much()


def _parse_one(content: bytes) -> etree._Element:
    """Parse what holds one document and no DOCTYPE; lxml's own errors are left to the caller."""
    _check_encoding(content)
    is_wide = content[:2] in _UTF16_STARTS
    if _DOCTYPE in content or (is_wide and any(doctype in content for doctype in _WIDE_DOCTYPES)):
        _refuse_doctype(content)
    root = etree.fromstring(content, _hardened())
    if root.getroottree().docinfo.internalDTD is not None:
        raise _doctype()
    return root


def _check_encoding(content: bytes) -> None:
    if content.startswith(_UTF32_STARTS):
        raise _unknown_encoding("UTF-32")
    found = _DECLARED.match(content[:300].removeprefix(_UTF8_BOM))
    if not found or _ENCODINGS.fullmatch(found[1]):
        return
    if _UTF16_NAMES.fullmatch(found[1]):  # the declaration itself was read byte by byte
        raise _wrong_encoding(found[1].decode("ascii"), 1)
    raise _unknown_encoding(found[1].decode("ascii", "replace"))


def _refuse_doctype(content: bytes) -> None:
    """Look where the word stands: inside of a text it is harmless."""
    scanner = expat.ParserCreate()
    scanner.StartDoctypeDeclHandler = _raise_doctype
    try:
        scanner.Parse(content, True)  # noqa: FBT003  its C function takes no keywords
    except expat.ExpatError as exc:
        if exc.code != expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]:
            raise _broken(exc.lineno) from exc
    except (LookupError, ValueError) as exc:  # an encoding that expat does not know
        raise _doctype() from exc


def _raise_doctype(*_names: object) -> None:
    raise _doctype()


def _only_one(content: bytes) -> tuple[etree._Element, etree._Element | None]:
    """Return the one document of several that is no SOAP envelope, and the envelope in front of it."""
    try:
        roots = [_parse_one(part) for part in _parts(content)]
    except etree.XMLSyntaxError as exc:
        raise _refusal(exc, content) from exc
    documents = [root for root in roots if local_name(root) != "Envelope"] or roots
    if len(documents) > 1:
        raise several(len(documents))
    return documents[0], None if roots[0] is documents[0] else roots[0]


def documents_in(content: bytes) -> list[bytes]:
    """
    Cut a file behind each of its documents; a SOAP envelope stays with the document that follows it.

    :raises UnreadableFileError: one of them is broken
    """
    _check_size(content)
    if content[:2] in _UTF16_STARTS:
        return [content]
    found, envelope = [], b""
    try:
        for part in _parts(content.strip()):
            if local_name(_parse_one(part)) == "Envelope":
                envelope += part + b"\n"
            else:
                found.append(envelope + part)
                envelope = b""
    except etree.XMLSyntaxError as exc:
        raise _refusal(exc, content) from exc
    return found


def _parts(content: bytes) -> Iterator[bytes]:
    """Cut the content behind each root element."""
    for _number in range(MAX_DOCUMENTS):
        end = _end_of_root(content)
        yield content[:end]
        content = content[end:].lstrip(b" \t\r\n\x00")
        while content.startswith(b"<!--") and b"-->" in content:
            content = content.partition(b"-->")[2].lstrip()
        if not content:
            return
    raise several(MAX_DOCUMENTS)


def _end_of_root(content: bytes) -> int:
    depth, ends = 0, []
    scanner = expat.ParserCreate()

    def start(_tag: str, _attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1

    def end(_tag: str) -> None:
        nonlocal depth
        depth -= 1
        if not depth:
            ends.append(scanner.CurrentByteIndex)

    scanner.StartElementHandler, scanner.EndElementHandler = start, end
    scanner.StartDoctypeDeclHandler = _raise_doctype
    try:
        scanner.Parse(content, True)  # noqa: FBT003
    except expat.ExpatError as exc:
        if not ends:
            raise _broken(exc.lineno) from exc
    except (LookupError, ValueError) as exc:
        raise _broken(1) from exc
    # Behind an empty element expat stands at its end already.
    return content.index(b">", ends[0]) + 1 if content.startswith(b"</", ends[0]) else ends[0]


def _hardened() -> etree.XMLParser:
    """Return this thread's parser: making one costs as much as a small file."""
    parser: etree.XMLParser | None = getattr(_parsers, "parser", None)
    if parser is None:
        parser = _parsers.parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
    return parser


def _code(exc: etree.XMLSyntaxError) -> int:
    code: int = getattr(exc, "code", 0)  # lxml's types do not know it
    return code


def _refusal(exc: etree.XMLSyntaxError, content: bytes) -> UnreadableFileError:
    line = exc.lineno or 1
    if _code(exc) == _TOO_MUCH:
        return _too_long() if "long" in str(exc) else _too_much()
    if _code(exc) in _ENCODING_ERRORS:
        declared = _DECLARED.match(content[:300].removeprefix(_UTF8_BOM))
        return _wrong_encoding(declared[1].decode("ascii", "replace") if declared else "UTF-8", line)
    return _broken(line)


def _no_xml(content: bytes) -> UnreadableFileError:
    if content.lstrip()[:5] == b"%PDF-":
        return UnreadableFileError(
            _("The file is a PDF, whatever its name says."),
            _("Choose the invoice's XML file; the PDF can go beside it in a ZIP."),
        )
    return UnreadableFileError(_("The file is not XML."), _("Choose the invoice's XML file, or a ZIP that holds it."))


def _doctype() -> UnreadableFileError:
    return UnreadableFileError(
        _("The XML holds a DOCTYPE, which invoices never need and which can hide attacks."),
        _("Export the file again without it."),
    )


def _too_much() -> UnreadableFileError:
    return UnreadableFileError(
        _("The XML is built too deep or has too many elements for an invoice."),
        _("Check that the file is one invoice."),
    )


def _too_long() -> UnreadableFileError:
    return UnreadableFileError(
        _("The XML holds one text or attachment of more than 10 MB."),
        _("Move large attachments out of the XML, into a ZIP."),
    )


def _unknown_encoding(name: str) -> UnreadableFileError:
    return UnreadableFileError(
        _("The XML says that it is written in “%(encoding)s”, which cannot be read.") % {"encoding": name},
        _("Export the file again as UTF-8."),
    )


def _wrong_encoding(name: str, line: int) -> UnreadableFileError:
    return UnreadableFileError(
        _("The XML says that it is written in %(encoding)s, but line %(line)s is not.")
        % {"encoding": name, "line": line},
        _("Export the file again; do not save it in a text editor."),
    )


def _broken(line: int | None) -> UnreadableFileError:
    return UnreadableFileError(
        _("The XML is broken or cut off at line %(line)s.") % {"line": line or 1},
        _("Export the file again; do not edit it in a text editor."),
    )


def several(count: int) -> SeveralInvoicesError:
    """Say that a file holds more than one invoice."""
    return SeveralInvoicesError(
        _("The file holds %(count)s invoices; AutoInvoice takes one a file.") % {"count": count},
        _("Export each invoice as a file of its own."),
    )


def too_large(size: int, limit: int) -> str:
    """Say that something is too large, in megabytes."""
    return _("The file has %(size)s MB; at most %(limit)s MB are possible.") % {
        "size": f"{size / 2**20:.1f}",
        "limit": f"{limit / 2**20:.0f}",
    }


def local_name(element: etree._Element) -> str:
    """Return an element's name without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def namespace(element: etree._Element) -> str:
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


def find(element: etree._Element | None, path: str) -> etree._Element | None:
    """Return the first descendant on a path of local names ("Party/PartyName/Name"), whatever their namespaces."""
    return next(find_all(element, path), None)


def find_all(element: etree._Element | None, path: str) -> Iterator[etree._Element]:
    """Return all elements on a path of local names."""
    if element is None:
        return
    name, _slash, rest = path.partition("/")
    for child in element:
        if local_name(child) == name:
            if rest:
                yield from find_all(child, rest)
            else:
                yield child


def text(element: etree._Element | None, *paths: str) -> str:
    """Return the first text that is not blank on any of the paths, trimmed; ""."""
    for path in paths:
        for found in find_all(element, path):
            value = " ".join((found.text or "").split())
            if value:
                return value
    return ""
