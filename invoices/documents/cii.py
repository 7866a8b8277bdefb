"""UN/CEFACT Cross Industry Invoice (D16B): XRechnung CII, Factur-X and ZUGFeRD 2. Source: EN 16931-3-3."""

import re
from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from invoices.documents import cii_details
from invoices.documents.branch import Amount, Branch
from invoices.documents.cii_party import party
from invoices.documents.model import Amounts, Document
from invoices.documents.ubl import kind_of
from invoices.documents.values import as_date, total

_VERSIONS = tuple(
    (re.compile(part, re.IGNORECASE), name)
    for part, name in (
        (r"xrechnung_3.*extension", "XRECHNUNG30EXTCII"),
        (r"xrechnung_[12].*extension", "XRECHNUNG23EXTCII"),
        (r"xrechnung_3", "XRECHNUNG30CII"),
        (r"xrechnung_[12]", "XRECHNUNG23CII"),
    )
)


def read(root: etree._Element) -> Document:
    tree = Branch(root)
    header, trade = tree.one("ExchangedDocument"), tree.one("SupplyChainTradeTransaction")
    agreement, settlement = trade.one("ApplicableHeaderTradeAgreement"), trade.one("ApplicableHeaderTradeSettlement")
    currency = settlement.text("InvoiceCurrencyCode")
    return Document(
        format=_format(tree.text("ExchangedDocumentContext", "GuidelineSpecifiedDocumentContextParameter", "ID")),
        kind=kind_of(header.text("TypeCode")),
        number=header.text("ID"),
        date=as_date(header.text("IssueDateTime", "DateTimeString")),
        due_date=cii_details.due_date(settlement),
        currency=currency.upper(),
        seller=party(agreement.one("SellerTradeParty")),
        buyer=party(agreement.one("BuyerTradeParty")),
        amounts=_amounts(trade, settlement, currency),
        read_details=lambda: cii_details.read(tree),
        read_payment=lambda: cii_details.payments(settlement),
    )


def _format(guideline: str) -> str:
    return next((name for part, name in _VERSIONS if part.search(guideline)), "")


def _amounts(trade: Branch, settlement: Branch, currency: str) -> Amounts:
    amount = Amount()
    totals = settlement.one("SpecifiedTradeSettlementHeaderMonetarySummation")
    lines = list(_line_amounts(trade, amount))
    vat = settlement.all("ApplicableTradeTax")
    return Amounts(
        lines=total(lines),
        line_count=len(lines),
        line_total=amount(totals, "LineTotalAmount"),
        allowances=amount(totals, "AllowanceTotalAmount"),
        charges=amount(totals, "ChargeTotalAmount"),
        without_tax=amount(totals, "TaxBasisTotalAmount"),
        tax=amount.of(_tax(totals, currency)),
        taxes=total(amount(row, "CalculatedAmount") for row in vat),
        tax_bases=total(amount(row, "BasisAmount") for row in vat),
        with_tax=amount(totals, "GrandTotalAmount"),
        prepaid=amount(totals, "TotalPrepaidAmount"),
        rounding=amount(totals, "RoundingAmount"),
        payable=amount(totals, "DuePayableAmount"),
        unreadable=tuple(amount.unreadable),
    )


def _line_amounts(trade: Branch, amount: Amount) -> Iterator[Decimal | None]:
    for line in trade.all("IncludedSupplyChainTradeLineItem"):
        # Groups and remarks of the extended profile are no amounts of their own.
        status = line.text("AssociatedDocumentLineDocument", "LineStatusReasonCode")
        if status in ("GROUP", "INFORMATION"):
            continue
        path = ("SpecifiedTradeSettlementLineMonetarySummation", "LineTotalAmount")
        yield amount(line, "SpecifiedLineTradeSettlement", *path)


def _tax(totals: Branch, currency: str) -> str:
    """Leave out the total in the accounting currency."""
    for found in totals.all("TaxTotalAmount"):
        if (found.attribute("currencyID") or currency) == currency:
            return found.own_text
    return ""
