"""Lines, VAT, payment and the rest of the Cross Industry Invoice."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from invoices.documents.attachments import embedded
from invoices.documents.branch import Branch
from invoices.documents.cii_party import address, party
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
from invoices.documents.values import as_date, distinct

Date = dt.date | None
_ATTACHED, _OBJECT, _TENDER = "916", "130", "50"  # UNCL 1001


def read(tree: Branch) -> Details:
    """Return what stands beside the Document."""
    header, trade = tree.one("ExchangedDocument"), tree.one("SupplyChainTradeTransaction")
    agreement, settlement = trade.one("ApplicableHeaderTradeAgreement"), trade.one("ApplicableHeaderTradeSettlement")
    payee, representative = settlement.one("PayeeTradeParty"), agreement.one("SellerTaxRepresentativeTradeParty")
    recipient = settlement.one("InvoiceeTradeParty")
    terms = settlement.all("SpecifiedTradePaymentTerms")
    tax_currency = settlement.text("TaxCurrencyCode").upper()
    return Details(
        type_code=header.text("TypeCode"),
        tax_currency=tax_currency,
        tax_in_tax_currency=_tax_in(settlement, tax_currency),
        tax_point=_date(settlement.one("ApplicableTradeTax", "TaxPointDate")),
        period=_period(settlement.one("BillingSpecifiedPeriod")),
        references=_references(agreement, trade.one("ApplicableHeaderTradeDelivery"), settlement),
        payee=party(payee) if payee else None,
        tax_representative=party(representative) if representative else None,
        recipient=party(recipient) if recipient else None,
        delivery=_delivery(trade.one("ApplicableHeaderTradeDelivery")),
        lines=tuple(_line(line) for line in trade.all("IncludedSupplyChainTradeLineItem")),
        allowances=tuple(_allowances(settlement)),
        vat=tuple(_vat(row) for row in settlement.all("ApplicableTradeTax")),
        payment=tuple(payments(settlement)),
        payment_terms=tuple(text for one in terms for text in one.prose("Description")),
        notes=tuple(text for note in header.all("IncludedNote") for text in note.prose("Content")),
        attachments=tuple(_attachments(agreement)),
    )


def _date(branch: Branch) -> Date:
    return as_date(branch.text("DateTimeString") or branch.text("DateString"))


def _tax_in(settlement: Branch, currency: str) -> Decimal | None:
    if not currency or currency == settlement.text("InvoiceCurrencyCode").upper():
        return None
    totals = settlement.one("SpecifiedTradeSettlementHeaderMonetarySummation").all("TaxTotalAmount")
    return next((tax.amount_of_its_own() for tax in totals if tax.attribute("currencyID").upper() == currency), None)


def _period(branch: Branch) -> Period | None:
    found = Period(_date(branch.one("StartDateTime")), _date(branch.one("EndDateTime")))
    return found if found.start or found.end else None


def _references(agreement: Branch, delivery: Branch, settlement: Branch) -> References:
    additional = {
        doc.text("TypeCode"): doc.text("IssuerAssignedID") for doc in agreement.all("AdditionalReferencedDocument")
    }
    earlier = settlement.all("InvoiceReferencedDocument")
    return References(
        order=agreement.text("BuyerOrderReferencedDocument", "IssuerAssignedID"),
        sales_order=agreement.text("SellerOrderReferencedDocument", "IssuerAssignedID"),
        contract=agreement.text("ContractReferencedDocument", "IssuerAssignedID"),
        project=agreement.text("SpecifiedProcuringProject", "ID"),
        buyer=agreement.text("BuyerReference"),
        accounting=settlement.text("ReceivableSpecifiedTradeAccountingAccount", "ID"),
        despatch=delivery.text("DespatchAdviceReferencedDocument", "IssuerAssignedID")
        or delivery.text("DeliveryNoteReferencedDocument", "IssuerAssignedID"),
        receipt=delivery.text("ReceivingAdviceReferencedDocument", "IssuerAssignedID"),
        tender=additional.get(_TENDER, ""),
        object=additional.get(_OBJECT, ""),
        preceding=distinct(*(doc.text("IssuerAssignedID") for doc in earlier)),
    )


def _delivery(branch: Branch) -> Delivery | None:
    to, event = branch.one("ShipToTradeParty"), branch.one("ActualDeliverySupplyChainEvent")
    if not to and not event:
        return None
    where = address(to.one("PostalTradeAddress"))
    return Delivery(
        date=_date(event.one("OccurrenceDateTime")),
        party=to.text("Name"),
        location=to.text("ID") or to.text("GlobalID"),
        address=where if where.lines or where.city or where.country else None,
    )


def _line(branch: Branch) -> Line:
    about, product = branch.one("AssociatedDocumentLineDocument"), branch.one("SpecifiedTradeProduct")
    agreement, settlement = branch.one("SpecifiedLineTradeAgreement"), branch.one("SpecifiedLineTradeSettlement")
    price = agreement.one("NetPriceProductTradePrice") or agreement.one("GrossPriceProductTradePrice")
    quantity = branch.one("SpecifiedLineTradeDelivery", "BilledQuantity")
    tax = settlement.one("ApplicableTradeTax")
    return Line(
        id=about.text("LineID"),
        name=product.text("Name"),
        description=product.text("Description"),
        seller_item=product.text("SellerAssignedID"),
        buyer_item=product.text("BuyerAssignedID"),
        standard_item=product.text("GlobalID"),
        quantity=quantity.amount_of_its_own(),
        unit=quantity.attribute("unitCode"),
        price=price.amount("ChargeAmount"),
        base_quantity=price.amount("BasisQuantity"),
        amount=settlement.amount("SpecifiedTradeSettlementLineMonetarySummation", "LineTotalAmount"),
        vat_category=tax.text("CategoryCode"),
        vat_rate=tax.amount("RateApplicablePercent"),
        allowances=tuple(_allowances(settlement)),
        period=_period(settlement.one("BillingSpecifiedPeriod")),
        note=" ".join(text for note in about.all("IncludedNote") for text in note.texts("Content")),
        order_line=agreement.text("BuyerOrderReferencedDocument", "LineID"),
    )


def _allowances(settlement: Branch) -> Iterator[AllowanceCharge]:
    for found in settlement.all("SpecifiedTradeAllowanceCharge"):
        tax = found.one("CategoryTradeTax")
        yield AllowanceCharge(
            is_charge=found.text("ChargeIndicator", "Indicator").casefold() in ("true", "1"),
            amount=found.amount("ActualAmount"),
            reason=found.text("Reason") or found.text("ReasonCode"),
            percent=found.amount("CalculationPercent"),
            base=found.amount("BasisAmount"),
            vat_category=tax.text("CategoryCode"),
            vat_rate=tax.amount("RateApplicablePercent"),
        )
    for freight in settlement.all("SpecifiedLogisticsServiceCharge"):
        tax = freight.one("AppliedTradeTax")
        yield AllowanceCharge(
            is_charge=True,
            amount=freight.amount("AppliedAmount"),
            reason=freight.text("Description"),
            vat_category=tax.text("CategoryCode"),
            vat_rate=tax.amount("RateApplicablePercent"),
        )


def _vat(row: Branch) -> Vat:
    return Vat(
        category=row.text("CategoryCode"),
        rate=row.amount("RateApplicablePercent"),
        base=row.amount("BasisAmount"),
        amount=row.amount("CalculatedAmount"),
        reason=row.text("ExemptionReason") or row.text("ExemptionReasonCode"),
    )


def due_date(settlement: Branch) -> Date:
    """Return the first date of the terms; where there are several, not the one until which a discount is given."""
    terms = settlement.all("SpecifiedTradePaymentTerms")
    if len(terms) > 1:
        terms.sort(key=lambda one: bool(one.one("ApplicableTradePaymentDiscountTerms")))
    return next((found for one in terms if (found := _date(one.one("DueDateDateTime")))), None)


def payments(settlement: Branch) -> Iterator[PaymentMeans]:
    """Yield where and how it is paid."""
    terms, due = settlement.all("SpecifiedTradePaymentTerms"), due_date(settlement)
    mandate = next((text for one in terms if (text := one.text("DirectDebitMandateID"))), "")
    for means in settlement.all("SpecifiedTradeSettlementPaymentMeans"):
        creditor, debtor = (
            means.one("PayeePartyCreditorFinancialAccount"),
            means.one("PayerPartyDebtorFinancialAccount"),
        )
        account = creditor or debtor
        bic = means.text("PayeeSpecifiedCreditorFinancialInstitution", "BICID")
        card = means.one("ApplicableTradeSettlementFinancialCard")
        number = account.text("IBANID") or account.text("ProprietaryID") or card.text("ID")
        yield PaymentMeans(
            code=means.text("TypeCode"),
            account=number,
            account_scheme="IBAN" if account.text("IBANID") else account_scheme(number, bic),
            account_name=account.text("AccountName") if account else card.text("CardholderName"),
            bic=bic,
            reference=settlement.text("PaymentReference"),
            due_date=due,
            mandate=mandate,
        )


def _attachments(agreement: Branch) -> Iterator[Attachment]:
    for document in agreement.all("AdditionalReferencedDocument"):
        content, link = document.one("AttachmentBinaryObject"), document.text("URIID")
        if document.text("TypeCode") != _ATTACHED and not content and not link:
            continue
        yield embedded(
            content,
            name=content.attribute("filename") or document.text("IssuerAssignedID"),
            content_type=content.attribute("mimeCode"),
            link=link,
            description=document.text("Name"),
        )
