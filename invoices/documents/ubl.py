"""
UBL 2 invoices and credit notes: Peppol BIS 3, EHF, SI-UBL, XRechnung, OIOUBL and others.

Source: OASIS UBL 2.1, Peppol BIS Billing 3.
"""

from lxml import etree

from invoices.documents.model import Amounts, Document, Party, as_amount, as_date, distinct, total
from invoices.xml import find, find_all, local_name, text

# The longest fitting part of the customization tells the format.
_CUSTOMIZATIONS = (
    ("xrechnung_3.0#conformant#urn:xeinkauf.de:kosit:extension", "XRECHNUNG30EXTUBL"),
    ("xrechnung_2.3#conformant#urn:xoev-de:kosit:extension", "XRECHNUNG23EXTUBL"),
    ("xrechnung_3", "XRECHNUNG30UBL"),
    ("xrechnung_2", "XRECHNUNG23UBL"),
    ("nen.nl:nlcius", "SIUBL20"),
    ("si-ubl-1.1", "SIUBL11"),
    ("si-ubl-1.2", "SIUBL12"),
    ("OIOUBL-2.1", "OIOUBL21"),
    ("OIOUBL-2", "OIOUBL"),
    ("peppol.eu:2017:poacc:billing:3", "PEPPOLBIS30"),
    ("poacc:billing:3", "PEPPOLBIS30"),
    ("www.peppol.eu:bis:peppol4a:ver2", "PEPPOLBIS20"),
    ("www.peppol.eu:bis:peppol5a:ver2", "PEPPOLBIS20"),
    ("difi.no:ehf", "EHF20"),
)


def read(root: etree._Element) -> Document:
    is_credit_note = local_name(root) == "CreditNote"
    return Document(
        format=_format(text(root, "CustomizationID")),
        number=text(root, "ID"),
        date=as_date(text(root, "IssueDate")),
        due_date=as_date(text(root, "DueDate", "PaymentMeans/PaymentDueDate")),
        currency=text(root, "DocumentCurrencyCode").upper(),
        is_credit_note=is_credit_note or text(root, "InvoiceTypeCode") == "381",
        seller=_party(find(root, "AccountingSupplierParty/Party")),
        buyer=_party(find(root, "AccountingCustomerParty/Party")),
        amounts=_amounts(root, "CreditNoteLine" if is_credit_note else "InvoiceLine"),
    )


def _format(customization: str) -> str:
    lowered = customization.casefold()
    return next((name for part, name in _CUSTOMIZATIONS if part.casefold() in lowered), "")


def _party(party: etree._Element | None) -> Party:
    endpoint, address = find(party, "EndpointID"), find(party, "PostalAddress")
    return Party(
        name=text(party, "PartyLegalEntity/RegistrationName", "PartyName/Name"),
        country=text(address, "Country/IdentificationCode").upper()[:2],
        ids=distinct(
            text(party, "PartyLegalEntity/CompanyID"),
            *(text(scheme, "CompanyID") for scheme in find_all(party, "PartyTaxScheme")),
            *(text(identification, "ID") for identification in find_all(party, "PartyIdentification")),
        ),
        endpoint=text(party, "EndpointID"),
        scheme=endpoint.get("schemeID", "") if endpoint is not None else "",
        email=text(party, "Contact/ElectronicMail"),
        has_postal_address=all(text(address, part) for part in ("StreetName", "CityName", "PostalZone")),
    )


def _amounts(root: etree._Element, line: str) -> Amounts:
    totals = find(root, "LegalMonetaryTotal")
    lines = [as_amount(text(row, "LineExtensionAmount")) for row in find_all(root, line)]
    # A second TaxTotal repeats the tax in the accounting currency.
    taxes = [as_amount(text(tax, "TaxAmount")) for tax in find_all(root, "TaxTotal") if _is_main(tax, root)]
    return Amounts(
        lines=total(lines),
        line_total=as_amount(text(totals, "LineExtensionAmount")),
        without_tax=as_amount(text(totals, "TaxExclusiveAmount")),
        tax=total(taxes),
        with_tax=as_amount(text(totals, "TaxInclusiveAmount")),
    )


def _is_main(tax: etree._Element, root: etree._Element) -> bool:
    amount, currency = find(tax, "TaxAmount"), text(root, "DocumentCurrencyCode")
    return amount is not None and amount.get("currencyID", currency) == currency
