"""What orders, catalogues, responses and other business documents tell of themselves: type, number, parties."""

from dataclasses import dataclass, field

from portal.sandbox.documents.formats import CAC, CBC
from portal.sandbox.documents.tree import Element, name_of, namespace_of, parse

_NAMES = {"cac": CAC, "cbc": CBC}
_BUYER, _SELLER = "cac:BuyerCustomerParty/cac:Party", "cac:SellerSupplierParty/cac:Party"
_CREDITOR, _DEBTOR = "cac:AccountingSupplierParty/cac:Party", "cac:AccountingCustomerParty/cac:Party"

# Root element: type of the contract, where the sender stands, where the recipient stands.
ROOTS = {
    "Order": ("ORDER", _BUYER, _SELLER),
    "OrderChange": ("ORDER_CHANGE", _BUYER, _SELLER),
    "OrderCancellation": ("ORDER_CANCELLATION", _BUYER, _SELLER),
    "OrderResponse": ("ORDER_RESPONSE", _SELLER, _BUYER),
    "OrderResponseSimple": ("ORDER_RESPONSE", _SELLER, _BUYER),
    "Catalogue": ("CATALOGUE", "cac:ProviderParty", "cac:ReceiverParty"),
    "DespatchAdvice": ("DESPATCH_ADVICE", "cac:DespatchSupplierParty/cac:Party", "cac:DeliveryCustomerParty/cac:Party"),
    "ReceiptAdvice": ("RECEIPT", "cac:DeliveryCustomerParty/cac:Party", "cac:DespatchSupplierParty/cac:Party"),
    "Reminder": ("REMINDER", _CREDITOR, _DEBTOR),
    "ApplicationResponse": ("UNKNOWN", "cac:SenderParty", "cac:ReceiverParty"),
    "Invoice": ("INVOICE", _CREDITOR, _DEBTOR),
    "CreditNote": ("CREDIT_NOTE", _CREDITOR, _DEBTOR),
    "SelfBilledInvoice": ("SELF_BILLING_INVOICE", _CREDITOR, _DEBTOR),
    "CallForTenders": ("CALL_FOR_TENDERS", "cac:ContractingParty/cac:Party", ""),
    "Tender": ("TENDER", "cac:TendererParty", "cac:ContractingParty/cac:Party"),
    "TenderReceipt": ("TENDER_RECEIPT", "cac:SenderParty", "cac:ReceiverParty"),
    "TenderStatusRequest": ("TENDER_STATUS_REQUEST", "cac:SenderParty", "cac:ReceiverParty"),
    "ExpressionOfInterestRequest": ("EXPRESSION_OF_INTEREST_REQUEST", "cac:EconomicOperatorParty/cac:Party", ""),
    "ExpressionOfInterestResponse": ("EXPRESSION_OF_INTEREST_RESPONSE", "cac:ContractingParty/cac:Party", ""),
}
# What a response answers to stands in its specification; first match wins.
_RESPONSES = (
    ("invoice_response", "INVOICE_RESPONSE"),
    ("mlr", "MESSAGE_LEVEL_RESPONSE"),
    ("catalogue_response", "CATALOGUE_RESPONSE"),
)
_REFERENCES = (
    "cac:OrderReference/cbc:ID",
    "cac:DocumentResponse/cac:DocumentReference/cbc:ID",
    "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID",
    "cbc:CustomerReference",
    "cbc:BuyerReference",
)

Party = dict[str, str]


@dataclass(slots=True, kw_only=True)
class Header:
    """`sender` and `recipient` hold eia, name, bid, vat and country, as far as the file has them."""

    type: str = "UNKNOWN"
    number: str = ""
    reference: str = ""
    document_identifier: str = ""
    process_identifier: str = ""
    source_format: str = ""
    sender: Party = field(default_factory=dict)
    recipient: Party = field(default_factory=dict)
    on_peppol: bool = False


def read_header(content: bytes) -> Header:
    """
    The header of an XML document; an empty one where the root element is not known here.

    :raises portal.sandbox.documents.errors.DocumentError: not XML
    """
    root = parse(content)
    name = name_of(root)
    if name not in ROOTS or "oasis:names:specification:ubl" not in namespace_of(root):
        return Header(source_format="XML")
    kind, sender, recipient = ROOTS[name]
    customization, profile = _text(root, "cbc:CustomizationID"), _text(root, "cbc:ProfileID")
    return Header(
        type=_response_type(customization, profile) if name == "ApplicationResponse" else kind,
        number=_text(root, "cbc:ID"),
        reference=next((found for path in _REFERENCES if (found := _text(root, path))), ""),
        document_identifier=f"{namespace_of(root)}::{name}##{customization}::2.1",
        process_identifier=profile,
        source_format=_format(customization),
        sender=_party(root, sender),
        recipient=_party(root, recipient),
        on_peppol=b"StandardBusinessDocumentHeader" in content,
    )


def _response_type(customization: str, profile: str) -> str:
    text = f"{customization} {profile}".lower()
    return next((word for part, word in _RESPONSES if part in text), "UNKNOWN")


def _format(customization: str) -> str:
    text = customization.lower()
    if "ehf" in text or "anskaffelser" in text:
        return "EHF30"
    return "PEPPOLBIS30" if "peppol" in text else "UBL21"


def _party(root: Element, path: str) -> Party:
    party = root.find(path, _NAMES) if path else None
    if party is None:
        return {}
    endpoint = party.find("cbc:EndpointID", _NAMES)
    found = {
        "eia": _address(endpoint),
        "name": _text(party, "cac:PartyLegalEntity/cbc:RegistrationName") or _text(party, "cac:PartyName/cbc:Name"),
        "bid": _text(party, "cac:PartyLegalEntity/cbc:CompanyID"),
        "vat": _text(party, "cac:PartyTaxScheme/cbc:CompanyID"),
        "country": _text(party, "cac:PostalAddress/cac:Country/cbc:IdentificationCode"),
    }
    return {name: value for name, value in found.items() if value}


def _address(endpoint: Element | None) -> str:
    value = (endpoint.text or "").strip() if endpoint is not None else ""
    scheme = (endpoint.get("schemeID") or "").strip() if endpoint is not None else ""
    return f"{scheme}:{value}" if scheme and value else value


def _text(parent: Element, path: str) -> str:
    return (parent.findtext(path, namespaces=_NAMES) or "").strip()
