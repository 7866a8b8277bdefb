"""
Mending single values in an invoice's XML, with proof that nothing else has changed.

The file is read, the value set in all places that hold it, the result written and read again: every element, text and
attribute beside the ones meant must be as before, and the reader must find the new value. Comments and processing
instructions are left out, as everywhere here.
"""

import io
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from lxml import etree

from invoices.documents.places import BY_ROOT, Family, Place
from invoices.documents.values import as_date
from invoices.files import xml
from invoices.files.xml import UnreadableFileError
from invoices.sending import packages

_SIGNATURES = "{http://www.w3.org/2000/09/xmldsig#}Signature"
_STAMP = (2000, 1, 1, 0, 0, 0)  # the same values make the same ZIP, so the same invoice
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
Fact = tuple[str, str, tuple[tuple[str, str], ...]]  # path, text, attributes


class NotMendableError(UnreadableFileError):
    """The file, or this value of it, cannot be mended safely; text and remedy say why and what else to do."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value that can be mended; "" when it is missing. `scheme` is None where an address has none."""

    name: str
    text: str
    scheme: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    name: str
    was: str
    now: str


def values_of(content: bytes) -> list[Value]:
    """
    Return what can be mended in a file, in the order of `places`.

    :raises NotMendableError: nothing can
    """
    root, family = _open(content)
    return [
        _value(root, name, places[0]) for name, places in family.places.items() if _is_safe(root, family, places[0])
    ]


def mend(content: bytes, wanted: Mapping[str, str]) -> tuple[bytes, list[Change]]:
    """
    Return the file with other values, and what was changed; a value that is the same already is no change.

    :param wanted: field → text; dates as 2026-11-30, addresses with their scheme in front where the format has one
    :raises NotMendableError: a value cannot be set, or something beside it would change
    """
    root, family = _open(content)
    before, changes = _facts(root), []
    expected = Counter(before)
    for name, text in wanted.items():
        change = _set(root, family, name, text.strip(), expected)
        if change:
            changes.append(change)
    written = _written(root)
    _prove(written, expected, changes)
    return _packed(content, written), changes


def _open(content: bytes) -> tuple[etree._Element, Family]:
    given = packages.read(content, "").xml
    root = xml.parse(given)
    family = BY_ROOT.get(xml.local_name(root))
    if family is None or (family.name == "UBL" and not xml.namespace(root).startswith(_UBL)):
        raise NotMendableError(
            _("Values of this format cannot be mended here."), _("Have the customer's software correct the invoice.")
        )
    if b":Envelope" in given[:2000]:
        raise NotMendableError(
            _("The invoice travels in an envelope that names its addresses a second time."),
            _("Send it another way, or have the customer's software correct it."),
        )
    if next(root.iter(_SIGNATURES), None) is not None:
        raise NotMendableError(
            _("The invoice is signed; any change would break the signature."),
            _("Have the customer's software correct and sign it."),
        )
    return root, family


def _find(root: etree._Element, place: Place) -> list[etree._Element]:
    return list(xml.find_all(root, "/".join(place.path)))


def _is_safe(root: etree._Element, family: Family, place: Place) -> bool:
    """Tell whether there is exactly one place of it, or it can be made."""
    found = _find(root, place)
    if len(found) > 1 or any(len(element) for element in found):
        return False
    return bool(found) or (not place.only_if_there and _can_be_made(root, family, place))


def _can_be_made(root: etree._Element, family: Family, place: Place) -> bool:
    """Tell whether each missing element on the way has one parent, in which it has its place."""
    parents, parent = [root], xml.local_name(root)
    for name in place.path:
        found = [child for element in parents for child in xml.find_all(element, name)]
        if len(found) > 1 or (not found and name not in family.orders.get(parent, ())):
            return False
        parents, parent = found, name
    return True


def _value(root: etree._Element, name: str, place: Place) -> Value:
    element = next(iter(_find(root, place)), None)
    text = " ".join((element.text or "").split()) if element is not None else ""
    if name in ("date", "due_date") and (found := as_date(text)):
        text = found.isoformat()
    scheme = (element.get(place.scheme, "") if element is not None else "") if place.scheme else None
    return Value(name, text, scheme)


def _set(root: etree._Element, family: Family, name: str, text: str, expected: Counter[Fact]) -> Change | None:
    places = family.places.get(name)
    if not places or not _is_safe(root, family, places[0]):
        raise NotMendableError(_("%(field)s cannot be mended in this file.") % {"field": name})
    old = _value(root, name, places[0])
    scheme, text = _split(text) if places[0].scheme else ("", text)
    if (text, scheme or old.scheme or "") == (old.text, old.scheme or ""):
        return None
    for number, place in enumerate(places):
        if number and not _holds_the_same(root, name, place, old.text):
            continue
        _set_one(root, family, place, _as_written(name, text, place), scheme, expected)
    was = f"{old.scheme}:{old.text}" if old.scheme and old.text else old.text
    return Change(name, was, f"{scheme}:{text}" if scheme else text)


def _split(address: str) -> tuple[str, str]:
    """Return scheme and value of "0192:987654325"; an address without a four-digit scheme has none."""
    scheme, colon, value = address.partition(":")
    return (scheme, value) if colon and len(scheme) == 4 and scheme.isdigit() else ("", address)


def _holds_the_same(root: etree._Element, name: str, place: Place, text: str) -> bool:
    found = _find(root, place)
    return len(found) == 1 and bool(text) and _value(root, name, place).text == text


def _as_written(name: str, text: str, place: Place) -> str:
    return date.fromisoformat(text).strftime(place.date) if name in ("date", "due_date") else text


def _set_one(
    root: etree._Element, family: Family, place: Place, text: str, scheme: str, expected: Counter[Fact]
) -> None:
    element = next(iter(_find(root, place)), None)
    if element is None:
        element = _make(root, family, place, expected)
    expected.subtract([_fact(element)])
    element.text = text
    if scheme:
        element.set(place.scheme, scheme)
    expected.update([_fact(element)])


def _make(root: etree._Element, family: Family, place: Place, expected: Counter[Fact]) -> etree._Element:
    """Make what is missing on the path, each element where its order says."""
    parent = root
    for depth, name in enumerate(place.path, 1):
        found = next(xml.find_all(parent, name), None)
        if found is None:
            found = _insert(parent, family, name, is_leaf=depth == len(place.path))
            expected.update([_fact(found)])
        parent = found
    return parent


def _insert(parent: etree._Element, family: Family, name: str, *, is_leaf: bool) -> etree._Element:
    order = family.orders[xml.local_name(parent)]
    before = set(order[: order.index(name)])
    known = [place for place, child in enumerate(parent) if xml.local_name(child) in before]
    namespace = family.namespaces[is_leaf] or xml.namespace(parent)
    element = parent.makeelement(f"{{{namespace}}}{name}" if namespace else name)
    parent.insert(known[-1] + 1 if known else 0, element)
    return element


def _facts(root: etree._Element) -> Counter[Fact]:
    return Counter(_fact(element) for element in root.iter() if isinstance(element.tag, str))


def _fact(element: etree._Element) -> Fact:
    attributes = tuple(sorted((str(name), str(value)) for name, value in element.attrib.items()))
    return _path(element), (element.text or "").strip(), attributes


def _path(element: etree._Element) -> str:
    names = [str(found.tag) for found in _upwards(element)]
    return "/".join(reversed(names))


def _upwards(element: etree._Element) -> Iterator[etree._Element]:
    yield element
    yield from element.iterancestors()


def _written(root: etree._Element) -> bytes:
    encoding = root.getroottree().docinfo.encoding or "UTF-8"
    written = etree.tostring(root.getroottree(), encoding=encoding, xml_declaration=True)
    return written if isinstance(written, bytes) else written.encode(encoding)


def _prove(written: bytes, expected: Counter[Fact], changes: list[Change]) -> None:
    """
    Read what was written and compare it with what is expected.

    :raises NotMendableError: something else has changed, or a new value is not found
    """
    root = xml.parse(written)
    family = BY_ROOT[xml.local_name(root)]
    differs = _facts(root) != +expected
    missing = [
        change.name
        for change in changes
        if _value(root, change.name, family.places[change.name][0]).text != _split(change.now)[1]
        and _value(root, change.name, family.places[change.name][0]).text != change.now
    ]
    if differs or missing:
        raise NotMendableError(
            _("The file could not be changed without changing something else; nothing was sent."),
            _("Have the customer's software correct the invoice."),
        )


def _packed(content: bytes, written: bytes) -> bytes:
    """Put the XML back into its ZIP, where it came in one; all other files stay byte for byte."""
    if not packages.is_zip(content[:4]):
        return written
    name = packages.read(content, "").xml_name
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        for entry in old.infolist():
            if entry.is_dir():
                continue
            again = zipfile.ZipInfo(entry.filename, _STAMP)
            again.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(again, written if entry.filename == name else old.read(entry))
    return packed.getvalue()
