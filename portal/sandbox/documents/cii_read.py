"""UN/CEFACT Cross Industry Invoice (EN 16931, XRechnung) into a Document."""

from datetime import date
from decimal import Decimal

from portal.sandbox.documents.formats import CII_PLAIN, RAM, RSM, UDT, detect
from portal.sandbox.documents.model import (
    CREDIT_CODES,
    Address,
    Attachment,
    Charge,
    Document,
    Line,
    Original,
    Party,
    Payment,
    Totals,
    VatRow,
)
from portal.sandbox.documents.tree import Element
from portal.sandbox.documents.ubl_read import decoded
from portal.sandbox.documents.values import to_date, to_decimal

NS = {"rsm": RSM, "ram": RAM, "udt": UDT}
TRANSACTION = "rsm:SupplyChainTradeTransaction"
ADDRESS_LINES = ("LineOne", "LineTwo", "LineThree")


def read(root: Element) -> Document:
    """:raises DocumentError: an amount or date that is none, an attachment that is no base64"""
    head = _part(root, "rsm:ExchangedDocument")
    agreement = _part(root, f"{TRANSACTION}/ram:ApplicableHeaderTradeAgreement")
    settlement = _part(root, f"{TRANSACTION}/ram:ApplicableHeaderTradeSettlement")
    delivery = f"{TRANSACTION}/ram:ApplicableHeaderTradeDelivery/ram:ActualDeliverySupplyChainEvent"
    code = text(head, "TypeCode")
    document = Document(
        format=detect(root) or CII_PLAIN,
        kind="CREDIT_NOTE" if code in CREDIT_CODES else "INVOICE",
        number=text(head, "ID"),
        type_code=code,
        issue_date=day(head, "IssueDateTime"),
        due_date=day(settlement, "SpecifiedTradePaymentTerms/DueDateDateTime"),
        delivery_date=day(_part(root, delivery), "OccurrenceDateTime"),
        period_start=day(settlement, "BillingSpecifiedPeriod/StartDateTime"),
        period_end=day(settlement, "BillingSpecifiedPeriod/EndDateTime"),
        currency=text(settlement, "InvoiceCurrencyCode"),
        notes=[note for node in parts(head, "IncludedNote") if (note := text(node, "Content"))],
        payment_terms=text(settlement, "SpecifiedTradePaymentTerms/Description"),
        seller=_party(_sub(agreement, "SellerTradeParty")),
        buyer=_party(_sub(agreement, "BuyerTradeParty")),
        lines=[_line(line) for line in root.findall(f"{TRANSACTION}/ram:IncludedSupplyChainTradeLineItem", NS)],
        charges=_charges(settlement),
        vat_rows=[_vat_row(row) for row in parts(settlement, "ApplicableTradeTax")],
        totals=_totals(_sub(settlement, "SpecifiedTradeSettlementHeaderMonetarySummation"), settlement),
        payment=_payment(settlement),
        attachments=_attachments(agreement),
    )
    _read_references(document, agreement, settlement)
    return document


def _ram(path: str) -> str:
    return "/".join(f"ram:{name}" for name in path.split("/"))


def _part(root: Element, path: str) -> Element:
    """The part at a full path; an empty one where the file has none, so that reading goes on."""
    found = root.find(path, NS)
    return root.makeelement("absent") if found is None else found


def _sub(parent: Element, path: str) -> Element:
    return _part(parent, _ram(path))


def parts(parent: Element, path: str) -> list[Element]:
    return parent.findall(_ram(path), NS)


def text(parent: Element, path: str) -> str:
    return (parent.findtext(_ram(path), namespaces=NS) or "").strip()


def amount(parent: Element, path: str) -> Decimal | None:
    return to_decimal(text(parent, path))


def day(parent: Element, path: str) -> date | None:
    return to_date(parent.findtext(f"{_ram(path)}/udt:DateTimeString", default="", namespaces=NS) or "")


def _scheme(parent: Element, path: str) -> str:
    return _sub(parent, path).get("schemeID", "").strip()


def _read_references(document: Document, agreement: Element, settlement: Element) -> None:
    document.buyer_reference = text(agreement, "BuyerReference")
    document.order_reference = text(agreement, "BuyerOrderReferencedDocument/IssuerAssignedID")
    document.seller_reference = text(agreement, "SellerOrderReferencedDocument/IssuerAssignedID")
    document.contract_reference = text(agreement, "ContractReferencedDocument/IssuerAssignedID")
    document.project_reference = text(agreement, "SpecifiedProcuringProject/ID")
    document.cost_account = text(settlement, "ReceivableSpecifiedTradeAccountingAccount/ID")
    document.originals = [
        Original(number=text(node, "IssuerAssignedID"))
        for node in parts(settlement, "InvoiceReferencedDocument")
        if text(node, "IssuerAssignedID")
    ]


def _party(party: Element) -> Party:
    contact = _sub(party, "DefinedTradeContact")
    registrations = parts(party, "SpecifiedTaxRegistration")
    vat = [text(node, "ID") for node in registrations if _scheme(node, "ID") in ("VA", "")]
    return Party(
        name=text(party, "Name"),
        trade_name=text(party, "SpecifiedLegalOrganization/TradingBusinessName"),
        bid=text(party, "SpecifiedLegalOrganization/ID"),
        bid_scheme=_scheme(party, "SpecifiedLegalOrganization/ID"),
        vat=vat[0] if vat else "",
        endpoint_id=text(party, "URIUniversalCommunication/URIID"),
        endpoint_scheme=_scheme(party, "URIUniversalCommunication/URIID"),
        identifier=text(party, "GlobalID") or text(party, "ID"),
        identifier_scheme=_scheme(party, "GlobalID"),
        contact=text(contact, "PersonName") or text(contact, "DepartmentName"),
        phone=text(contact, "TelephoneUniversalCommunication/CompleteNumber"),
        email=text(contact, "EmailURIUniversalCommunication/URIID"),
        address=_address(_sub(party, "PostalTradeAddress")),
    )


def _address(block: Element) -> Address:
    return Address(
        streets=[street for street in (text(block, name) for name in ADDRESS_LINES) if street],
        city=text(block, "CityName"),
        post_code=text(block, "PostcodeCode"),
        region=text(block, "CountrySubDivisionName"),
        country=text(block, "CountryID").upper(),
    )


def _line(line: Element) -> Line:
    product, agreement = _sub(line, "SpecifiedTradeProduct"), _sub(line, "SpecifiedLineTradeAgreement")
    settlement, quantity = _sub(line, "SpecifiedLineTradeSettlement"), "SpecifiedLineTradeDelivery/BilledQuantity"
    return Line(
        id=text(line, "AssociatedDocumentLineDocument/LineID"),
        name=text(product, "Name"),
        description=text(product, "Description"),
        note=text(line, "AssociatedDocumentLineDocument/IncludedNote/Content"),
        seller_item=text(product, "SellerAssignedID"),
        buyer_item=text(product, "BuyerAssignedID"),
        standard_item=text(product, "GlobalID"),
        standard_item_scheme=_scheme(product, "GlobalID"),
        quantity=amount(line, quantity),
        unit=_sub(line, quantity).get("unitCode", ""),
        price=amount(agreement, "NetPriceProductTradePrice/ChargeAmount"),
        gross_price=amount(agreement, "GrossPriceProductTradePrice/ChargeAmount"),
        price_discount=amount(agreement, "GrossPriceProductTradePrice/AppliedTradeAllowanceCharge/ActualAmount"),
        base_quantity=amount(agreement, "NetPriceProductTradePrice/BasisQuantity"),
        net=amount(settlement, "SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount"),
        vat_rate=amount(settlement, "ApplicableTradeTax/RateApplicablePercent"),
        vat_category=text(settlement, "ApplicableTradeTax/CategoryCode"),
        order_line=text(agreement, "BuyerOrderReferencedDocument/LineID"),
        cost_account=text(settlement, "ReceivableSpecifiedTradeAccountingAccount/ID"),
        period_start=day(settlement, "BillingSpecifiedPeriod/StartDateTime"),
        period_end=day(settlement, "BillingSpecifiedPeriod/EndDateTime"),
        charges=_charges(settlement),
    )


def _charges(settlement: Element) -> list[Charge]:
    return [
        Charge(
            is_charge=_is_true(node.findtext("ram:ChargeIndicator/udt:Indicator", namespaces=NS)),
            amount=amount(node, "ActualAmount") or Decimal(0),
            base=amount(node, "BasisAmount"),
            percent=amount(node, "CalculationPercent"),
            reason=text(node, "Reason"),
            reason_code=text(node, "ReasonCode"),
            vat_category=text(node, "CategoryTradeTax/CategoryCode"),
            vat_rate=amount(node, "CategoryTradeTax/RateApplicablePercent"),
        )
        for node in parts(settlement, "SpecifiedTradeAllowanceCharge")
    ]


def _is_true(word: str | None) -> bool:
    return (word or "").strip().lower() in ("true", "1")


def _vat_row(row: Element) -> VatRow:
    return VatRow(
        category=text(row, "CategoryCode"),
        rate=amount(row, "RateApplicablePercent"),
        base=amount(row, "BasisAmount") or Decimal(0),
        amount=amount(row, "CalculatedAmount") or Decimal(0),
        reason=text(row, "ExemptionReason"),
        reason_code=text(row, "ExemptionReasonCode"),
    )


def _totals(sums: Element, settlement: Element) -> Totals:
    currency = text(settlement, "InvoiceCurrencyCode")
    taxes = [node for node in parts(sums, "TaxTotalAmount") if node.get("currencyID", currency) == currency]
    return Totals(
        lines=amount(sums, "LineTotalAmount"),
        allowances=amount(sums, "AllowanceTotalAmount"),
        charges=amount(sums, "ChargeTotalAmount"),
        net=amount(sums, "TaxBasisTotalAmount"),
        vat=to_decimal(taxes[0].text or "") if taxes else None,
        gross=amount(sums, "GrandTotalAmount"),
        prepaid=amount(sums, "TotalPrepaidAmount"),
        rounding=amount(sums, "RoundingAmount"),
        payable=amount(sums, "DuePayableAmount"),
    )


def _payment(settlement: Element) -> Payment:
    means = _sub(settlement, "SpecifiedTradeSettlementPaymentMeans")
    account = _sub(means, "PayeePartyCreditorFinancialAccount")
    return Payment(
        means=text(means, "TypeCode"),
        reference=text(settlement, "PaymentReference"),
        account="".join((text(account, "IBANID") or text(account, "ProprietaryID")).split()),
        account_name=text(account, "AccountName"),
        bic=text(means, "PayeeSpecifiedCreditorFinancialInstitution/BICID"),
    )


def _attachments(agreement: Element) -> list[Attachment]:
    holders = parts(agreement, "AdditionalReferencedDocument/AttachmentBinaryObject")
    return [
        Attachment(
            filename=node.get("filename", "attachment"),
            mimetype=node.get("mimeCode", "application/octet-stream"),
            content=decoded(node.text or ""),
        )
        for node in holders
    ]
