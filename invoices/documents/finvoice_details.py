"""Lines, VAT, payment and the rest of Finvoice."""

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal

from invoices.documents.branch import NOTHING, Branch
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
from invoices.documents.finvoice_party import address, factor, recipient
from invoices.documents.payments import account_scheme
from invoices.documents.values import distinct

AsDate = Callable[[str], dt.date | None]
_EMPTY = Line()


def read(tree: Branch, date: AsDate) -> Details:
    """Return what stands beside the Document."""
    details = tree.one("InvoiceDetails")
    terms = details.all("PaymentTermsDetails")
    return Details(
        type_code=details.text("InvoiceTypeCode"),
        tax_currency=_accounting_amount(details).attribute("AmountCurrencyIdentifier"),
        tax_in_tax_currency=_accounting_amount(details).amount_of_its_own(),
        tax_point=date(details.text("VatPoint", "VatPointDate")),
        period=_period(details, "InvoicingPeriodStartDate", "InvoicingPeriodEndDate", date),
        references=_references(tree, details),
        payee=factor(tree),
        recipient=recipient(tree),
        delivery=_delivery(tree, date),
        lines=tuple(_lines(tree, date)),
        allowances=tuple(_allowances(details)),
        vat=tuple(_vat(row) for row in details.all("VatSpecificationDetails")),
        payment=tuple(payments(tree, details, date)),
        payment_terms=tuple(text for one in terms for text in one.prose("PaymentTermsFreeText")),
        notes=(*details.prose("InvoiceFreeText"), *details.prose("InvoiceVatFreeText"), *_free_texts(tree)),
        attachments=tuple(_links(tree)),
    )


def _accounting_amount(details: Branch) -> Branch:
    return details.one("InvoiceTotalVatAccountingAmount")


def _free_texts(tree: Branch) -> Iterator[str]:
    if claim_sold := tree.one("FactoringAgreementDetails").prose("FactoringFreeText"):
        yield "\n".join(claim_sold)
    for specification in tree.all("SpecificationDetails"):
        yield from specification.prose("SpecificationFreeText")


def _period(branch: Branch, start: str, end: str, date: AsDate) -> Period | None:
    found = Period(date(branch.text(start)), date(branch.text(end)))
    return found if found.start or found.end else None


def _references(tree: Branch, details: Branch) -> References:
    earlier = (one.text("InvoiceNumber") for one in details.all("OriginalInvoiceReference"))
    return References(
        order=details.text("OrderIdentifier"),
        sales_order=details.text("SellerReferenceIdentifier"),
        contract=details.text("AgreementIdentifier"),
        project=details.text("ProjectReferenceIdentifier"),
        buyer=details.text("BuyerReferenceIdentifier"),
        accounting=details.text("AccountDimensionText"),
        despatch=tree.text("DeliveryDetails", "DeliveryNoteIdentifier") or details.text("NotificationIdentifier"),
        tender=details.text("TenderReference"),
        object=details.text("InvoicedObjectID"),
        preceding=distinct(*details.texts("OriginalInvoiceNumber"), *earlier),
    )


def _delivery(tree: Branch, date: AsDate) -> Delivery | None:
    party, about = tree.one("DeliveryPartyDetails"), tree.one("DeliveryDetails")
    if not party and not about:
        return None
    where = party.one("DeliveryPostalAddressDetails")
    return Delivery(
        date=date(about.text("DeliveryDate")) or date(about.text("DeliveryPeriodDetails", "EndDate")),
        party=party.text("DeliveryOrganisationName"),
        location=tree.text("DeliveryOrganisationUnitNumber"),
        address=address(where, "Delivery") if where else None,
    )


def _lines(tree: Branch, date: AsDate) -> Iterator[Line]:
    for row in tree.all("InvoiceRow"):
        found = [_line(row, "", date), *(_line(sub, "Sub", date) for sub in row.all("SubInvoiceRow"))]
        yield from (line for line in found if line != _EMPTY)  # a row may do no more than hold its sub-rows


def _line(row: Branch, sub: str, date: AsDate) -> Line:
    name, texts = row.text(f"{sub}ArticleName"), row.texts(f"{sub}RowFreeText")
    quantity, price = _quantity(row, sub), row.one(f"{sub}UnitPriceAmount")
    return Line(
        id=row.text(f"{sub}RowPositionIdentifier") or row.text(f"{sub}RowIdentifier"),
        name=name or (texts[0] if texts else ""),
        description=row.text(f"{sub}ArticleDescription"),
        seller_item=row.text(f"{sub}ArticleIdentifier"),
        buyer_item=row.text(f"{sub}BuyerArticleIdentifier"),
        standard_item=row.text(f"{sub}EanCode"),
        quantity=quantity.amount_of_its_own(),
        unit=_unit(quantity) or price.attribute("UnitPriceUnitCode"),
        price=price.amount_of_its_own(),
        base_quantity=row.amount(f"{sub}UnitPriceBaseQuantity"),
        amount=_row_amount(row, sub),
        vat_category=row.text(f"{sub}RowVatCode"),
        vat_rate=row.amount(f"{sub}RowVatRatePercent"),
        vat_amount=row.amount(f"{sub}RowVatAmount"),
        allowances=tuple(_row_allowances(row, sub)),
        period=_period(row, f"{sub}StartDate", f"{sub}EndDate", date),
        note=" ".join(texts if name else texts[1:]),
        order_line=row.text(f"{sub}RowOrderPositionIdentifier"),
    )


def _quantity(row: Branch, sub: str) -> Branch:
    """Return what is invoiced; older software says only what was delivered, or ordered."""
    found = (row.one(f"{sub}{what}Quantity") for what in ("Invoiced", "Delivered", "Ordered"))
    return next((quantity for quantity in found if quantity.own_text), NOTHING)


def _unit(quantity: Branch) -> str:
    return quantity.attribute("QuantityUnitCode") or quantity.attribute("QuantityUnitCodeUN")


def _row_amount(row: Branch, sub: str) -> Decimal | None:
    """Older software and invoices to consumers state a row with its VAT only."""
    stated, with_tax, tax = (row.amount(f"{sub}Row{name}Amount") for name in ("VatExcluded", "", "Vat"))
    if stated is not None or with_tax is None:
        return stated
    if tax is None and row.amount(f"{sub}RowVatRatePercent") == 0:
        return with_tax
    return None if tax is None else with_tax - tax


def _row_allowances(row: Branch, sub: str) -> Iterator[AllowanceCharge]:
    steps = [row, *row.all(f"{sub}RowProgressiveDiscountDetails")]
    for step in steps:
        percent, amount = step.amount(f"{sub}RowDiscountPercent"), step.amount(f"{sub}RowDiscountAmount")
        if percent is not None or amount is not None:
            yield AllowanceCharge(
                is_charge=False,
                amount=amount,
                reason=step.text(f"{sub}RowDiscountTypeText") or step.text(f"{sub}RowDiscountTypeCode"),
                percent=percent,
                base=step.amount(f"{sub}RowDiscountBaseAmount"),
            )
    for charge in row.all(f"{sub}RowChargeDetails"):
        yield AllowanceCharge(
            is_charge=True,
            amount=charge.amount("Amount"),
            reason=charge.text("ReasonText") or charge.text("ReasonCode"),
            percent=charge.amount("Percent"),
            base=charge.amount("BaseAmount"),
        )


def _allowances(details: Branch) -> Iterator[AllowanceCharge]:
    for name, is_charge in (("DiscountDetails", False), ("ChargeDetails", True)):
        for found in details.all(name):
            yield AllowanceCharge(
                is_charge=is_charge,
                amount=found.amount("Amount"),
                reason=found.text("FreeText") or found.text("ReasonText") or found.text("ReasonCode"),
                percent=found.amount("Percent"),
                base=found.amount("BaseAmount"),
                vat_category=found.text("VatCategoryCode"),
                vat_rate=found.amount("VatRatePercent"),
            )


def _vat(row: Branch) -> Vat:
    return Vat(
        category=row.text("VatCode"),
        rate=row.amount("VatRatePercent"),
        base=row.amount("VatBaseAmount"),
        amount=row.amount("VatRateAmount"),
        reason=" ".join(row.texts("VatFreeText")) or row.text("VatExemptionReasonCode"),
    )


def payments(tree: Branch, details: Branch, date: AsDate) -> Iterator[PaymentMeans]:
    """Yield where and how it is paid."""
    parties, order = tree.one("EpiDetails", "EpiPartyDetails"), tree.one("EpiDetails", "EpiPaymentInstructionDetails")
    beneficiary = parties.one("EpiBeneficiaryPartyDetails")
    account = beneficiary.one("EpiAccountID")
    bic = parties.text("EpiBfiPartyDetails", "EpiBfiIdentifier")
    due = date(details.text("PaymentTermsDetails", "InvoiceDueDate") or order.text("EpiDateOptionDate"))
    if account.own_text or order.text("EpiRemittanceInfoIdentifier"):
        yield PaymentMeans(
            code=order.text("EpiPaymentMeansCode"),
            account=account.own_text,
            account_scheme=account.attribute("IdentificationSchemeName") or account_scheme(account.own_text, bic),
            account_name=beneficiary.text("EpiNameAddressDetails"),
            bic=bic,
            reference=order.text("EpiRemittanceInfoIdentifier"),
            due_date=due,
            mandate=tree.text("DirectDebitInfo", "MandateReference"),
        )
    for other in tree.one("SellerInformationDetails").all("SellerAccountDetails"):
        number = other.one("SellerAccountID")
        if number.own_text and number.own_text != account.own_text:
            yield PaymentMeans(
                account=number.own_text,
                account_scheme=number.attribute("IdentificationSchemeName"),
                account_name=other.text("SellerAccountName"),
                bic=other.text("SellerBic"),
                reference=order.text("EpiRemittanceInfoIdentifier"),
                due_date=due,
            )


def _links(tree: Branch) -> Iterator[Attachment]:
    """Finvoice holds no files, but says where they are."""
    names, links = tree.texts("InvoiceUrlNameText"), tree.texts("InvoiceUrlText")
    for place, link in enumerate(links):
        yield Attachment(name=names[place] if place < len(names) else link, link=link)
    if message := tree.text("AttachmentMessageDetails", "AttachmentMessageIdentifier"):
        yield Attachment(name=message, description="Finvoice attachment message")
