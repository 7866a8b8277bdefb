"""Which format a file has, by its content, and its reader."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lxml import etree

from invoices.documents import cii, finvoice, ubl
from invoices.documents.model import Document
from invoices.xml import local_name, namespace

Reader = Callable[[Any], Document]

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_READERS: dict[tuple[str, str], Reader] = {
    ("Finvoice", ""): finvoice.read,
    ("Invoice", f"{_UBL}Invoice-2"): ubl.read,
    ("CreditNote", f"{_UBL}CreditNote-2"): ubl.read,
    ("CrossIndustryInvoice", "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"): cii.read,
}
# Other formats that AutoInvoice takes: known to be invoices, but not read by us.
_OTHERS = {
    "INVOICES": "TEAPPS27",
    "INVOICE_CENTER": "TEAPPS30",
    "VismaXML": "VISMAXML60",
    "Faktura": "SVEFAKTURA10",
    "E2B": "E2B",
    "Interchange": "E2B",
    "FatturaElettronica": "FATTURAPA12",
}


def read(root: etree._Element) -> Document:
    """Return what a file says; an empty Document for a format that we do not know (AutoInvoice decides)."""
    name, space = local_name(root), namespace(root)
    reader = _READERS.get((name, space))
    if reader:
        return replace(reader(root), is_read=True)
    if name == "Invoice" and "sveFaktura" in space:
        return Document(format="SVEFAKTURA10")
    return Document(format=_OTHERS.get(name, ""))
