"""Svefaktura 1.0 (SFTI Basic Invoice), whose elements resemble UBL 1.0."""

from collections.abc import Iterator

from lxml import etree

from invoices.documents.attachments import embedded
from invoices.documents.branch import Amount, Branch
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
from invoices.documents.model import Amounts, Document
from invoices.documents.party import Address, Identifier, IdKind, Party
from invoices.documents.payments import account_scheme
from invoices.documents.ubl import kind_of
from invoices.documents.ubl_party import contact
from invoices.documents.values import as_date, distinct, total

_REGISTERED = "SWT"  # the tax scheme that stands for the registered office


def read(root: etree._Element) -> Document:
    tree = Branch(root)
    due = (means.text("DuePaymentDate") for means in tree.all("PaymentMeans"))
    currency = tree.text("InvoiceCurrencyCode") or tree.one("LegalTotal", "TaxInclusiveTotalAmount").attribute(
        "amountCurrencyID"
    )
    return Document(
        format="SVEFAKTURA10",
        kind=kind_of(tree.text("InvoiceTypeCode")),
        number=tree.text("ID"),
        date=as_date(tree.text("IssueDate")),
        due_date=as_date(next(filter(None, due), "")),
        currency=currency.upper(),
        seller=_party(tree.one("SellerParty")),
        buyer=_party(tree.one("BuyerParty")),
        amounts=_amounts(tree),
        read_details=lambda: _details(tree),
        read_payment=lambda: (_payment(means) for means in tree.all("PaymentMeans")),
    )


def _party(outer: Branch) -> Party:
    branch = outer.one("Party")
    return Party(
        name=branch.text("PartyName", "Name"),
        identifiers=tuple(_identifiers(branch)),
        address=_address(branch.one("Address")),
        contact=contact(branch.one("Contact") or outer.one("AccountsContact")),
    )


def _address(branch: Branch) -> Address:
    street = " ".join(filter(None, (branch.text("StreetName"), branch.text("BuildingNumber"))))
    country = branch.one("Country", "IdentificationCode")
    return Address(
        lines=distinct(
            branch.text("Postbox"),
            street,
            branch.text("AdditionalStreetName"),
            branch.text("Department"),
            *branch.one("AddressLine").texts("Line"),
        ),
        city=branch.text("CityName"),
        post_code=branch.text("PostalZone"),
        country=(country.own_text or country.attribute("name")).upper(),
    )


def _identifiers(branch: Branch) -> Iterator[Identifier]:
    for tax in branch.all("PartyTaxScheme"):
        kind = IdKind.BUSINESS if tax.text("TaxScheme", "ID").upper() == _REGISTERED else IdKind.VAT
        if value := tax.text("CompanyID"):
            yield Identifier(value, tax.text("TaxScheme", "ID"), kind)
    for identification in branch.all("PartyIdentification"):
        found = identification.one("ID")
        if found.own_text:
            yield Identifier(found.own_text, found.attribute("identificationSchemeAgencyID"))


def _amounts(tree: Branch) -> Amounts:
    amount, totals = Amount(), tree.one("LegalTotal")
    lines = [amount(line, "LineExtensionAmount") for line in tree.all("InvoiceLine")]
    subtotals = [sub for one in tree.all("TaxTotal") for sub in one.all("TaxSubTotal")]
    whole = [(_is_charge(found), amount(found, "Amount")) for found in tree.all("AllowanceCharge")]
    return Amounts(
        lines=total(lines),
        line_count=len(lines),
        line_total=amount(totals, "LineExtensionTotalAmount"),
        allowances=total(value for is_charge, value in whole if not is_charge),
        charges=total(value for is_charge, value in whole if is_charge),
        without_tax=amount(totals, "TaxExclusiveTotalAmount"),
        tax=total(amount(one, "TotalTaxAmount") for one in tree.all("TaxTotal")),
        taxes=total(amount(sub, "TaxAmount") for sub in subtotals),
        tax_bases=total(amount(sub, "TaxableAmount") for sub in subtotals),
        with_tax=amount(totals, "TaxInclusiveTotalAmount"),
        rounding=amount(totals, "RoundOffAmount"),
        unreadable=tuple(amount.unreadable),
    )


def _is_charge(found: Branch) -> bool:
    return found.text("ChargeIndicator").casefold() in ("true", "1")


def _details(tree: Branch) -> Details:
    terms = tree.all("PaymentTerms")
    return Details(
        type_code=tree.text("InvoiceTypeCode"),
        tax_currency=tree.text("TaxCurrencyCode").upper(),
        tax_point=as_date(tree.text("TaxPointDate")),
        period=_period(tree.one("InvoicingPeriod")),
        references=_references(tree),
        delivery=_delivery(tree.one("Delivery")),
        lines=tuple(_line(line) for line in tree.all("InvoiceLine")),
        allowances=tuple(_allowance(found) for found in tree.all("AllowanceCharge")),
        vat=tuple(_vat(sub) for one in tree.all("TaxTotal") for sub in one.all("TaxSubTotal")),
        payment=tuple(_payment(means) for means in tree.all("PaymentMeans")),
        payment_terms=tuple(note for one in terms for note in one.prose("Note")),
        notes=tuple(tree.prose("Note")),
        attachments=tuple(_attachments(tree)),
    )


def _references(tree: Branch) -> References:
    order = (line.text("OrderLineReference", "OrderReference", "BuyersID") for line in tree.all("InvoiceLine"))
    requisition = tree.text("RequisitionistDocumentReference", "ID")  # the orderer's number, code or name
    return References(
        order=next(filter(None, order), "") or requisition,
        contract=_additional(tree, "CT"),
        buyer=requisition or tree.text("BuyerParty", "Party", "Contact", "Name"),
        despatch=_additional(tree, "DQ"),
        object=_additional(tree, "ATS"),
        preceding=distinct(*(one.text("ID") for one in tree.all("InitialInvoiceDocumentReference"))),
    )


def _additional(tree: Branch, scheme: str) -> str:
    """Return the document reference of a UN/EDIFACT 1153 code; ""."""
    found = (reference.one("ID") for reference in tree.all("AdditionalDocumentReference"))
    return next((one.own_text for one in found if one.attribute("identificationSchemeID") == scheme), "")


def _period(branch: Branch) -> Period | None:
    found = Period(as_date(branch.text("StartDateTime")), as_date(branch.text("EndDateTime")))
    return found if found.start or found.end else None


def _delivery(branch: Branch) -> Delivery | None:
    if not branch:
        return None
    where = _address(branch.one("DeliveryAddress"))
    return Delivery(
        date=as_date(branch.text("ActualDeliveryDateTime")),
        address=where if where.lines or where.city or where.country else None,
    )


def _line(branch: Branch) -> Line:
    item, quantity = branch.one("Item"), branch.one("InvoicedQuantity")
    category, price = item.one("TaxCategory"), item.one("BasePrice")
    return Line(
        id=branch.text("ID"),
        name=item.text("Description"),
        seller_item=item.text("SellersItemIdentification", "ID"),
        buyer_item=item.text("BuyersItemIdentification", "ID"),
        standard_item=item.text("StandardItemIdentification", "ID"),
        quantity=quantity.amount_of_its_own(),
        unit=quantity.attribute("quantityUnitCode"),
        price=price.amount("PriceAmount"),
        base_quantity=price.amount("BaseQuantity"),
        amount=branch.amount("LineExtensionAmount"),
        vat_category=category.text("ID"),
        vat_rate=category.amount("Percent"),
        allowances=tuple(_allowance(found) for found in branch.all("AllowanceCharge")),
        note=" ".join(branch.texts("Note")),
        order_line=branch.text("OrderLineReference", "BuyersLineID"),
    )


def _allowance(found: Branch) -> AllowanceCharge:
    reason = found.one("ReasonCode")
    return AllowanceCharge(
        is_charge=_is_charge(found),
        amount=found.amount("Amount"),
        reason=reason.attribute("name") or reason.own_text,
        percent=found.amount("MultiplierFactorNumeric"),
        base=found.amount("AllowanceChargeBaseAmount"),
        vat_category=found.text("TaxCategory", "ID"),
        vat_rate=found.amount("TaxCategory", "Percent"),
    )


def _vat(sub: Branch) -> Vat:
    category = sub.one("TaxCategory")
    return Vat(
        category=category.text("ID"),
        rate=category.amount("Percent"),
        base=sub.amount("TaxableAmount"),
        amount=sub.amount("TaxAmount"),
        reason=category.text("ExemptionReason"),
    )


def _payment(means: Branch) -> PaymentMeans:
    account = means.one("PayeeFinancialAccount")
    bic = account.text("FinancialInstitutionBranch", "FinancialInstitution", "ID")
    number = account.text("ID")
    return PaymentMeans(
        code=means.text("PaymentMeansTypeCode"),
        account=number,
        account_scheme=account_scheme(number, bic),
        bic=bic,
        reference=account.text("PaymentInstructionID"),
        due_date=as_date(means.text("DuePaymentDate")),
    )


def _attachments(tree: Branch) -> Iterator[Attachment]:
    for reference in tree.all("AdditionalDocumentReference"):
        if not reference.one("Attachment"):
            continue
        content = reference.one("Attachment", "EmbeddedDocument")
        name = content.attribute("filename") or reference.text("ID")
        yield embedded(content, name=name, content_type=content.attribute("mimeCode"))
