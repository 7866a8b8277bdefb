"""Which format a file has, by its content, and its reader."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lxml import etree

from invoices.documents import cii, fatturapa, finvoice, svefaktura, teapps, ubl
from invoices.documents.model import Document
from invoices.files.xml import local_name, namespace, several

Reader = Callable[[Any], Document]

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_SVEFAKTURA = "urn:sfti:documents:BasicInvoice:"
_BY_NAME_AND_SPACE: dict[tuple[str, str], Reader] = {
    ("Invoice", f"{_UBL}Invoice-2"): ubl.read,
    ("CreditNote", f"{_UBL}CreditNote-2"): ubl.read,
    ("SelfBilledInvoice", f"{_UBL}SelfBilledInvoice-2"): ubl.read,
    ("SelfBilledCreditNote", f"{_UBL}SelfBilledCreditNote-2"): ubl.read,
    ("CrossIndustryInvoice", "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"): cii.read,
}
_BY_NAME: dict[str, Reader] = {
    "Finvoice": finvoice.read,
    "INVOICE_CENTER": teapps.read,
    "INVOICES": teapps.read,
    "FatturaElettronica": fatturapa.read,
}
# Other formats that AutoInvoice takes: known to be invoices, but not read by us.
_OTHERS = {"VismaXML": "VISMAXML60", "Faktura": "SVEFAKTURA10", "E2B": "E2B", "Interchange": "E2B"}
# What travels around invoices: Peppol's header, SOAP, the Swedish and other envelopes.
_ENVELOPES = frozenset({"StandardBusinessDocument", "Envelope", "ObjectEnvelope", "Body", "Invoices", "Finvoices"})
_DEEPEST_ENVELOPE = 4


def read(root: etree._Element, envelope: etree._Element | None = None) -> Document:
    """
    Return what a file says; an empty Document for a format that we do not know (AutoInvoice decides).

    :param envelope: of SOAP, where it stands in front of the invoice instead of around it
    :raises UnreadableFileError: it holds several invoices
    """
    inner = _inside(root)
    reader = reader_of(inner)
    if local_name(inner) == "Finvoice":
        return replace(finvoice.read(inner, root if envelope is None else envelope), is_read=True)
    if reader:
        return replace(reader(inner), is_read=True)
    return Document(format=_OTHERS.get(local_name(inner), ""))


def reader_of(root: etree._Element) -> Reader | None:
    """Return what reads an element as an invoice; None for one that is none that we know."""
    name, space = local_name(root), namespace(root)
    if name == "Invoice" and (space.startswith(_SVEFAKTURA) or "svefaktura" in space.casefold()):
        return svefaktura.read
    return _BY_NAME_AND_SPACE.get((name, space)) or _BY_NAME.get(name)


def _inside(root: etree._Element, depth: int = 0) -> etree._Element:
    """Return the invoice in an envelope; what is no envelope of an invoice comes back as it is."""
    if depth == _DEEPEST_ENVELOPE or local_name(root) not in _ENVELOPES:
        return root
    invoices = [child for child in root if reader_of(child)]
    if len(invoices) > 1:
        raise several(len(invoices))
    if invoices:
        return invoices[0]
    inner = [_inside(child, depth + 1) for child in root if local_name(child) in _ENVELOPES]
    return next((found for found in inner if reader_of(found)), root)
