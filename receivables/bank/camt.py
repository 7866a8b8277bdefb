"""CAMT.053: read entry by entry, so that a file of any size takes little memory. No DTD, no entity, no network."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy as _
from lxml import etree

from receivables.bank.rows import BankFileError, BankRow, as_amount, as_day, as_reference

_SPACE = re.compile(r"\{(urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.\d\d)\}")
_HEAD = 4096


def read(stream: BinaryIO) -> Iterator[BankRow]:
    """
    Yield what came in; money that went out is passed over.

    :raises BankFileError: a DTD, another namespace, or no XML
    """
    head = stream.read(_HEAD)
    stream.seek(0)
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise BankFileError(
            _("The file brings a document type (DTD), which no bank statement does."),
            _("Fetch the statement from the bank once more; do not open it in another program before."),
        )
    try:
        yield from _entries(stream)
    except etree.XMLSyntaxError as error:
        text = _("The file is no whole XML: line %(line)s.") % {"line": error.lineno or "?"}
        raise BankFileError(text, _("Fetch the statement from the bank once more.")) from None


def _entries(stream: BinaryIO) -> Iterator[BankRow]:
    parsing = etree.iterparse(
        stream, events=("start",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    _event, root = next(iter(parsing))
    space = _space_of(root)
    stream.seek(0)
    entries = etree.iterparse(
        stream, tag=f"{space}Ntry", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    for _event, element in entries:
        yield from _rows_of(element, space)
        _forget(element)


def _space_of(root: Any) -> str:
    """Return the namespace in braces, if the file is a statement and nothing beside it."""
    if root.getroottree().docinfo.doctype:
        raise BankFileError(_("The file brings a document type (DTD), which no bank statement does."))
    found = _SPACE.match(root.tag)
    if found is None:
        named = etree.QName(root)
        text = _("This is no account statement (CAMT.053): the file begins with “%(name)s” of “%(space)s”.")
        words = {"name": named.localname[:60], "space": (named.namespace or "–")[:100]}
        raise BankFileError(text % words, _("Choose the bank's CAMT.053, or its list of rows as CSV."))
    return found[0]


def _forget(element: Any) -> None:
    """Let go of an entry that was read, and of what stands before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _rows_of(entry: Any, space: str) -> Iterator[BankRow]:
    if entry.findtext(f"{space}CdtDbtInd") != "CRDT":
        return
    day = entry.find(f"{space}BookgDt")
    booked_on = as_day("".join(day.itertext()).strip()) if day is not None else None
    whole, currency = _amount(entry.find(f"{space}Amt"))
    if booked_on is None or whole is None:
        return
    details = list(entry.iter(f"{space}TxDtls"))
    for detail in details or [entry]:
        yield _row(detail, space, booked_on, whole if len(details) < 2 else None, currency)


def _row(detail: Any, space: str, booked_on: date, whole: Decimal | None, currency: str) -> BankRow:
    own = detail.find(f"{space}Amt")
    if own is None:
        own = detail.find(f"{space}AmtDtls/{space}TxAmt/{space}Amt")
    sum_paid = whole if whole is not None else (_amount(own)[0] or Decimal(0))
    party = next(detail.iter(f"{space}Dbtr"), None)
    reference = next(detail.iter(f"{space}Ref"), None)
    words = next(detail.iter(f"{space}Ustrd"), None)
    return BankRow(
        booked_on=booked_on,
        amount=sum_paid,
        currency=currency,
        reference=as_reference(reference.text or "") if reference is not None else "",
        payer=_name(party, space),
        text=(words.text or "").strip()[:200] if words is not None else "",
    )


def _amount(element: Any) -> tuple[Decimal | None, str]:
    if element is None:
        return None, ""
    return as_amount(element.text or ""), str(element.get("Ccy") or "")


def _name(party: Any, space: str) -> str:
    found = next(party.iter(f"{space}Nm"), None) if party is not None else None
    return (found.text or "").strip()[:200] if found is not None else ""
