"""UBL 2.1 Invoice and CreditNote into a Document: Peppol BIS 3, EN 16931 and the older and national profiles of UBL."""

import base64
import binascii
from datetime import date
from decimal import Decimal

from portal.sandbox.documents.addresses import COUNTRY_BY_SCHEME
from portal.sandbox.documents.errors import DocumentError
from portal.sandbox.documents.formats import CAC, CBC, UBL_PLAIN, detect
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
from portal.sandbox.documents.tree import Element, name_of
from portal.sandbox.documents.values import to_date, to_decimal

NS = {"cbc": CBC, "cac": CAC}
NOTHING = "NA"  # what senders write where Peppol demands an order number and there is none


def read(root: Element) -> Document:
    """:raises DocumentError: an amount or date that is none, an attachment that is no base64"""
    credit = name_of(root) == "CreditNote"
    code = text(root, "cbc:CreditNoteTypeCode" if credit else "cbc:InvoiceTypeCode")
    document = Document(
        format=detect(root) or UBL_PLAIN,
        kind="CREDIT_NOTE" if credit or code in CREDIT_CODES else "INVOICE",
        number=text(root, "cbc:ID"),
        type_code=code,
        issue_date=day(root, "cbc:IssueDate"),
        due_date=day(root, "cbc:DueDate") or day(root, "cac:PaymentMeans/cbc:PaymentDueDate"),
        delivery_date=day(root, "cac:Delivery/cbc:ActualDeliveryDate"),
        period_start=day(root, "cac:InvoicePeriod/cbc:StartDate"),
        period_end=day(root, "cac:InvoicePeriod/cbc:EndDate"),
        currency=text(root, "cbc:DocumentCurrencyCode"),
        seller=_party(root.find("cac:AccountingSupplierParty/cac:Party", NS)),
        buyer=_party(root.find("cac:AccountingCustomerParty/cac:Party", NS)),
        lines=[
            _line(line, credit=credit)
            for line in root.findall("cac:CreditNoteLine" if credit else "cac:InvoiceLine", NS)
        ],
        charges=_charges(root),
        vat_rows=_vat_rows(root),
        totals=_totals(root),
        payment=_payment(root),
        attachments=_attachments(root),
    )
    _read_references(document, root)
    return document


def text(parent: Element | None, path: str) -> str:
    return (parent.findtext(path, namespaces=NS) or "").strip() if parent is not None else ""


def day(parent: Element, path: str) -> date | None:
    return to_date(text(parent, path))


def amount(parent: Element | None, path: str) -> Decimal | None:
    return to_decimal(text(parent, path))


def _attribute(parent: Element, path: str, name: str) -> str:
    element = parent.find(path, NS)
    return element.get(name, "").strip() if element is not None else ""


def _read_references(document: Document, root: Element) -> None:
    order = text(root, "cac:OrderReference/cbc:ID")
    document.buyer_reference = text(root, "cbc:BuyerReference")
    document.order_reference = "" if order == NOTHING else order
    document.seller_reference = text(root, "cac:OrderReference/cbc:SalesOrderID")
    document.contract_reference = text(root, "cac:ContractDocumentReference/cbc:ID")
    document.project_reference = text(root, "cac:ProjectReference/cbc:ID")
    document.cost_account = text(root, "cbc:AccountingCost")
    document.notes = [(note.text or "").strip() for note in root.findall("cbc:Note", NS) if (note.text or "").strip()]
    document.payment_terms = text(root, "cac:PaymentTerms/cbc:Note")
    document.originals = [
        Original(number=text(reference, "cbc:ID"), issued=day(reference, "cbc:IssueDate"))
        for reference in root.findall("cac:BillingReference/cac:InvoiceDocumentReference", NS)
        if text(reference, "cbc:ID")
    ]


def _party(party: Element | None) -> Party:
    if party is None:
        return Party()
    registered, trading = (
        text(party, "cac:PartyLegalEntity/cbc:RegistrationName"),
        text(party, "cac:PartyName/cbc:Name"),
    )
    found = Party(
        name=registered or trading,
        trade_name=trading if registered and trading != registered else "",
        bid=text(party, "cac:PartyLegalEntity/cbc:CompanyID"),
        bid_scheme=_attribute(party, "cac:PartyLegalEntity/cbc:CompanyID", "schemeID"),
        vat=_vat_number(party),
        endpoint_id=text(party, "cbc:EndpointID"),
        endpoint_scheme=_attribute(party, "cbc:EndpointID", "schemeID"),
        identifier=text(party, "cac:PartyIdentification/cbc:ID"),
        identifier_scheme=_attribute(party, "cac:PartyIdentification/cbc:ID", "schemeID"),
        contact=text(party, "cac:Contact/cbc:Name"),
        phone=text(party, "cac:Contact/cbc:Telephone"),
        email=text(party, "cac:Contact/cbc:ElectronicMail"),
        address=_address(party.find("cac:PostalAddress", NS)),
    )
    found.address.country = found.address.country or COUNTRY_BY_SCHEME.get(found.endpoint_scheme, "")
    return found


def _vat_number(party: Element) -> str:
    for scheme in party.findall("cac:PartyTaxScheme", NS):
        if text(scheme, "cac:TaxScheme/cbc:ID").upper() in ("VAT", ""):
            return text(scheme, "cbc:CompanyID")
    return ""


def _address(block: Element | None) -> Address:
    if block is None:
        return Address()
    names = ("cbc:StreetName", "cbc:AdditionalStreetName", "cac:AddressLine/cbc:Line", "cbc:Postbox")
    return Address(
        streets=[value for value in (text(block, name) for name in names) if value],
        city=text(block, "cbc:CityName"),
        post_code=text(block, "cbc:PostalZone"),
        region=text(block, "cbc:CountrySubentity"),
        country=text(block, "cac:Country/cbc:IdentificationCode").upper(),
    )


def _totals(root: Element) -> Totals:
    block = root.find("cac:LegalMonetaryTotal", NS)
    return Totals(
        lines=amount(block, "cbc:LineExtensionAmount"),
        allowances=amount(block, "cbc:AllowanceTotalAmount"),
        charges=amount(block, "cbc:ChargeTotalAmount"),
        net=amount(block, "cbc:TaxExclusiveAmount"),
        vat=_vat_total(root),
        gross=amount(block, "cbc:TaxInclusiveAmount"),
        prepaid=amount(block, "cbc:PrepaidAmount"),
        rounding=amount(block, "cbc:PayableRoundingAmount"),
        payable=amount(block, "cbc:PayableAmount"),
    )


def _vat_total(root: Element) -> Decimal | None:
    """A second TaxTotal repeats the sum in the accounting currency and has no breakdown."""
    totals = root.findall("cac:TaxTotal", NS)
    broken_down = [total for total in totals if total.find("cac:TaxSubtotal", NS) is not None]
    chosen = (broken_down or totals)[:1]
    return amount(chosen[0], "cbc:TaxAmount") if chosen else None


def _vat_rows(root: Element) -> list[VatRow]:
    return [
        VatRow(
            category=text(row, "cac:TaxCategory/cbc:ID"),
            rate=amount(row, "cac:TaxCategory/cbc:Percent"),
            base=amount(row, "cbc:TaxableAmount") or Decimal(0),
            amount=amount(row, "cbc:TaxAmount") or Decimal(0),
            reason=text(row, "cac:TaxCategory/cbc:TaxExemptionReason"),
            reason_code=text(row, "cac:TaxCategory/cbc:TaxExemptionReasonCode"),
        )
        for row in root.findall("cac:TaxTotal/cac:TaxSubtotal", NS)
    ]


def _charges(parent: Element) -> list[Charge]:
    return [
        Charge(
            is_charge=text(block, "cbc:ChargeIndicator").lower() == "true",
            amount=amount(block, "cbc:Amount") or Decimal(0),
            base=amount(block, "cbc:BaseAmount"),
            percent=amount(block, "cbc:MultiplierFactorNumeric"),
            reason=text(block, "cbc:AllowanceChargeReason"),
            reason_code=text(block, "cbc:AllowanceChargeReasonCode"),
            vat_category=text(block, "cac:TaxCategory/cbc:ID"),
            vat_rate=amount(block, "cac:TaxCategory/cbc:Percent"),
        )
        for block in parent.findall("cac:AllowanceCharge", NS)
    ]


def _line(line: Element, *, credit: bool) -> Line:
    quantity = "cbc:CreditedQuantity" if credit else "cbc:InvoicedQuantity"
    item, price = line.find("cac:Item", NS), line.find("cac:Price", NS)
    return Line(
        id=text(line, "cbc:ID"),
        name=text(item, "cbc:Name"),
        description=text(item, "cbc:Description"),
        note=text(line, "cbc:Note"),
        seller_item=text(item, "cac:SellersItemIdentification/cbc:ID"),
        buyer_item=text(item, "cac:BuyersItemIdentification/cbc:ID"),
        standard_item=text(item, "cac:StandardItemIdentification/cbc:ID"),
        standard_item_scheme=_attribute(line, "cac:Item/cac:StandardItemIdentification/cbc:ID", "schemeID"),
        quantity=amount(line, quantity),
        unit=_attribute(line, quantity, "unitCode"),
        price=amount(price, "cbc:PriceAmount"),
        gross_price=amount(price, "cac:AllowanceCharge/cbc:BaseAmount"),
        price_discount=amount(price, "cac:AllowanceCharge/cbc:Amount"),
        base_quantity=amount(price, "cbc:BaseQuantity"),
        net=amount(line, "cbc:LineExtensionAmount"),
        vat_rate=amount(item, "cac:ClassifiedTaxCategory/cbc:Percent"),
        vat_category=text(item, "cac:ClassifiedTaxCategory/cbc:ID"),
        order_line=text(line, "cac:OrderLineReference/cbc:LineID"),
        cost_account=text(line, "cbc:AccountingCost"),
        period_start=day(line, "cac:InvoicePeriod/cbc:StartDate"),
        period_end=day(line, "cac:InvoicePeriod/cbc:EndDate"),
        charges=_charges(line),
    )


def _payment(root: Element) -> Payment:
    means = root.find("cac:PaymentMeans", NS)
    account = "cac:PayeeFinancialAccount"
    number = text(means, f"{account}/cbc:ID")
    return Payment(
        means=text(means, "cbc:PaymentMeansCode"),
        reference=text(means, "cbc:PaymentID"),
        account="".join(number.split()),
        account_name=text(means, f"{account}/cbc:Name"),
        bic=text(means, f"{account}/cac:FinancialInstitutionBranch/cbc:ID")
        or text(means, f"{account}/cac:FinancialInstitutionBranch/cac:FinancialInstitution/cbc:ID"),
    )


def _attachments(root: Element) -> list[Attachment]:
    found = []
    for reference in root.findall("cac:AdditionalDocumentReference", NS):
        binary = reference.find("cac:Attachment/cbc:EmbeddedDocumentBinaryObject", NS)
        if binary is None:
            continue
        name = binary.get("filename") or text(reference, "cbc:ID") or "attachment"
        found.append(
            Attachment(
                filename=name,
                mimetype=binary.get("mimeCode", "application/octet-stream"),
                content=decoded(binary.text or ""),
            )
        )
    return found


def decoded(value: str) -> bytes:
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError) as exc:
        raise DocumentError("ERROR: ATTACHMENT IS NOT BASE64") from exc
