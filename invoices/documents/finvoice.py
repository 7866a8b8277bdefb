"""Finvoice 1.3, 2.0 and 3.0, the format of Finnish banks. Source: its public description by Finance Finland."""

from decimal import Decimal

from lxml import etree

from invoices.documents.model import Amounts, Document, Party, as_amount, as_date, distinct, total
from invoices.xml import find, find_all, text

_FORMATS = {"1": "FINVOICE13", "2": "FINVOICE20", "3": "FINVOICE30"}
_CREDIT_CODES = {"INV02", "INV07"}


def read(root: etree._Element) -> Document:
    details = find(root, "InvoiceDetails")
    return Document(
        format=_FORMATS.get(root.get("Version", "")[:1], ""),
        number=text(details, "InvoiceNumber"),
        date=as_date(text(details, "InvoiceDate")),
        due_date=as_date(
            text(details, "PaymentTermsDetails/InvoiceDueDate")
            or text(root, "EpiDetails/EpiPaymentInstructionDetails/EpiDateOptionDate")
        ),
        currency=_currency(details),
        is_credit_note=text(details, "InvoiceTypeCode").upper() in _CREDIT_CODES,
        seller=_party(root, "Seller", ("MessageSenderDetails", "From"), "Seller"),
        buyer=_party(root, "Buyer", ("MessageReceiverDetails", "To"), "InvoiceRecipient"),
        amounts=_amounts(root, details),
    )


def _party(root: etree._Element, role: str, transmission: tuple[str, str], recipient: str) -> Party:
    details = find(root, f"{role}PartyDetails")
    address = find(details, f"{role}PostalAddressDetails")
    block, way = transmission
    message = find(root, f"MessageTransmissionDetails/{block}")
    unit = text(root, f"{recipient}OrganisationUnitNumber", f"{role}OrganisationUnitNumber")
    return Party(
        name=text(details, f"{role}OrganisationName"),
        country=text(address, "CountryCode").upper()[:2],
        ids=distinct(text(details, f"{role}PartyIdentifier"), text(details, f"{role}OrganisationTaxCode"), unit),
        endpoint=text(message, f"{way}Identifier") or unit,
        operator=text(message, f"{way}Intermediator"),
        email=_email(root, role, recipient),
        has_postal_address=all(
            text(address, f"{role}{part}") for part in ("StreetName", "TownName", "PostCodeIdentifier")
        ),
    )


def _email(root: etree._Element, role: str, recipient: str) -> str:
    return text(
        root,
        f"{role}CommunicationDetails/{role}EmailaddressIdentifier",
        f"{recipient}CommunicationDetails/{recipient}EmailaddressIdentifier",
    )


def _currency(details: etree._Element | None) -> str:
    for name in ("InvoiceTotalVatIncludedAmount", "InvoiceTotalVatExcludedAmount"):
        amount = find(details, name)
        if amount is not None and amount.get("AmountCurrencyIdentifier"):
            return amount.get("AmountCurrencyIdentifier", "").upper()
    return ""


def _amounts(root: etree._Element, details: etree._Element | None) -> Amounts:
    rows = [row for row in find_all(root, "InvoiceRow") if text(row, "RowVatExcludedAmount")]
    return Amounts(
        lines=total([as_amount(text(row, "RowVatExcludedAmount")) for row in rows]),
        line_total=as_amount(text(details, "RowsTotalVatExcludedAmount")),
        without_tax=as_amount(text(details, "InvoiceTotalVatExcludedAmount")),
        tax=_tax(details),
        with_tax=as_amount(text(details, "InvoiceTotalVatIncludedAmount")),
    )


def _tax(details: etree._Element | None) -> Decimal | None:
    stated = as_amount(text(details, "InvoiceTotalVatAmount"))
    if stated is not None:
        return stated
    rates = list(find_all(details, "VatSpecificationDetails"))
    return total([as_amount(text(rate, "VatRateAmount")) for rate in rates])
