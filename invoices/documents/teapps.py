"""TEAPPSXML 2.7 and 3.0, used in Finland. Source: Tieto's empty structure with explanations, 2018-02."""

from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from invoices.documents import teapps_details
from invoices.documents.branch import Amount, Branch
from invoices.documents.model import Amounts, Document, Kind
from invoices.documents.teapps_amounts import amount_of, row_amount
from invoices.documents.teapps_details import date, payments
from invoices.documents.teapps_party import party
from invoices.documents.ubl import kind_of
from invoices.documents.values import first, nearest, total
from invoices.files.xml import several

_KINDS = {
    "01": Kind.CREDIT_NOTE,
    "04": Kind.CREDIT_NOTE,
    "05": Kind.CREDIT_NOTE,  # of a transit invoice
    "06": Kind.INTEREST,
    "07": Kind.CREDIT_NOTE,  # of an interest invoice
    "09": Kind.REMINDER,
}
_SAYS_AGAIN = frozenset({"SUBTOTAL", "INFO"})  # rows that add nothing
_HEADING, _SPECIFICATION = "MAIN", "SPECIFICATION"


def read(root: etree._Element) -> Document:
    """
    Return the one invoice of a file.

    :raises UnreadableFileError: there are several
    """
    tree = Branch(root)
    frame = tree.one("CONTENT_FRAME")
    invoices = (frame.one("INVOICES") or tree.one("INVOICES") or tree).all("INVOICE")
    if len(invoices) > 1:
        raise several(len(invoices))
    invoice = invoices[0] if invoices else Branch(None)
    header, transport = invoice.one("HEADER"), tree.one("TRANSPORT_FRAME")
    receiver = transport.one("CONTENT_RECEIVER")
    return Document(
        format=_format(tree, frame),
        kind=_kind(header.one("INVOICE_TYPE")),
        number=header.text("INVOICE_ID"),
        date=date(header.one("INVOICE_DATE")),
        due_date=date(header.one("DUE_DATE")),
        currency=header.text("CURRENCY", "CODE").upper(),
        seller=party(invoice.one("PAYEE"), transport.text("SENDER"), transport.text("INTERMEDIATOR")),
        buyer=party(invoice.one("RECEIVER"), receiver.text("RECEIVER_REF"), receiver.text("INTERMEDIATOR")),
        amounts=_amounts(invoice),
        read_details=lambda: teapps_details.read(invoice),
        read_payment=lambda: payments(invoice),
    )


def _format(tree: Branch, frame: Branch) -> str:
    version = frame.text("BLOCK_RULES", "FORMAT_VERSION")
    if version:
        return "TEAPPS27" if version.startswith("2") else "TEAPPS30"
    return "TEAPPS27" if tree.name == "INVOICES" else "TEAPPS30"


def _kind(stated: Branch) -> Kind:
    return _KINDS.get(stated.own_text) or kind_of(stated.attribute("UNTDID_CODE"))


def _amounts(invoice: Branch) -> Amounts:
    amount, summary = Amount(), invoice.one("SUMMARY")
    asked, before_advance = summary.one("INVOICE_TOTAL"), summary.one("INVOICE_TOTAL_WITHOUT_ADVANCE_PAYMENT")
    whole = before_advance if before_advance.one("AMOUNT") else asked
    line_total, net = amount_of(summary.one("ROWS_TOTAL"), amount, "EXCLUDED"), amount_of(whole, amount, "EXCLUDED")
    lines = _counted(invoice.one("ROWS").all("ROW"), first(line_total, net), amount)
    vat = summary.all("VAT_SUMMARY")
    taxes = total(amount_of(row.one("VAT_RATE_TOTAL"), amount) for row in vat)
    tax = amount_of(summary.one("VAT_TOTAL"), amount)
    return Amounts(
        lines=total(lines),
        line_count=len(lines),
        line_total=line_total,
        allowances=_stated_or_added(summary, "DISCOUNTS_TOTAL", "DISCOUNT", "DISCOUNT_AMOUNT", amount),
        charges=_stated_or_added(summary, "CHARGES_TOTAL", "CHARGES", "CHARGE_AMOUNT", amount),
        without_tax=net,
        tax=taxes if tax is None else tax,
        taxes=taxes,
        tax_bases=total(amount_of(row.one("ACCORDING"), amount) for row in vat),
        with_tax=amount_of(whole, amount, "INCLUDED"),
        prepaid=amount_of(summary.one("ADVANCE_PAYMENT"), amount, "INCLUDED"),
        rounding=amount(summary, "ROUNDINGS"),
        payable=None if whole is asked else amount_of(asked, amount, "INCLUDED"),
        unreadable=tuple(amount.unreadable),
    )


def _counted(rows: list[Branch], stated: Decimal | None, amount: Amount) -> list[Decimal | None]:
    """Return what makes the sum of the rows: a heading may say again what its specification says, or the reverse."""
    known = [(kind, found) for kind, found in _by_kind(rows, amount) if found is not None and kind not in _SAYS_AGAIN]
    return nearest(
        stated,
        [found for _kind_of_row, found in known],
        [found for kind, found in known if kind != _HEADING],
        [found for kind, found in known if kind != _SPECIFICATION],
    )


def _by_kind(rows: list[Branch], amount: Amount) -> Iterator[tuple[str, Decimal | None]]:
    for row in rows:
        yield row.attribute("ROW_TYPE").upper(), row_amount(row, amount)


def _stated_or_added(summary: Branch, name: str, each: str, inside: str, amount: Amount) -> Decimal | None:
    stated = amount_of(summary.one(name), amount, "EXCLUDED")
    if stated is not None:
        return stated
    return total(amount_of(one.one(inside), amount, "EXCLUDED") for one in summary.all(each))
