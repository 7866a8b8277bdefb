"""
Mutated invoices: what a broken transfer, a bad export or an attacker makes of a file.

A mutation keeps, breaks or changes a file; `judge` says what may come of it. Everything follows from the seed.
"""

import io
import random
import re
import zipfile
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal

from lxml import etree

from invoices.documents import Document, read, sums
from invoices.files import xml
from invoices.files.xml import UnreadableFileError
from invoices.sending import packages
from tests.invoices.documents import samples

# Every amount that something else in the file depends on.
_TOTALS = re.compile(
    rb"<(?:\w+:)?(?:TaxInclusiveAmount|LineExtensionAmount|PayableAmount|InvoiceTotalVat(?:In|Ex)cludedAmount|"
    rb"InvoiceTotalVatAmount|RowsTotalVatExcludedAmount|RowVatExcludedAmount|VatRateAmount|GrandTotalAmount|"
    rb"TaxBasisTotalAmount|DuePayableAmount|CalculatedAmount|TaxInclusiveTotalAmount|TaxExclusiveTotalAmount|"
    rb"LineExtensionTotalAmount|TotalTaxAmount|ImportoTotaleDocumento|ImponibileImporto|Imposta|PrezzoTotale|"
    rb"INVOICE_TOTAL><AMOUNT|ROWS_TOTAL><AMOUNT|VAT_TOTAL><AMOUNT|VAT_RATE_TOTAL><AMOUNT)\b[^>]*>(-?[\d ]+)[.,]\d\d<"
)
# Texts that break readers: no number, too much of one, other digits, other scripts, markup.
_ODD = (
    "", " ", "0", "-0", "NaN", "Infinity", "1e999", "9" * 500, "0,0,0", "1.2.3", "--5", "١٢٣", "\u202e", "\ufeff",
    "2026-02-30", "99999999", "0000-00-00", "'; DROP TABLE", "<b>", "]]>", "&amp;", "\t\n", "é" * 300, "\U0001f600",
)  # fmt: skip
_ENCODINGS = (
    "utf-8",
    "utf-16",
    "utf-16-le",
    "iso-8859-1",
    "iso-8859-15",
    "windows-1252",
    "utf-7",
    "cp037",
    "shift_jis",
)
Mutation = Callable[[bytes, random.Random], bytes]


@dataclass(frozen=True)
class Case:
    """One mutated file."""

    name: str
    mutation: str
    seed: int
    content: bytes


def case(seed: int) -> Case:
    chance = random.Random(seed)
    name = chance.choice(samples.NAMES)
    mutation = chance.choice(tuple(MUTATIONS))
    return Case(name, mutation, seed, MUTATIONS[mutation](samples.content(name), chance))


def judge(case: Case) -> str:
    """
    Return "" or what is wrong. Reading may end in a Document or in our own error; a changed total must be noticed.

    Anything else that is raised is a finding and passes through.
    """
    try:
        package = packages.read(case.content, "invoice.xml")
        found = read(xml.parse(package.xml))
        found.details  # noqa: B018  it reads the rest
    except UnreadableFileError as exc:
        return "" if exc.text and exc.remedy else "an error without text or remedy"
    if case.mutation == "total" and not noticed(found):
        return f"a changed total passes: {found.amounts}"
    return "" if _is_sound(found) else "something read is of the wrong kind"


def noticed(found: Document) -> bool:
    return bool(sums.disagreements(found) or sums.missing(found) or found.amounts.unreadable)


def _is_sound(found: Document) -> bool:
    amounts = found.amounts
    numbers = (amounts.lines, amounts.without_tax, amounts.tax, amounts.with_tax, amounts.payable)
    return all(number is None or (isinstance(number, Decimal) and number.is_finite()) for number in numbers)


def _bytes(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def _cut_out(content: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content))
    return content[:start] + content[start + chance.randint(1, 400) :]


def _twice(content: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content))
    return content[:start] + content[start : start + chance.randint(1, 2000)] + content[start:]


def _declared(content: bytes, chance: random.Random) -> bytes:
    name = chance.choice(_ENCODINGS).encode()
    return re.sub(rb'encoding="[^"]*"', b'encoding="' + name + b'"', content)


def _encoded(content: bytes, chance: random.Random) -> bytes:
    return content.decode("iso-8859-15").encode(chance.choice(_ENCODINGS), "replace")


def _number(content: bytes, chance: random.Random) -> bytes:
    found = list(re.finditer(rb">[\d.,-]+<", content))
    place = chance.choice(found)
    return content[: place.start() + 1] + chance.choice(_ODD[:15]).encode() + content[place.end() - 1 :]


def _hostile(content: bytes, chance: random.Random) -> bytes:
    entities = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    outside = b'<!DOCTYPE a SYSTEM "file:///etc/passwd">'
    head, mark, rest = content.partition(b"?>")
    return head + mark + chance.choice((entities, outside)) + rest.replace(b"</", b"&b;</", 3)


def _deep(content: bytes, chance: random.Random) -> bytes:
    times = chance.choice((50, 300, 5000))
    place = content.rindex(b"</")
    return content[:place] + b"<x>" * times + b"</x>" * times + content[place:]


def _packed(content: bytes, chance: random.Random) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("invoice.xml", content)
        archive.writestr(chance.choice(("invoice.pdf", "../a.txt", "a\x01.txt", "b.zip")), b"%PDF-1.7")
    return _bytes(packed.getvalue(), chance) if chance.random() < 0.8 else packed.getvalue()


def _tree(change: Callable[[list[etree._Element], random.Random], None]) -> Mutation:
    def mutate(content: bytes, chance: random.Random) -> bytes:
        root = deepcopy(xml.parse(content))
        for _ in range(chance.randint(1, 4)):
            change([element for element in root.iter() if element.getparent() is not None], chance)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")

    return mutate


def _drop(elements: list[etree._Element], chance: random.Random) -> None:
    if elements:
        gone = chance.choice(elements)
        parent = gone.getparent()
        assert parent is not None
        parent.remove(gone)


def _double(elements: list[etree._Element], chance: random.Random) -> None:
    if elements:
        twin = chance.choice(elements)
        twin.addnext(deepcopy(twin))


def _swap(elements: list[etree._Element], chance: random.Random) -> None:
    if elements:
        one, other = chance.choice(elements), chance.choice(elements)
        one.text, other.text = other.text, one.text
        one.tag, other.tag = other.tag, one.tag


def _odd_text(elements: list[etree._Element], chance: random.Random) -> None:
    if elements:
        chance.choice(elements).text = chance.choice(_ODD)


def _other_namespace(elements: list[etree._Element], chance: random.Random) -> None:
    if elements:
        element = chance.choice(elements)
        element.tag = f"{{urn:other}}{xml.local_name(element)}"


def _total(content: bytes, chance: random.Random) -> bytes:
    """Change one amount by a whole unit or more, so that the file no longer adds up."""
    found = list(_TOTALS.finditer(content))
    place = chance.choice(found)
    changed = str(int(place[1].replace(b" ", b"")) + chance.choice((1, 7, 90, -3, 1000))).encode()
    return content[: place.start(1)] + changed + content[place.end(1) :]


MUTATIONS: dict[str, Mutation] = {
    "bytes": _bytes, "cut": _cut, "cut_out": _cut_out, "twice": _twice, "declared": _declared, "encoded": _encoded,
    "number": _number, "hostile": _hostile, "deep": _deep, "packed": _packed, "total": _total,
    "drop": _tree(_drop), "double": _tree(_double), "swap": _tree(_swap), "odd_text": _tree(_odd_text),
    "other_namespace": _tree(_other_namespace),
}  # fmt: skip
