"""The test invoice: Peppol BIS Billing 3.0, one line, sum zero, outside the scope of VAT, marked as a test all over."""

from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from companies.networks import peppol
from companies.services import UserService
from portal import maventa

_NOTE = (
    "TEST INVOICE. Nothing is sold and nothing is to be paid. It proves that e-invoices reach you; please discard it."
)
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>
<cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>
"""


@dataclass(frozen=True, slots=True)
class Party:
    name: str
    country: str
    business_id: str
    scheme: str
    endpoint_id: str


def sender(client: maventa.Client) -> Party:
    """Return the company that the client speaks for, as AutoInvoice knows it. Source: getOauth2Current."""
    company = UserService(client).current().company
    country, bid = company.country or "", company.bid or ""
    endpoint = peppol.expected_endpoint(country, bid)
    scheme, address = (endpoint.scheme, endpoint.endpoint_id) if endpoint else ("", bid)
    return Party(company.name or "Partner", country, bid, scheme, address)


def invoice(number: str, seller: Party, buyer: Party, issued: date) -> bytes:
    """Return the document. Category O, so that no VAT number of either side is needed."""
    text = (
        _HEAD
        + _element("ID", number)
        + _element("IssueDate", issued.isoformat())
        + _element("InvoiceTypeCode", "380")
        + _element("Note", _NOTE)
        + _element("DocumentCurrencyCode", "EUR")
        + _element("BuyerReference", "TEST")
        + f"<cac:AccountingSupplierParty>{_party(seller)}</cac:AccountingSupplierParty>"
        + f"<cac:AccountingCustomerParty>{_party(buyer)}</cac:AccountingCustomerParty>"
        + _TOTALS
        + _LINE
        + "</Invoice>\n"
    )
    return text.encode()


def _element(name: str, value: str) -> str:
    return f"<cbc:{name}>{escape(value)}</cbc:{name}>\n"


def _party(party: Party) -> str:
    scheme = f" schemeID={quoteattr(party.scheme)}" if party.scheme.isdigit() else ""
    endpoint = f"<cbc:EndpointID{scheme}>{escape(party.endpoint_id)}</cbc:EndpointID>"
    country = f"<cac:Country>{_element('IdentificationCode', party.country)}</cac:Country>"
    legal = _element("RegistrationName", party.name) + _element("CompanyID", party.business_id)
    return (
        f"<cac:Party>{endpoint}<cac:PostalAddress>{country}</cac:PostalAddress>"
        f"<cac:PartyLegalEntity>{legal}</cac:PartyLegalEntity></cac:Party>"
    )


_ZERO = 'currencyID="EUR">0.00'
_CATEGORY = "<cbc:ID>O</cbc:ID>{reason}<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"
_REASON = "<cbc:TaxExemptionReason>Not subject to VAT</cbc:TaxExemptionReason>"
_TOTALS = f"""<cac:TaxTotal><cbc:TaxAmount {_ZERO}</cbc:TaxAmount><cac:TaxSubtotal>
<cbc:TaxableAmount {_ZERO}</cbc:TaxableAmount><cbc:TaxAmount {_ZERO}</cbc:TaxAmount>
<cac:TaxCategory>{_CATEGORY.format(reason=_REASON)}</cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount {_ZERO}</cbc:LineExtensionAmount>
<cbc:TaxExclusiveAmount {_ZERO}</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount {_ZERO}</cbc:TaxInclusiveAmount>
<cbc:PayableAmount {_ZERO}</cbc:PayableAmount></cac:LegalMonetaryTotal>
"""
_LINE = f"""<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="C62">1</cbc:InvoicedQuantity>
<cbc:LineExtensionAmount {_ZERO}</cbc:LineExtensionAmount><cac:Item><cbc:Name>TEST, nothing to pay</cbc:Name>
<cac:ClassifiedTaxCategory>{_CATEGORY.format(reason="")}</cac:ClassifiedTaxCategory></cac:Item>
<cac:Price><cbc:PriceAmount {_ZERO}</cbc:PriceAmount></cac:Price></cac:InvoiceLine>
"""
