"""What a document tells of itself before it is sent: type, number, parties. Only UBL is read."""

from dataclasses import dataclass, field

from lxml import etree

from invoices.files import xml

_BUYER, _SELLER = "BuyerCustomerParty/Party", "SellerSupplierParty/Party"
_CREDITOR, _DEBTOR = "AccountingSupplierParty/Party", "AccountingCustomerParty/Party"
_DESPATCHER, _DELIVERED = "DespatchSupplierParty/Party", "DeliveryCustomerParty/Party"
_SENDER, _RECEIVER = "SenderParty", "ReceiverParty"
# Root element of UBL: AutoInvoice's type, where the sender stands, where the receiver.
_ROOTS = {
    "Order": ("ORDER", _BUYER, _SELLER),
    "OrderChange": ("ORDER_CHANGE", _BUYER, _SELLER),
    "OrderCancellation": ("ORDER_CANCELLATION", _BUYER, _SELLER),
    "OrderResponse": ("ORDER_RESPONSE", _SELLER, _BUYER),
    "OrderResponseSimple": ("ORDER_RESPONSE", _SELLER, _BUYER),
    "Catalogue": ("CATALOGUE", "ProviderParty", _RECEIVER),
    "DespatchAdvice": ("DESPATCH_ADVICE", _DESPATCHER, _DELIVERED),
    "ReceiptAdvice": ("RECEIPT", _DELIVERED, _DESPATCHER),
    "Reminder": ("REMINDER", _CREDITOR, _DEBTOR),
    "ApplicationResponse": ("UNKNOWN", _SENDER, _RECEIVER),
    "Invoice": ("INVOICE", _CREDITOR, _DEBTOR),
    "CreditNote": ("CREDIT_NOTE", _CREDITOR, _DEBTOR),
    "SelfBilledInvoice": ("SELF_BILLING_INVOICE", _CREDITOR, _DEBTOR),
    "CallForTenders": ("CALL_FOR_TENDERS", "ContractingParty/Party", ""),
    "Tender": ("TENDER", "TendererParty", "ContractingParty/Party"),
    "TenderReceipt": ("TENDER_RECEIPT", _SENDER, _RECEIVER),
    "TenderStatusRequest": ("TENDER_STATUS_REQUEST", _SENDER, _RECEIVER),
    "ExpressionOfInterestRequest": ("EXPRESSION_OF_INTEREST_REQUEST", "EconomicOperatorParty/Party", ""),
    "ExpressionOfInterestResponse": ("EXPRESSION_OF_INTEREST_RESPONSE", "ContractingParty/Party", ""),
}
# What an application response answers stands in its specification; the first that fits.
_ANSWERS = (
    ("invoice_response", "INVOICE_RESPONSE"),
    ("mlr", "MESSAGE_LEVEL_RESPONSE"),
    ("catalogue_response", "CATALOGUE_RESPONSE"),
)
_ENVELOPE = "StandardBusinessDocument"


@dataclass(frozen=True, slots=True)
class Party:
    name: str = ""
    eia: str = ""  # scheme:value where a scheme is stated
    business_id: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """`type` is "" where the file does not tell."""

    type: str = ""
    number: str = ""
    customization: str = ""
    sender: Party = field(default_factory=Party)
    receiver: Party = field(default_factory=Party)


def read(content: bytes) -> Header:
    """
    Return what a file tells of itself; an empty header for what is no XML, or no UBL.

    :raises invoices.xml.UnreadableFileError: XML that is broken, hostile or too large
    """
    if not xml.looks_like_xml(content):
        return Header()
    root = _inside(xml.parse(content))
    known = _ROOTS.get(xml.local_name(root))
    if known is None or "oasis:names:specification:ubl" not in xml.namespace(root):
        return Header()
    kind, sender, receiver = known
    customization = xml.text(root, "CustomizationID")
    if xml.local_name(root) == "ApplicationResponse":
        kind = _answer(f"{customization} {xml.text(root, 'ProfileID')}")
    return Header(kind, xml.text(root, "ID"), customization, _party(root, sender), _party(root, receiver))


def _inside(root: etree._Element) -> etree._Element:
    """Return the document in Peppol's envelope."""
    if xml.local_name(root) != _ENVELOPE:
        return root
    return next((child for child in root if xml.local_name(child) in _ROOTS), root)


def _answer(text: str) -> str:
    return next((kind for part, kind in _ANSWERS if part in text.lower()), "")


def _party(root: etree._Element, path: str) -> Party:
    party = xml.find(root, path) if path else None
    if party is None:
        return Party()
    return Party(
        name=xml.text(party, "PartyLegalEntity/RegistrationName", "PartyName/Name"),
        eia=_address(xml.find(party, "EndpointID")),
        business_id=xml.text(party, "PartyLegalEntity/CompanyID", "PartyTaxScheme/CompanyID"),
        country=xml.text(party, "PostalAddress/Country/IdentificationCode").upper(),
    )


def _address(endpoint: etree._Element | None) -> str:
    value = (endpoint.text or "").strip() if endpoint is not None else ""
    scheme = (endpoint.get("schemeID") or "").strip() if endpoint is not None else ""
    return f"{scheme}:{value}" if scheme and value else value
