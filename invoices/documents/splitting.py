"""
Several invoices in one file, taken apart where the format allows it.

AutoInvoice takes one invoice a file. Finvoice messages may stand behind each other, each with its envelope, and some
systems put them into a list; both can be cut without touching an invoice. In TEAPPSXML and FatturaPA the invoices of a
file share parts, so that only the sender's software can do it.
"""

from lxml import etree

from invoices.documents.read import reader_of
from invoices.files import xml

_LISTS = frozenset({"Invoices", "Finvoices"})
MOST = 1000


def split(content: bytes) -> list[bytes]:
    """
    Return the invoices of a file one by one; empty if it cannot be cut.

    :raises UnreadableFileError: it cannot be parsed
    """
    parts = xml.documents_in(content)
    if len(parts) > 1:
        return parts
    root = xml.parse(content)
    if xml.local_name(root) not in _LISTS:
        return []
    invoices = [child for child in root if reader_of(child)]
    return [_alone(invoice) for invoice in invoices] if len(invoices) <= MOST else []


def _alone(invoice: etree._Element) -> bytes:
    whole: bytes = etree.tostring(invoice, encoding="UTF-8", xml_declaration=True, with_tail=False)
    return whole
