"""TEAPPSXML 2.7 and 3.0 in outline."""

from datetime import date
from decimal import Decimal

from portal.sandbox.documents.addresses import scheme_of
from portal.sandbox.documents.errors import DocumentError
from portal.sandbox.documents.formats import detect
from portal.sandbox.documents.model import Address, Document, Line, Party, Payment, Totals
from portal.sandbox.documents.outline import Part
from portal.sandbox.documents.tree import Element
from portal.sandbox.documents.values import to_date, to_decimal

CREDIT_NOTE = "01"


def read(root: Element) -> Document:
    """:raises DocumentError: several invoices, or an amount or date that is none"""
    tree = Part(root)
    invoices = [
        invoice
        for path in ("CONTENT_FRAME/INVOICES/INVOICE", "INVOICES/INVOICE", "INVOICE")
        for invoice in tree.parts(path)
    ]
    if len(invoices) > 1:
        raise DocumentError("ERROR: MORE THAN ONE INVOICE IN THE FILE")
    invoice = invoices[0] if invoices else Part(None)
    header, transport = invoice.part("HEADER"), tree.part("TRANSPORT_FRAME")
    return Document(
        format=detect(root) or "TEAPPS30",
        kind="CREDIT_NOTE" if header.text("INVOICE_TYPE") == CREDIT_NOTE else "INVOICE",
        number=header.text("INVOICE_ID"),
        issue_date=_day(header.part("INVOICE_DATE/DATE")),
        due_date=_day(header.part("DUE_DATE/DATE")),
        currency=header.text("CURRENCY/CODE"),
        seller=_party(invoice.part("PAYEE"), transport.text("SENDER")),
        buyer=_party(invoice.part("RECEIVER"), transport.text("CONTENT_RECEIVER/RECEIVER_REF")),
        lines=[_line(row) for row in invoice.parts("ROWS/ROW")],
        totals=_totals(invoice.part("SUMMARY")),
        payment=_payment(invoice.part("PAYEE")),
    )


def _day(parts: Part) -> date | None:
    words = [parts.text(name) for name in ("CENTURY", "DECADE_AND_YEAR", "MONTH", "DAY")]
    if not any(words):
        return None
    century, year, month, day = words
    return to_date(f"{century}{year:0>2}-{month:0>2}-{day:0>2}")


def _party(party: Part, endpoint: str) -> Party:
    about = party.part("CUSTOMER_INFORMATION")
    where, address = about.part("ADDRESS"), party.text("NET_SERVICE_ID") or endpoint
    return Party(
        name=about.text("CUSTOMER_NAME"),
        bid=about.text("ORGANIZATION_NUMBER"),
        vat=about.text("VAT_NUMBER"),
        endpoint_id=address,
        endpoint_scheme=scheme_of(address),
        email=about.text("CONTACT_INFORMATION/E-MAIL_ADDRESS", "E-MAIL_ADDRESS"),
        address=Address(
            streets=[street] if (street := where.text("STREET_ADDRESS1", "PO_BOX")) else [],
            city=where.text("POST_OFFICE"),
            post_code=where.text("POSTAL_CODE"),
            country=where.text("COUNTRY_CODE") or "FI",
        ),
    )


def _signed(found: Part) -> Decimal | None:
    value = to_decimal(found.text() or found.attribute("AMOUNT"))
    return -value if value is not None and found.attribute("SIGN") == "-" else value


def _amount(outer: Part, vat: str = "") -> Decimal | None:
    """The AMOUNT with (INCLUDED) or without (EXCLUDED) VAT, or one that does not say."""
    for found in outer.parts("AMOUNT"):
        if found.attribute("VAT").upper() in ("", vat):
            return _signed(found)
    return None


def _totals(summary: Part) -> Totals:
    whole = summary.part("INVOICE_TOTAL")
    return Totals(
        net=_amount(whole, "EXCLUDED"), vat=_amount(summary.part("VAT_TOTAL")), gross=_amount(whole, "INCLUDED")
    )


def _line(row: Part) -> Line:
    stated = _amount(row.part("ROW_TOTAL"), "EXCLUDED")
    quantity = row.part("QUANTITY/CHARGED")
    return Line(
        id=row.text("ROW_NUMBER"),
        name=row.text("ARTICLE/ARTICLE_NAME"),
        quantity=_signed(quantity),
        unit_text=quantity.attribute("Q_UNIT"),
        price=_amount(row.part("PRICE_PER_UNIT"), "EXCLUDED"),
        net=_amount(row.part("ROW_AMOUNT"), "EXCLUDED") if stated is None else stated,
        vat_rate=row.amount("VAT/RATE"),
    )


def _payment(payee: Part) -> Payment:
    ways, bank = payee.part("DETAILS_OF_PAYMENT"), payee.part("BANKS")
    return Payment(
        reference=ways.text("FI_PAYMENT_REFERENCE", "IPI_REFERENCE"),
        account=bank.text("IBAN_ACCOUNT_NUMBER", "BANK_ACCOUNT_NUMBER"),
        bic=bank.text("SWIFT_CODE"),
    )
