"""Svefaktura 1.0 in outline."""

from decimal import Decimal

from portal.sandbox.documents.model import CREDIT_CODES, Address, Document, Line, Party, Payment, Totals, VatRow
from portal.sandbox.documents.outline import Part
from portal.sandbox.documents.tree import Element

ZERO = Decimal(0)
_REGISTERED = "SWT"  # the tax scheme that stands for the registered office


def read(root: Element) -> Document:
    """:raises portal.sandbox.documents.errors.DocumentError: an amount or date that is none"""
    tree = Part(root)
    totals, means, code = tree.part("LegalTotal"), tree.part("PaymentMeans"), tree.text("InvoiceTypeCode")
    account = means.part("PayeeFinancialAccount")
    return Document(
        format="SVEFAKTURA10",
        kind="CREDIT_NOTE" if code in CREDIT_CODES else "INVOICE",
        number=tree.text("ID"),
        type_code=code,
        issue_date=tree.day("IssueDate"),
        due_date=means.day("DuePaymentDate"),
        currency=tree.text("InvoiceCurrencyCode"),
        seller=_party(tree.part("SellerParty/Party")),
        buyer=_party(tree.part("BuyerParty/Party")),
        lines=[_line(line) for line in tree.parts("InvoiceLine")],
        vat_rows=[_vat(row) for row in tree.parts("TaxTotal/TaxSubTotal")],
        totals=Totals(
            net=totals.amount("TaxExclusiveTotalAmount"),
            vat=tree.amount("TaxTotal/TotalTaxAmount"),
            gross=totals.amount("TaxInclusiveTotalAmount"),
        ),
        payment=Payment(reference=account.text("PaymentInstructionID"), account=account.text("ID")),
    )


def _party(party: Part) -> Party:
    where = party.part("Address")
    numbers = {tax.text("TaxScheme/ID"): tax.text("CompanyID") for tax in party.parts("PartyTaxScheme")}
    return Party(
        name=party.text("PartyName/Name"),
        bid=numbers.get(_REGISTERED, "") or party.text("PartyIdentification/ID"),
        vat=numbers.get("VAT", ""),
        email=party.text("Contact/ElectronicMail"),
        address=Address(
            streets=[street] if (street := where.text("StreetName", "Postbox")) else [],
            city=where.text("CityName"),
            post_code=where.text("PostalZone"),
            country=where.text("Country/IdentificationCode") or "SE",
        ),
    )


def _line(line: Part) -> Line:
    return Line(
        id=line.text("ID"),
        name=line.text("Item/Description"),
        quantity=line.amount("InvoicedQuantity"),
        unit=line.part("InvoicedQuantity").attribute("quantityUnitCode"),
        price=line.amount("Item/BasePrice/PriceAmount"),
        net=line.amount("LineExtensionAmount"),
        vat_rate=line.amount("Item/TaxCategory/Percent"),
    )


def _vat(row: Part) -> VatRow:
    rate = row.amount("TaxCategory/Percent")
    base, amount = row.amount("TaxableAmount") or ZERO, row.amount("TaxAmount") or ZERO
    return VatRow(category="S" if rate else "Z", rate=rate, base=base, amount=amount)
