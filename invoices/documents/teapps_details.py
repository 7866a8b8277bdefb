"""Lines, VAT, payment and the rest of TEAPPSXML."""

import datetime as dt
from collections.abc import Iterator

from invoices.documents.branch import NOTHING, Amount, Branch
from invoices.documents.details import (
    AllowanceCharge,
    Attachment,
    Delivery,
    Details,
    Line,
    PaymentMeans,
    Period,
    References,
    Vat,
)
from invoices.documents.teapps_amounts import amount_of, row_amount, signed
from invoices.documents.teapps_party import address, party
from invoices.documents.values import as_amount, as_date, distinct

_BUYER, _SELLER = "CO", "VN"  # whose order it is


def read(invoice: Branch) -> Details:
    """Return what stands beside the Document."""
    header, summary, recipient = invoice.one("HEADER"), invoice.one("SUMMARY"), invoice.one("INVOICE_RECIPIENT")
    return Details(
        type_code=header.text("INVOICE_TYPE"),
        tax_point=date(header.one("TAX_POINT_DATE")),
        period=_period(header),
        references=_references(header, summary),
        recipient=party(recipient) if recipient else None,
        delivery=_delivery(invoice, header),
        lines=tuple(_line(row) for row in invoice.one("ROWS").all("ROW")),
        allowances=tuple(_allowances(summary, "DISCOUNT", "CHARGES")),
        vat=tuple(_vat(row) for row in summary.all("VAT_SUMMARY")),
        payment=tuple(payments(invoice)),
        payment_terms=tuple(header.prose("TERMS_OF_PAYMENT")),
        notes=(*header.prose("SUBJECT"), *header.prose("FREE_TEXT"), *summary.prose("FREE_TEXT")),
        attachments=tuple(_attachments(invoice.one("CONTROL"), header)),
    )


def date(branch: Branch) -> dt.date | None:
    parts = branch.one("DATE")
    year = f"{parts.text('CENTURY')}{parts.text('DECADE_AND_YEAR'):0>2}"
    return as_date(f"{year}-{parts.text('MONTH'):0>2}-{parts.text('DAY'):0>2}")


def _period(branch: Branch) -> Period | None:
    found = Period(date(branch.one("START_PERIOD")), date(branch.one("END_PERIOD")))
    return found if found.start or found.end else None


def _order(branch: Branch, whose: str) -> Branch:
    """Return the order of a side; older software does not say whose an order is."""
    orders = branch.all("ORDER_INFORMATION")
    return next((order for order in orders if order.attribute("ORDER_TYPE").upper() in (whose, "")), NOTHING)


def _references(header: Branch, summary: Branch) -> References:
    order = _order(header, _BUYER)
    preceding = (one.text("PRECEDING_INVOICE_ID") for one in summary.all("PRECEDING_INVOICE_INFORMATION"))
    return References(
        order=order.text("ORDER_NUMBER") or header.text("INVOICE_ORDER_NUMBER"),
        sales_order=next((one.text("ORDER_NUMBER") for one in header.all("ORDER_INFORMATION") if _is_sellers(one)), ""),
        contract=header.text("CONTRACT_INFORMATION", "CONTRACT_NUMBER"),
        project=header.text("PROJECT_INFORMATION", "PROJECT_NUMBER"),
        buyer=header.text("BUYER_REFERENCE") or order.text("ORDER_REFERENCE") or header.text("ORDER_REFERENCE"),
        accounting=header.text("PAYER_POSTING_GROUP_DEFAULTS", "POSTING_DEFAULT", "ACCOUNT_REFERENCE"),
        despatch=header.text("NOTE_NUMBER"),
        tender=header.text("OFFER_REFERENCE"),
        object=header.text("INVOICED_OBJECT"),
        preceding=distinct(header.text("CREDIT_INVOICE_NUMBER"), *preceding),
    )


def _is_sellers(order: Branch) -> bool:
    return order.attribute("ORDER_TYPE").upper() == _SELLER


def _delivery(invoice: Branch, header: Branch) -> Delivery | None:
    when, about = date(header.one("DELIVERY_DATE")), invoice.one("DELIVERY_PARTY", "CUSTOMER_INFORMATION")
    if not when and not about:
        return None
    where = about.one("ADDRESS")
    return Delivery(when, about.text("CUSTOMER_NAME"), about.text("SITE"), address(where) if where else None)


def _line(row: Branch) -> Line:
    amount, quantity, price = Amount(), row.one("QUANTITY", "CHARGED"), row.one("PRICE_PER_UNIT")
    article, vat = row.one("ARTICLE"), row.one("VAT")
    name, texts = article.text("ARTICLE_NAME"), row.texts("FREE_TEXT")
    return Line(
        id=row.text("ROW_NUMBER") or row.attribute("ROW_ID"),
        name=name or (texts[0] if texts else ""),
        description=" ".join(article.texts("FREE_TEXT")),
        seller_item=article.text("ARTICLE_ID"),
        buyer_item=row.text("RECEIVER_PRODUCT_CODE"),
        standard_item=article.text("EAN_CODE"),
        quantity=signed(quantity, amount),
        unit=quantity.attribute("Q_UNIT") or quantity.attribute("Q_UNIT_UNECE_CODE"),
        price=amount_of(price, amount, "EXCLUDED"),
        base_quantity=as_amount(price.attribute("PR_QTY")),
        amount=row_amount(row, amount),
        vat_category=vat.attribute("VAT_TYPE"),
        vat_rate=vat.amount("RATE"),
        vat_amount=amount_of(vat.one("VAT_AMOUNT"), amount),
        allowances=tuple(_allowances(row, "DISCOUNT", "ROW_CHARGE")),
        period=_period(row),
        note=" ".join(texts if name else texts[1:]),
        order_line=_order(row, _BUYER).text("ORDER_POSITION"),
    )


def _allowances(branch: Branch, discount: str, charge: str) -> Iterator[AllowanceCharge]:
    amount = Amount()
    for name, word, is_charge in ((discount, "DISCOUNT", False), (charge, "CHARGE", True)):
        for found in branch.all(name):
            stated, percent = amount_of(found.one(f"{word}_AMOUNT"), amount, "EXCLUDED"), found.amount("PER_CENT")
            if stated is None and percent is None:
                continue
            yield AllowanceCharge(
                is_charge=is_charge,
                amount=stated,
                reason=found.text(f"{word}_NAME") or found.attribute("TYPE"),
                percent=percent,
                base=amount_of(found.one(f"{word}_FROM_AMOUNT"), amount, "EXCLUDED"),
                vat_category=found.one("VAT").attribute("VAT_TYPE"),
                vat_rate=found.amount("VAT", "RATE"),
            )


def _vat(row: Branch) -> Vat:
    amount = Amount()
    return Vat(
        category=row.attribute("VAT_TYPE"),
        rate=row.amount("RATE"),
        base=amount_of(row.one("ACCORDING"), amount),
        amount=amount_of(row.one("VAT_RATE_TOTAL"), amount),
        reason=row.text("VAT_DESCRIPTION") or row.text("EXEMPTION_REASON_CODE"),
    )


def payments(invoice: Branch) -> Iterator[PaymentMeans]:
    """Yield where and how it is paid."""
    header, payee = invoice.one("HEADER"), invoice.one("PAYEE")
    ways = payee.one("DETAILS_OF_PAYMENT")
    reference = ways.text("FI_PAYMENT_REFERENCE") or ways.text("IPI_REFERENCE") or payee.text("PAYEE_REFERENCE")
    for bank in payee.all("BANKS") or ([NOTHING] if reference else []):
        iban = bank.text("IBAN_ACCOUNT_NUMBER")
        yield PaymentMeans(
            code=payee.one("PAYMENT_MEANS").attribute("PAYMENT_MEANS_CODE"),
            account=iban or bank.text("BANK_ACCOUNT_NUMBER"),
            account_scheme="IBAN" if iban else "",
            account_name=bank.text("BANK_NAME"),
            bic=bank.text("SWIFT_CODE"),
            reference=reference,
            due_date=date(header.one("DUE_DATE")),
            mandate=header.text("DIRECT_DEBIT_INFO", "MANDATE_REFERENCE"),
        )


def _attachments(control: Branch, header: Branch) -> Iterator[Attachment]:
    """TEAPPSXML holds no files, but names them and says where they are."""
    for image in control.all("IMAGE_CONTROL"):
        if name := image.text("IMAGE_FILE"):
            yield Attachment(name=name, description=image.text("IMAGE_DESCRIPTION"))
    for link in header.one("LINKS").texts("LINK"):
        yield Attachment(name=link, link=link)
