"""UN/CEFACT Cross Industry Invoice (D16B): XRechnung CII, Factur-X. Source: EN 16931-3-3."""

from lxml import etree

from invoices.documents.model import Amounts, Document, Party, as_amount, as_date, distinct, total
from invoices.xml import find, find_all, text

_VERSIONS = (("xrechnung_3", "XRECHNUNG30"), ("xrechnung_2", "XRECHNUNG23"))


def read(root: etree._Element) -> Document:
    header = find(root, "ExchangedDocument")
    trade = find(root, "SupplyChainTradeTransaction")
    agreement = find(trade, "ApplicableHeaderTradeAgreement")
    settlement = find(trade, "ApplicableHeaderTradeSettlement")
    return Document(
        format=_format(text(root, "ExchangedDocumentContext/GuidelineSpecifiedDocumentContextParameter/ID")),
        number=text(header, "ID"),
        date=as_date(text(header, "IssueDateTime/DateTimeString")),
        due_date=as_date(text(settlement, "SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString")),
        currency=text(settlement, "InvoiceCurrencyCode").upper(),
        is_credit_note=text(header, "TypeCode") == "381",
        seller=_party(find(agreement, "SellerTradeParty")),
        buyer=_party(find(agreement, "BuyerTradeParty")),
        amounts=_amounts(trade, settlement),
    )


def _format(guideline: str) -> str:
    lowered = guideline.casefold()
    extended = "EXT" if "extension" in lowered else ""
    return next((f"{name}{extended}CII" for part, name in _VERSIONS if part in lowered), "")


def _party(party: etree._Element | None) -> Party:
    communication = find(party, "URIUniversalCommunication/URIID")
    address = find(party, "PostalTradeAddress")
    return Party(
        name=text(party, "Name", "SpecifiedLegalOrganization/TradingBusinessName"),
        country=text(address, "CountryID").upper()[:2],
        ids=distinct(
            text(party, "SpecifiedLegalOrganization/ID"),
            *(text(tax, "ID") for tax in find_all(party, "SpecifiedTaxRegistration")),
            text(party, "ID"),
            text(party, "GlobalID"),
        ),
        endpoint=text(party, "URIUniversalCommunication/URIID"),
        scheme=communication.get("schemeID", "") if communication is not None else "",
        email=text(party, "DefinedTradeContact/EmailURIUniversalCommunication/URIID"),
        has_postal_address=all(text(address, part) for part in ("LineOne", "CityName", "PostcodeCode")),
    )


def _amounts(trade: etree._Element | None, settlement: etree._Element | None) -> Amounts:
    totals = find(settlement, "SpecifiedTradeSettlementHeaderMonetarySummation")
    path = "SpecifiedLineTradeSettlement/SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount"
    lines = [as_amount(text(line, path)) for line in find_all(trade, "IncludedSupplyChainTradeLineItem")]
    return Amounts(
        lines=total(lines),
        line_total=as_amount(text(totals, "LineTotalAmount")),
        without_tax=as_amount(text(totals, "TaxBasisTotalAmount")),
        tax=as_amount(text(totals, "TaxTotalAmount")),
        with_tax=as_amount(text(totals, "GrandTotalAmount")),
    )
