"""Lines, VAT, payment and the rest of UBL invoices. Names as in UBL 2.1; older and national ones beside them."""

from collections.abc import Iterator
from decimal import Decimal

from invoices.documents.attachments import embedded
from invoices.documents.branch import Branch
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
from invoices.documents.payments import account_scheme
from invoices.documents.ubl_party import address, party
from invoices.documents.values import as_date, distinct, first

_EARLIER = (
    "InvoiceDocumentReference",
    "CreditNoteDocumentReference",
    "SelfBilledInvoiceDocumentReference",
    "SelfBilledCreditNoteDocumentReference",
)
_OBJECT_CODE = "130"  # UNCL 1001: the document reference names the invoiced object


def read(tree: Branch) -> Details:
    """Return what stands beside the Document; the tree is an Invoice's or a CreditNote's."""
    payee, representative = tree.one("PayeeParty"), tree.one("TaxRepresentativeParty")
    foreign, lines = _tax_in_tax_currency(tree), _lines(tree)
    return Details(
        type_code=tree.text("CreditNoteTypeCode") or tree.text("InvoiceTypeCode"),
        tax_currency=tree.text("TaxCurrencyCode").upper(),
        tax_in_tax_currency=foreign,
        tax_point=as_date(tree.text("TaxPointDate")),
        period=_period(tree.one("InvoicePeriod")),
        references=_references(tree, lines),
        payee=party(payee) if payee else None,
        tax_representative=party(representative) if representative else None,
        delivery=_delivery(tree.one("Delivery")),
        lines=tuple(_line(line) for line in lines),
        allowances=tuple(_allowance(found) for found in tree.all("AllowanceCharge")),
        vat=tuple(_vats(tree)),
        payment=tuple(payments(tree)),
        payment_terms=tuple(note for terms in tree.all("PaymentTerms") for note in terms.prose("Note")),
        notes=tuple(tree.prose("Note")),
        attachments=tuple(_attachments(tree)),
    )


def currency_of(tree: Branch) -> str:
    """Return the currency of the amounts, as the file says it or as its totals carry it; ""."""
    return tree.text("DocumentCurrencyCode") or tree.one("LegalMonetaryTotal", "PayableAmount").attribute("currencyID")


def _tax_in_tax_currency(tree: Branch) -> Decimal | None:
    currency, other = currency_of(tree), tree.text("TaxCurrencyCode")
    for tax in tree.all("TaxTotal"):
        if other and other != currency and tax.one("TaxAmount").attribute("currencyID") == other:
            return tax.amount("TaxAmount")
    return None


def _period(branch: Branch) -> Period | None:
    found = Period(as_date(branch.text("StartDate")), as_date(branch.text("EndDate")))
    return found if found.start or found.end else None


def _lines(tree: Branch) -> list[Branch]:
    return [line for name in ("InvoiceLine", "CreditNoteLine") for line in tree.all(name)]


def _references(tree: Branch, lines: list[Branch]) -> References:
    order, buyer = tree.one("OrderReference"), tree.one("AccountingCustomerParty", "Party", "Contact")
    objects = (ref.text("ID") for ref in tree.all("AdditionalDocumentReference") if _is_object(ref))
    return References(
        order=order.text("ID"),
        sales_order=order.text("SalesOrderID"),
        contract=tree.text("ContractDocumentReference", "ID"),
        project=tree.text("ProjectReference", "ID"),
        buyer=tree.text("BuyerReference") or order.text("CustomerReference") or buyer.text("ID"),  # EHF 2, OIOUBL
        accounting=tree.text("AccountingCost") or tree.text("AccountingCostCode"),
        despatch=tree.text("DespatchDocumentReference", "ID"),
        receipt=tree.text("ReceiptDocumentReference", "ID"),
        tender=tree.text("OriginatorDocumentReference", "ID"),
        object=next(objects, ""),
        preceding=_preceding([tree]) or _preceding(lines),
    )


def _preceding(branches: list[Branch]) -> tuple[str, ...]:
    billing = (one for branch in branches for one in branch.all("BillingReference"))
    return distinct(*(one.text(name, "ID") for one in billing for name in _EARLIER))


def _is_object(reference: Branch) -> bool:
    return reference.text("DocumentTypeCode") == _OBJECT_CODE


def _delivery(branch: Branch) -> Delivery | None:
    if not branch:
        return None
    location = branch.one("DeliveryLocation")
    where = address(location.one("Address") or branch.one("DeliveryAddress"))
    return Delivery(
        date=as_date(branch.text("ActualDeliveryDate")),
        party=branch.text("DeliveryParty", "PartyName", "Name"),
        location=location.text("ID"),
        address=where if where.lines or where.city or where.country else None,
    )


def _line(branch: Branch) -> Line:
    item, price = branch.one("Item"), branch.one("Price")
    quantity = branch.one("InvoicedQuantity") or branch.one("CreditedQuantity")
    category = item.one("ClassifiedTaxCategory") or branch.one("TaxTotal", "TaxSubtotal", "TaxCategory")
    return Line(
        id=branch.text("ID"),
        name=item.text("Name") or item.text("Description"),
        description=item.text("Description") if item.text("Name") else "",
        seller_item=item.text("SellersItemIdentification", "ID"),
        buyer_item=item.text("BuyersItemIdentification", "ID"),
        standard_item=item.text("StandardItemIdentification", "ID"),
        quantity=quantity.amount_of_its_own(),
        unit=quantity.attribute("unitCode"),
        price=price.amount("PriceAmount"),
        base_quantity=price.amount("BaseQuantity"),
        amount=branch.amount("LineExtensionAmount"),
        vat_category=category.text("ID"),
        vat_rate=first(category.amount("Percent"), branch.amount("TaxTotal", "TaxSubtotal", "Percent")),
        vat_amount=branch.amount("TaxTotal", "TaxAmount"),
        allowances=tuple(_allowance(found) for found in branch.all("AllowanceCharge")),
        period=_period(branch.one("InvoicePeriod")),
        note=" ".join(branch.texts("Note")),
        order_line=branch.text("OrderLineReference", "LineID"),
    )


def _allowance(branch: Branch) -> AllowanceCharge:
    category = branch.one("TaxCategory")
    return AllowanceCharge(
        is_charge=branch.text("ChargeIndicator").casefold() in ("true", "1"),
        amount=branch.amount("Amount"),
        reason=branch.text("AllowanceChargeReason") or branch.text("AllowanceChargeReasonCode"),
        percent=branch.amount("MultiplierFactorNumeric"),
        base=branch.amount("BaseAmount"),
        vat_category=category.text("ID"),
        vat_rate=category.amount("Percent"),
    )


def _vats(tree: Branch) -> Iterator[Vat]:
    currency = currency_of(tree)
    for tax in tree.all("TaxTotal"):
        for sub in tax.all("TaxSubtotal"):
            category = sub.one("TaxCategory")
            if (sub.one("TaxAmount").attribute("currencyID") or currency) != currency:
                continue
            yield Vat(
                category=category.text("ID"),
                rate=first(category.amount("Percent"), sub.amount("Percent")),
                base=sub.amount("TaxableAmount"),
                amount=sub.amount("TaxAmount"),
                reason=category.text("TaxExemptionReason") or category.text("TaxExemptionReasonCode"),
            )


def payments(tree: Branch) -> Iterator[PaymentMeans]:
    """Yield where and how it is paid."""
    for means in tree.all("PaymentMeans"):
        account = means.one("PayeeFinancialAccount") or means.one("CreditAccount")
        card, mandate = means.one("CardAccount"), means.one("PaymentMandate")
        branch = account.one("FinancialInstitutionBranch")
        number = account.text("ID") or account.text("AccountID") or card.text("PrimaryAccountNumberID")
        bic = branch.text("FinancialInstitution", "ID") or branch.text("ID")
        yield PaymentMeans(
            code=means.text("PaymentMeansCode"),
            account=number,
            account_scheme=account.one("ID").attribute("schemeID") or account_scheme(number, bic),
            account_name=account.text("Name") or card.text("HolderName"),
            bic=bic,
            reference=_payment_reference(means),
            due_date=as_date(means.text("PaymentDueDate") or tree.text("DueDate")),
            mandate=mandate.text("ID"),
        )


def _payment_reference(means: Branch) -> str:
    reference, instruction = means.text("PaymentID"), means.text("InstructionID")
    # A Danish giro card (FIK) gives its two-digit type as the PaymentID.
    reference = instruction if instruction and len(reference) <= 2 else reference
    return reference or means.text("PayeeFinancialAccount", "PaymentNote")  # OIOUBL, for what its banks transfer


def _attachments(tree: Branch) -> Iterator[Attachment]:
    for reference in tree.all("AdditionalDocumentReference"):
        attachment = reference.one("Attachment")
        if not attachment:
            continue
        content, link = attachment.one("EmbeddedDocumentBinaryObject"), attachment.text("ExternalReference", "URI")
        yield embedded(
            content,
            name=content.attribute("filename") or reference.text("ID"),
            content_type=content.attribute("mimeCode"),
            link=link,
            description=reference.text("DocumentDescription") or reference.text("DocumentType"),
        )
