"""A Document as Peppol BIS Billing 3.0: element order of UBL 2.1, and what the rules of Peppol and EN 16931 demand."""

import base64
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import cast

from lxml import etree

from portal.sandbox.documents.addresses import compact, derived_endpoint
from portal.sandbox.documents.completion import completed
from portal.sandbox.documents.formats import (
    CAC,
    CBC,
    PEPPOL_CUSTOMIZATION,
    PEPPOL_PROFILE,
    UBL_CREDIT_NOTE,
    UBL_INVOICE,
)
from portal.sandbox.documents.model import Document, Party, Totals, VatRow
from portal.sandbox.documents.tree import Element, add, prune, serialized
from portal.sandbox.documents.ubl_lines import write_line
from portal.sandbox.documents.ubl_parts import cac, cbc, money, write_category, write_charge
from portal.sandbox.documents.ubl_read import NOTHING

EXEMPTIONS = {
    "AE": "Reverse charge",
    "K": "Intra-community supply",
    "G": "Export outside the EU",
    "E": "Exempt from VAT",
    "O": "Not subject to VAT",
}
EMBEDDABLE = {
    "application/pdf",
    "image/png",
    "image/jpeg",
    "text/csv",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_VAT_NUMBER = re.compile(r"[A-Z]{2}.+")


def write(document: Document) -> bytes:
    """Return UTF-8 XML. A credit note's amounts become positive, as UBL has them."""
    ready = completed(document)
    if ready.is_credit and (ready.totals.gross or 0) < 0:
        ready = ready.reversed()
    root = _root(ready)
    _write_head(root, ready)
    _write_references(root, ready)
    _write_party(add(add(root, cac("AccountingSupplierParty")), cac("Party")), ready.seller)
    _write_party(add(add(root, cac("AccountingCustomerParty")), cac("Party")), ready.buyer)
    add(add(root, cac("Delivery")), cbc("ActualDeliveryDate"), ready.delivery_date)
    _write_payment(root, ready)
    for charge in ready.charges:
        write_charge(root, charge, ready.currency, with_category=True)
    _write_tax(root, ready)
    _write_totals(add(root, cac("LegalMonetaryTotal")), ready.totals, ready.currency)
    for line in ready.lines:
        write_line(root, line, ready.currency, credit=ready.is_credit)
    prune(root)
    return serialized(root, "UTF-8")


def _root(document: Document) -> Element:
    name, namespace = ("CreditNote", UBL_CREDIT_NOTE) if document.is_credit else ("Invoice", UBL_INVOICE)
    prefixes = cast(
        "Mapping[str, str]", {None: namespace, "cac": CAC, "cbc": CBC}
    )  # the stubs know no default namespace
    return etree.Element(f"{{{namespace}}}{name}", nsmap=prefixes)


def _write_head(root: Element, document: Document) -> None:
    add(root, cbc("CustomizationID"), PEPPOL_CUSTOMIZATION)
    add(root, cbc("ProfileID"), PEPPOL_PROFILE)
    add(root, cbc("ID"), document.number)
    add(root, cbc("IssueDate"), document.issue_date)
    if document.is_credit:
        add(root, cbc("CreditNoteTypeCode"), document.un_code)
    else:
        add(root, cbc("DueDate"), document.due_date)
        add(root, cbc("InvoiceTypeCode"), document.un_code)
    add(root, cbc("Note"), "\n".join(document.notes))
    add(root, cbc("DocumentCurrencyCode"), document.currency)
    add(root, cbc("AccountingCost"), document.cost_account)
    add(root, cbc("BuyerReference"), document.buyer_reference)


def _write_references(root: Element, document: Document) -> None:
    _write_period(add(root, cac("InvoicePeriod")), document.period_start, document.period_end)
    order = add(root, cac("OrderReference"))
    needed = document.order_reference or document.seller_reference or not document.buyer_reference
    add(order, cbc("ID"), document.order_reference or (NOTHING if needed else ""))
    add(order, cbc("SalesOrderID"), document.seller_reference)
    for original in document.originals:
        reference = add(add(root, cac("BillingReference")), cac("InvoiceDocumentReference"))
        add(reference, cbc("ID"), original.number)
        add(reference, cbc("IssueDate"), original.issued)
    add(add(root, cac("ContractDocumentReference")), cbc("ID"), document.contract_reference)
    _write_attachments(root, document)
    if not document.is_credit:
        add(add(root, cac("ProjectReference")), cbc("ID"), document.project_reference)


def _write_period(period: Element, start: date | None, end: date | None) -> None:
    add(period, cbc("StartDate"), start)
    add(period, cbc("EndDate"), end)


def _write_attachments(root: Element, document: Document) -> None:
    for number, attachment in enumerate(document.attachments, start=1):
        if attachment.mimetype not in EMBEDDABLE:
            continue
        reference = add(root, cac("AdditionalDocumentReference"))
        add(reference, cbc("ID"), f"attachment-{number}")
        encoded = base64.b64encode(attachment.content).decode("ascii")
        holder = add(reference, cac("Attachment"))
        add(
            holder,
            cbc("EmbeddedDocumentBinaryObject"),
            encoded,
            mimeCode=attachment.mimetype,
            filename=attachment.filename,
        )


def _write_party(node: Element, party: Party) -> None:
    country = country_of(party)
    scheme, endpoint = party.endpoint_scheme, party.endpoint_id
    if not scheme or not endpoint:
        scheme, endpoint = derived_endpoint(country, party.bid, party.vat)
    add(node, cbc("EndpointID"), endpoint, schemeID=scheme)
    add(add(node, cac("PartyIdentification")), cbc("ID"), party.identifier, schemeID=party.identifier_scheme)
    add(add(node, cac("PartyName")), cbc("Name"), party.trade_name)
    _write_address(add(node, cac("PostalAddress")), party, country)
    if party.vat:
        tax = add(node, cac("PartyTaxScheme"))
        add(tax, cbc("CompanyID"), vat_number(country, party.vat))
        add(add(tax, cac("TaxScheme")), cbc("ID"), "VAT")
    legal = add(node, cac("PartyLegalEntity"))
    add(legal, cbc("RegistrationName"), party.name)
    add(legal, cbc("CompanyID"), party.bid, schemeID=party.bid_scheme)
    contact = add(node, cac("Contact"))
    add(contact, cbc("Name"), party.contact)
    add(contact, cbc("Telephone"), party.phone)
    add(contact, cbc("ElectronicMail"), party.email)


def _write_address(node: Element, party: Party, country: str) -> None:
    streets = [*party.address.streets, "", "", ""]
    add(node, cbc("StreetName"), streets[0])
    add(node, cbc("AdditionalStreetName"), streets[1])
    add(node, cbc("CityName"), party.address.city)
    add(node, cbc("PostalZone"), party.address.post_code)
    add(node, cbc("CountrySubentity"), party.address.region)
    add(add(node, cac("AddressLine")), cbc("Line"), " ".join(part for part in streets[2:] if part))
    add(add(node, cac("Country")), cbc("IdentificationCode"), country)


def country_of(party: Party) -> str:
    """The country, or the one the VAT number begins with, or Finland: only Finvoice files leave it out."""
    prefix = party.vat[:2].upper()
    return party.address.country or (prefix if prefix.isalpha() and len(party.vat) > 4 else "") or "FI"


def vat_number(country: str, number: str) -> str:
    """Return a VAT number with its country prefix: Finnish files often give the business id instead."""
    plain = compact(number)
    return number if _VAT_NUMBER.fullmatch(plain) else f"{country}{plain}"


def _write_payment(root: Element, document: Document) -> None:
    payment = document.payment
    if payment.account or payment.means or payment.reference:
        means = add(root, cac("PaymentMeans"))
        add(means, cbc("PaymentMeansCode"), payment.means or ("30" if payment.account else "1"))
        if document.is_credit:
            add(means, cbc("PaymentDueDate"), document.due_date)
        add(means, cbc("PaymentID"), payment.reference)
        account = add(means, cac("PayeeFinancialAccount"))
        add(account, cbc("ID"), payment.account)
        add(account, cbc("Name"), payment.account_name if payment.account else "")
        add(add(account, cac("FinancialInstitutionBranch")), cbc("ID"), payment.bic if payment.account else "")
    add(add(root, cac("PaymentTerms")), cbc("Note"), document.payment_terms)


def _write_tax(root: Element, document: Document) -> None:
    total = add(root, cac("TaxTotal"))
    money(total, "TaxAmount", document.totals.vat or Decimal(0), document.currency)
    for row in document.vat_rows:
        part = add(total, cac("TaxSubtotal"))
        money(part, "TaxableAmount", row.base, document.currency)
        money(part, "TaxAmount", row.amount, document.currency)
        _write_exemption(write_category(part, "TaxCategory", row.category, row.rate), row)


def _write_exemption(category: Element, row: VatRow) -> None:
    """The reason stands between the rate and the tax scheme; standard and zero rates must not have one."""
    if row.category not in EXEMPTIONS:
        return
    scheme = category[-1]
    category.remove(scheme)
    add(category, cbc("TaxExemptionReasonCode"), row.reason_code)
    if row.reason or not row.reason_code:
        add(category, cbc("TaxExemptionReason"), row.reason or EXEMPTIONS[row.category])
    category.append(scheme)


def _write_totals(node: Element, totals: Totals, currency: str) -> None:
    money(node, "LineExtensionAmount", totals.lines, currency)
    money(node, "TaxExclusiveAmount", totals.net, currency)
    money(node, "TaxInclusiveAmount", totals.gross, currency)
    money(node, "AllowanceTotalAmount", totals.allowances or None, currency)
    money(node, "ChargeTotalAmount", totals.charges or None, currency)
    money(node, "PrepaidAmount", totals.prepaid or None, currency)
    money(node, "PayableRoundingAmount", totals.rounding or None, currency)
    money(node, "PayableAmount", totals.payable, currency)
