"""
The one place where invoices' XML is parsed, whoever gave it: no DOCTYPE, no entities of its
own, no network, limits on size, depth and count.
"""

from collections.abc import Iterator
from xml.parsers import expat

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from lxml import etree

MAX_BYTES = 20 * 2**20
MAX_DEPTH = 100
MAX_ELEMENTS = 300_000
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class UnreadableFileError(Exception):
    """A file cannot be taken. `text` says in staff words what is wrong with it, `remedy` what to do."""

    def __init__(self, text: str | Promise, remedy: str | Promise = "") -> None:
        super().__init__(text, remedy)
        self.text, self.remedy = text, remedy

    def __str__(self) -> str:
        return f"{self.text} {self.remedy}".strip()


class _Guard:
    """Reads once without building anything, and stops at the first thing that an invoice must not have."""

    def __init__(self) -> None:
        self._depth = self._elements = 0

    def check(self, content: bytes) -> None:
        scanner = expat.ParserCreate()
        scanner.StartDoctypeDeclHandler = self._doctype
        scanner.StartElementHandler = self._start
        scanner.EndElementHandler = self._end
        scanner.Parse(content, True)  # noqa: FBT003  its C function takes no keywords

    def _start(self, _tag: str, _attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise UnreadableFileError(
                _("The XML is built too deep or has too many elements for an invoice."),
                _("Check that the file is one invoice."),
            )

    def _end(self, _tag: str) -> None:
        self._depth -= 1

    def _doctype(self, *_names: object) -> None:
        raise UnreadableFileError(
            _("The XML holds a DOCTYPE, which invoices never need and which can hide attacks."),
            _("Export the invoice again without it."),
        )


def looks_like_xml(content: bytes) -> bool:
    """Tell whether the content begins as XML does; it may be broken further on."""
    head = content[:200]
    if head.startswith(_BOMS[1:]):
        return True
    return head.removeprefix(_BOMS[0]).lstrip().startswith(b"<")


def parse(content: bytes) -> etree._Element:
    """
    Return the root element.

    :raises UnreadableFileError: not XML, truncated, too large, too deep, or with a DOCTYPE
    """
    if len(content) > MAX_BYTES:
        raise UnreadableFileError(
            too_large(len(content), MAX_BYTES), _("Move large attachments out of the XML, into a ZIP.")
        )
    if not looks_like_xml(content):
        raise UnreadableFileError(
            _("The file is not XML."), _("Choose the invoice's XML file, or a ZIP that holds it.")
        )
    try:
        _Guard().check(content)
        return etree.fromstring(content, _hardened())
    except expat.ExpatError as exc:
        raise _broken(exc.lineno) from exc
    except (etree.XMLSyntaxError, LookupError) as exc:  # LookupError: an encoding that nobody knows
        raise _broken(getattr(exc, "lineno", None)) from exc


def _hardened() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _broken(line: int | None) -> UnreadableFileError:
    return UnreadableFileError(
        _("The XML is broken or cut off at line %(line)s.") % {"line": line or 1},
        _("Export the invoice again; do not edit it in a text editor."),
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
