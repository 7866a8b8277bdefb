"""Finvoice 1.3, 2.0 and 3.0, the format of Finnish banks. Source: its public description by Finance Finland."""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from invoices.documents import finvoice_details
from invoices.documents.branch import Amount, Branch
from invoices.documents.finvoice_party import buyer, seller
from invoices.documents.model import Amounts, Document, Kind
from invoices.documents.ubl import kind_of
from invoices.documents.values import as_amount, as_date, first, nearest, negative, total

_FORMATS = {"1": "FINVOICE13", "2": "FINVOICE20", "3": "FINVOICE30"}
_KINDS = {
    "INV02": Kind.CREDIT_NOTE,
    "INV03": Kind.INTEREST,
    "INV05": Kind.COLLECTION,
    "INV06": Kind.PROFORMA,
    "INV07": Kind.SELF_BILLED_INVOICE,
    "INV08": Kind.REMINDER,
}
_WITH_CURRENCY = ("InvoiceTotalVatIncludedAmount", "InvoiceTotalVatExcludedAmount", "RowsTotalVatExcludedAmount")
_FINNISH_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)


def read(root: etree._Element, envelope: etree._Element | None = None) -> Document:
    """:param envelope: of SOAP, which names the addresses of versions 1.3 and 2"""
    tree, soap = Branch(root), Branch(envelope)
    details, epi = tree.one("InvoiceDetails"), tree.one("EpiDetails")
    instruction = epi.one("EpiPaymentInstructionDetails")
    due = details.text("PaymentTermsDetails", "InvoiceDueDate") or instruction.text("EpiDateOptionDate")
    return Document(
        format=_FORMATS.get(root.get("Version", "").strip()[:1], ""),
        kind=_kind(details),
        number=details.text("InvoiceNumber"),
        date=date(details.text("InvoiceDate")),
        due_date=date(due),
        currency=_currency(details, instruction),
        seller=seller(tree, soap),
        buyer=buyer(tree, soap),
        amounts=_amounts(tree, details, instruction),
        read_details=lambda: finvoice_details.read(tree, date),
        read_payment=lambda: finvoice_details.payments(tree, details, date),
    )


def date(text: str) -> dt.date | None:
    """Return a date from 20261121; older software writes 21.11.2026 or 2026-11-21."""
    if match := _FINNISH_DATE.fullmatch(text):
        return as_date(f"{match[3]}-{match[2]:0>2}-{match[1]:0>2}")
    return as_date(text)


def _kind(details: Branch) -> Kind:
    word, code = details.text("InvoiceTypeCode").upper(), details.text("InvoiceTypeCodeUN")
    kind = _KINDS.get(word, Kind.INVOICE)
    if kind in (Kind.INVOICE, Kind.SELF_BILLED_INVOICE) and code:
        by_code = kind_of(code)
        if by_code is not Kind.INVOICE:
            return by_code
    return kind


def _currency(details: Branch, instruction: Branch) -> str:
    amounts = [details.one(name) for name in _WITH_CURRENCY] + [instruction.one("EpiInstructedAmount")]
    return next((found for amount in amounts if (found := amount.attribute("AmountCurrencyIdentifier"))), "").upper()


def _amounts(tree: Branch, details: Branch, instruction: Branch) -> Amounts:
    amount = Amount()
    rows = tree.all("InvoiceRow")
    line_total, net = amount(details, "RowsTotalVatExcludedAmount"), amount(details, "InvoiceTotalVatExcludedAmount")
    counted = list(_row_amounts(rows, amount))
    lines = nearest(first(line_total, net), counted, counted + list(_sub_row_amounts(rows, amount)))
    vat = details.all("VatSpecificationDetails")
    taxes = total(amount(row, "VatRateAmount") for row in vat if row.text("VatRateAmount"))
    tax, gross = amount(details, "InvoiceTotalVatAmount"), amount(details, "InvoiceTotalVatIncludedAmount")
    payable = amount(instruction, "EpiInstructedAmount")
    # Instalments say what was paid of them; where the whole is asked for, it was not paid of this invoice.
    paid_in_part = None if payable == gross else amount(tree, "PartialPaymentDetails", "PaidAmount")
    return Amounts(
        lines=total(lines),
        line_count=len(lines),
        line_total=line_total,
        allowances=_discounts(details, amount),
        charges=_stated_or_added(details, "ChargesTotalVatExcludedAmount", "ChargeDetails", amount),
        without_tax=net,
        tax=taxes if tax is None else tax,
        taxes=taxes,
        tax_bases=total(amount(row, "VatBaseAmount") for row in vat),
        with_tax=gross,
        prepaid=first(amount(details, "InvoicePaidAmount"), paid_in_part),
        rounding=amount(details, "InvoiceTotalRoundoffAmount"),
        payable=payable,
        unreadable=tuple(amount.unreadable),
    )


def _discounts(details: Branch, amount: Amount) -> Decimal | None:
    discounts = _stated_or_added(details, "DiscountsTotalVatExcludedAmount", "DiscountDetails", amount)
    line_total, net = details.amount("RowsTotalVatExcludedAmount"), details.amount("InvoiceTotalVatExcludedAmount")
    # Some write what is taken off with its minus.
    if discounts and discounts < 0 and line_total is not None and net is not None and abs(net) < abs(line_total):
        return negative(discounts) if line_total > 0 else discounts
    return discounts


def _stated_or_added(details: Branch, name: str, each: str, amount: Amount) -> Decimal | None:
    stated = amount(details, name)
    return total(amount(one, "Amount") for one in details.all(each)) if stated is None else stated


def _row_amounts(rows: list[Branch], amount: Amount) -> Iterator[Decimal | None]:
    for row in rows:
        if text := row.text("RowVatExcludedAmount"):
            yield amount.of(text)
        elif row.text("RowAmount") and row.text("RowVatAmount"):
            with_tax, tax = amount(row, "RowAmount"), amount(row, "RowVatAmount")
            yield None if with_tax is None or tax is None else with_tax - tax
        elif row.text("RowAmount") and (rate := row.text("RowVatRatePercent")):
            with_tax = amount(row, "RowAmount")
            # Its net is not stated, so that the sum cannot be counted to the cent.
            yield with_tax if not with_tax or as_amount(rate) == 0 else None


def _sub_row_amounts(rows: list[Branch], amount: Amount) -> Iterator[Decimal | None]:
    """Yield what stands below headings, or subtotals of the rows before: which of them, only the total tells."""
    for row in rows:
        if not row.text("RowVatExcludedAmount"):
            for sub in row.all("SubInvoiceRow"):
                if text := sub.text("SubRowVatExcludedAmount"):
                    yield amount.of(text)
