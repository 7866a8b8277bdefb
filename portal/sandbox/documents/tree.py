"""
XML in and out: hardened parsing, and the few calls that readers and writers need.

Refused before anything is built from it: DOCTYPE, entities, unusual encodings, over-long input.
Nothing is ever fetched.
"""

import re
from decimal import Decimal
from typing import cast

from lxml import etree

from portal.sandbox.documents.errors import DocumentError

MAX_XML_BYTES = 20 * 1024 * 1024
ENCODINGS = {"utf-8", "utf-16", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "latin1", "latin-9", "windows-1252"}

Element = etree._Element  # noqa: SLF001 - lxml names its public element type like this

_DECLARATION = re.compile(r"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ROOT = re.compile(r"<[A-Za-z_]")
_SOAP_END = re.compile(rb"</(?:[A-Za-z0-9_.-]+:)?Envelope\s*>")


def parse(content: bytes) -> Element:
    """
    Return the invoice's own root element; a SOAP frame before it or a business document header around it is taken off.

    :raises DocumentError: not well-formed, too big, an encoding or a DOCTYPE that is not accepted
    """
    if len(content) > MAX_XML_BYTES:
        raise DocumentError(f"ERROR: FILE TOO LARGE, {MAX_XML_BYTES} BYTES AT MOST")
    wide = b"\x00" in content[:4]  # UTF-16: blanks at its ends are two bytes, and it has no SOAP frame
    body = content if wide else _without_soap_frame(content.strip())
    _check_prolog(body)
    return _unwrapped(_parsed(body))


def _parsed(body: bytes) -> Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as exc:
        raise DocumentError(f"ERROR: NOT A WELL-FORMED XML FILE: {_first_line(exc)}") from exc
    if root.getroottree().docinfo.internalDTD is not None:
        raise DocumentError("ERROR: DOCTYPE NOT ALLOWED")
    return root


def _first_line(exc: Exception) -> str:
    lines = str(exc).splitlines()
    return lines[0][:200] if lines else "unreadable"


def _without_soap_frame(content: bytes) -> bytes:
    """Finvoice files from banks begin with a whole SOAP envelope, and the invoice follows as a second XML document."""
    if b"Envelope" not in content[:1000]:
        return content
    end = _SOAP_END.search(content)
    rest = content[end.end() :].strip() if end else b""
    return rest or content


def _check_prolog(body: bytes) -> None:
    head = _decoded_head(body)
    declared = _DECLARATION.match(head)
    if declared and declared[1].lower() not in ENCODINGS:
        raise DocumentError(f"ERROR: ENCODING NOT SUPPORTED: {declared[1]}")
    bare = _COMMENT.sub("", head)
    root = _ROOT.search(bare)
    prolog = bare[: root.start()] if root else bare
    if "<!DOCTYPE" in prolog.upper():
        raise DocumentError("ERROR: DOCTYPE NOT ALLOWED")


def _decoded_head(body: bytes) -> str:
    head = body[:65536]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="replace").lstrip("\ufeff")
    if head[:2] in (b"<\x00", b"\x00<"):
        return head.replace(b"\x00", b"").decode("latin-1")
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1").lstrip()


def _unwrapped(root: Element) -> Element:
    if name_of(root) != "StandardBusinessDocument":
        return root
    for child in root:
        if name_of(child) != "StandardBusinessDocumentHeader":
            return child
    raise DocumentError("ERROR: NO INVOICE FOUND IN THE ENVELOPE")


def name_of(element: Element) -> str:
    return etree.QName(element).localname


def namespace_of(element: Element) -> str:
    return etree.QName(element).namespace or ""


def add(parent: Element, name: str, text: object = None, **attributes: str) -> Element:
    """Append a child element; attributes with an empty value are left out. `prune` takes empty elements away later."""
    child = etree.SubElement(parent, name)
    if text is not None:
        child.text = format(text, "f") if isinstance(text, Decimal) else str(text)
    for key, value in attributes.items():
        if value:
            child.set(key, value)
    return child


def prune(element: Element) -> None:
    """Remove every element that holds neither text nor children, however deep."""
    for child in list(element):
        prune(child)
        if not len(child) and not (child.text or "").strip():
            element.remove(child)


def serialized(root: Element, encoding: str) -> bytes:
    return cast("bytes", etree.tostring(root, xml_declaration=True, encoding=encoding, pretty_print=True))
