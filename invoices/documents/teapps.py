"""TEAPPSXML 2.7 and 3.0, used in Finland."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from invoices.documents.branch import Amount, Branch
from invoices.documents.details import (
    AllowanceCharge,
    Delivery,
    Details,
    Line,
    PaymentMeans,
    References,
    Vat,
)
from invoices.documents.model import Amounts, Document, Kind
from invoices.documents.party import Address, Contact, Identifier, IdKind, Party
from invoices.documents.values import as_amount, as_date, distinct, total
from invoices.files.xml import several

_CREDIT = "01"
_IDS = (
    ("ORGANIZATION_NUMBER", IdKind.BUSINESS),
    ("VAT_NUMBER", IdKind.VAT),
    ("PARTY_IDENTIFICATION_ID", IdKind.OTHER),
    ("CUSTOMER_ID", IdKind.OTHER),
)


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
    return Document(
        format=_format(tree, frame),
        kind=Kind.CREDIT_NOTE if header.text("INVOICE_TYPE") == _CREDIT else Kind.INVOICE,
        number=header.text("INVOICE_ID"),
        date=_date(header.one("INVOICE_DATE")),
        due_date=_date(header.one("DUE_DATE")),
        currency=header.text("CURRENCY", "CODE").upper(),
        seller=_party(invoice.one("PAYEE"), transport.text("SENDER")),
        buyer=_party(invoice.one("RECEIVER"), transport.text("CONTENT_RECEIVER", "RECEIVER_REF")),
        amounts=_amounts(invoice),
        read_details=lambda: _details(invoice),
        read_payment=lambda: _payments(invoice.one("PAYEE"), _date(header.one("DUE_DATE"))),
    )


def _format(tree: Branch, frame: Branch) -> str:
    version = frame.text("BLOCK_RULES", "FORMAT_VERSION")
    if version:
        return "TEAPPS27" if version.startswith("2") else "TEAPPS30"
    return "TEAPPS27" if tree.name == "INVOICES" else "TEAPPS30"


def _date(branch: Branch) -> dt.date | None:
    parts = branch.one("DATE")
    year = f"{parts.text('CENTURY')}{parts.text('DECADE_AND_YEAR'):0>2}"
    return as_date(f"{year}-{parts.text('MONTH'):0>2}-{parts.text('DAY'):0>2}")


def _party(branch: Branch, endpoint: str) -> Party:
    about = branch.one("CUSTOMER_INFORMATION")
    where, contact = about.one("ADDRESS"), about.one("CONTACT_INFORMATION")
    names = about.texts("CUSTOMER_NAME")
    found = (Identifier(about.text(name), "", kind) for name, kind in _IDS)
    return Party(
        name=names[0] if names else "",
        identifiers=tuple(one for one in found if one.value),
        endpoint=branch.text("NET_SERVICE_ID") or endpoint,
        address=Address(
            lines=distinct(*(where.text(f"STREET_ADDRESS{place}") for place in (1, 2, 3)), where.text("PO_BOX")),
            city=where.text("POST_OFFICE"),
            post_code=where.text("POSTAL_CODE"),
            country=where.text("COUNTRY_CODE").upper(),
        ),
        contact=Contact(
            contact.text("CONTACT_PERSON"),
            contact.text("TELEPHONE_NUMBER"),
            contact.text("E-MAIL_ADDRESS") or about.text("E-MAIL_ADDRESS"),
        ),
    )


def _sum(branch: Branch, amount: Amount, vat: str = "") -> Decimal | None:
    """Return the AMOUNT with or without VAT; its sign stands beside it."""
    for found in branch.all("AMOUNT"):
        if found.attribute("VAT").upper() in ("", vat):
            return _signed(found, amount)
    return None


def _signed(found: Branch, amount: Amount) -> Decimal | None:
    value = amount.of(found.own_text or found.attribute("AMOUNT"))
    return -value if value is not None and found.attribute("SIGN") == "-" else value


def _amounts(invoice: Branch) -> Amounts:
    amount, summary = Amount(), invoice.one("SUMMARY")
    rows = [_row_amount(row, amount) for row in invoice.one("ROWS").all("ROW")]
    lines = [row for row in rows if row is not None]
    vat = summary.all("VAT_SUMMARY")
    taxes = total(_sum(row.one("VAT_RATE_TOTAL"), amount) for row in vat)
    tax = _sum(summary.one("VAT_TOTAL"), amount)
    whole = summary.one("INVOICE_TOTAL")
    return Amounts(
        lines=total(lines),
        line_count=len(lines),
        line_total=_sum(summary.one("ROWS_TOTAL"), amount, "EXCLUDED"),
        without_tax=_sum(whole, amount, "EXCLUDED"),
        tax=taxes if tax is None else tax,
        taxes=taxes,
        tax_bases=total(_sum(row.one("ACCORDING"), amount) for row in vat),
        with_tax=_sum(whole, amount, "INCLUDED"),
        rounding=_sum(summary.one("ROUNDING"), amount),
        unreadable=tuple(amount.unreadable),
    )


def _row_amount(row: Branch, amount: Amount) -> Decimal | None:
    stated = _sum(row.one("ROW_TOTAL"), amount, "EXCLUDED")
    return _sum(row.one("ROW_AMOUNT"), amount, "EXCLUDED") if stated is None else stated


def _details(invoice: Branch) -> Details:
    header, payee = invoice.one("HEADER"), invoice.one("PAYEE")
    return Details(
        type_code=header.text("INVOICE_TYPE"),
        references=References(
            order=header.text("ORDER_INFORMATION", "ORDER_NUMBER"),
            contract=header.text("CONTRACT_INFORMATION", "CONTRACT_NUMBER"),
            buyer=header.text("BUYER_REFERENCE") or header.text("CUSTOMER_REFERENCE"),
            preceding=distinct(*header.texts("ORIGINAL_INVOICE_NUMBER"), *header.texts("CREDITED_INVOICE")),
        ),
        delivery=_delivery(invoice, header),
        lines=tuple(_line(row) for row in invoice.one("ROWS").all("ROW")),
        vat=tuple(_vat(row) for row in invoice.one("SUMMARY").all("VAT_SUMMARY")),
        payment=tuple(_payments(payee, _date(header.one("DUE_DATE")))),
        payment_terms=tuple(header.prose("TERMS_OF_PAYMENT")),
        notes=(*header.prose("SUBJECT"), *header.prose("FREE_TEXT")),
    )


def _delivery(invoice: Branch, header: Branch) -> Delivery | None:
    date, party = _date(header.one("DELIVERY_DATE")), invoice.one("DELIVERY_ADDRESS")
    return Delivery(date, party.text("CUSTOMER_INFORMATION", "CUSTOMER_NAME")) if date or party else None


def _line(row: Branch) -> Line:
    amount, quantity, price = Amount(), row.one("QUANTITY", "CHARGED"), row.one("PRICE_PER_UNIT")
    discounts = row.all("DISCOUNT")
    return Line(
        id=row.text("ROW_NUMBER"),
        name=row.text("ARTICLE", "ARTICLE_NAME"),
        seller_item=row.text("ARTICLE", "ARTICLE_ID"),
        quantity=_signed(quantity, amount),
        unit=quantity.attribute("Q_UNIT"),
        price=_sum(price, amount, "EXCLUDED"),
        base_quantity=as_amount(price.attribute("UNIT_QUANTITY")),
        amount=_row_amount(row, amount),
        vat_rate=row.amount("VAT", "RATE"),
        vat_amount=_sum(row.one("VAT"), amount),
        allowances=tuple(
            AllowanceCharge(False, _sum(found, amount, "EXCLUDED"), percent=found.amount("RATE"))  # noqa: FBT003
            for found in discounts
        ),
        note=" ".join(row.texts("FREE_TEXT")),
    )


def _vat(row: Branch) -> Vat:
    amount = Amount()
    return Vat(
        category=row.attribute("VAT_TYPE"),
        rate=row.amount("RATE"),
        base=_sum(row.one("ACCORDING"), amount),
        amount=_sum(row.one("VAT_RATE_TOTAL"), amount),
        reason=row.text("VAT_DESCRIPTION"),
    )


def _payments(payee: Branch, due: dt.date | None) -> Iterator[PaymentMeans]:
    ways = payee.one("DETAILS_OF_PAYMENT")
    reference = ways.text("FI_PAYMENT_REFERENCE") or ways.text("IPI_REFERENCE") or payee.text("PAYEE_REFERENCE")
    for bank in payee.all("BANKS"):
        iban = bank.text("IBAN_ACCOUNT_NUMBER")
        yield PaymentMeans(
            account=iban or bank.text("BANK_ACCOUNT_NUMBER"),
            account_scheme="IBAN" if iban else "",
            account_name=bank.text("BANK_NAME"),
            bic=bank.text("SWIFT_CODE"),
            reference=reference,
            due_date=due,
        )
