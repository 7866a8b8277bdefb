"""
Where UBL, CII and Finvoice keep the values that can be mended, and in which order their elements stand.

Sources: OASIS UBL 2.1, UN/CEFACT CII D16B, Finvoice 3.0. Only single values of the whole invoice are here: amounts,
lines and VAT belong together, and are the customer's to correct.
"""

from collections.abc import Mapping
from dataclasses import dataclass

_CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
_CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"


@dataclass(frozen=True, slots=True)
class Place:
    """
    One place of a value.

    :ivar path: local names from the root's child on
    :ivar scheme: the attribute that holds an address's scheme; "" when there is none
    :ivar date: how a date is written there, for strftime
    :ivar only_if_there: it cannot be made anew, for it needs more than its own element
    """

    path: tuple[str, ...]
    scheme: str = ""
    date: str = "%Y-%m-%d"
    only_if_there: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """A family of formats: `places` of each field, the first of them decides; `orders` of children that may be made."""

    name: str
    places: Mapping[str, tuple[Place, ...]]
    orders: Mapping[str, tuple[str, ...]]
    namespaces: tuple[str, str] = ("", "")  # of new elements with children, of those with a value; "": the parent's


def _at(path: str, **how: object) -> Place:
    return Place(tuple(path.split("/")), **how)  # type: ignore[arg-type]


_BUYER = "AccountingCustomerParty/Party"
UBL = Family(
    "UBL",
    {
        "receiver_address": (_at(f"{_BUYER}/EndpointID", scheme="schemeID"),),
        "receiver_business_id": (_at(f"{_BUYER}/PartyLegalEntity/CompanyID"),),
        "receiver_vat": (_at(f"{_BUYER}/PartyTaxScheme/CompanyID", only_if_there=True),),
        "receiver_email": (_at(f"{_BUYER}/Contact/ElectronicMail"),),
        "street": (_at(f"{_BUYER}/PostalAddress/StreetName"),),
        "post_code": (_at(f"{_BUYER}/PostalAddress/PostalZone"),),
        "city": (_at(f"{_BUYER}/PostalAddress/CityName"),),
        "country": (_at(f"{_BUYER}/PostalAddress/Country/IdentificationCode"),),
        "date": (_at("IssueDate"),),
        "due_date": (_at("DueDate"), _at("PaymentMeans/PaymentDueDate", only_if_there=True)),
        "buyer_reference": (_at("BuyerReference"),),
        "order": (_at("OrderReference/ID"),),
        "reference": (_at("PaymentMeans/PaymentID", only_if_there=True),),
        "iban": (_at("PaymentMeans/PayeeFinancialAccount/ID", only_if_there=True),),
    },
    {
        "Invoice": (
            "UBLExtensions", "UBLVersionID", "CustomizationID", "ProfileID", "ProfileExecutionID", "ID",
            "CopyIndicator", "UUID", "IssueDate", "IssueTime", "DueDate", "InvoiceTypeCode", "Note", "TaxPointDate",
            "DocumentCurrencyCode", "TaxCurrencyCode", "PricingCurrencyCode", "PaymentCurrencyCode",
            "PaymentAlternativeCurrencyCode", "AccountingCostCode", "AccountingCost", "LineCountNumeric",
            "BuyerReference", "InvoicePeriod", "OrderReference",
        ),
        "CreditNote": (
            "UBLExtensions", "UBLVersionID", "CustomizationID", "ProfileID", "ProfileExecutionID", "ID",
            "CopyIndicator", "UUID", "IssueDate", "IssueTime", "TaxPointDate", "CreditNoteTypeCode", "Note",
            "DocumentCurrencyCode", "TaxCurrencyCode", "PricingCurrencyCode", "PaymentCurrencyCode",
            "PaymentAlternativeCurrencyCode", "AccountingCostCode", "AccountingCost", "LineCountNumeric",
            "BuyerReference", "InvoicePeriod", "DiscrepancyResponse", "OrderReference",
        ),
        "Party": (
            "MarkCareIndicator", "MarkAttentionIndicator", "WebsiteURI", "LogoReferenceID", "EndpointID",
            "IndustryClassificationCode", "PartyIdentification", "PartyName", "Language", "PostalAddress",
            "PhysicalLocation", "PartyTaxScheme", "PartyLegalEntity", "Contact",
        ),
        "PartyLegalEntity": ("RegistrationName", "CompanyID"),
        "Contact": ("ID", "Name", "Telephone", "Telefax", "ElectronicMail"),
        "PostalAddress": (
            "ID", "AddressTypeCode", "AddressFormatCode", "Postbox", "Floor", "Room", "StreetName",
            "AdditionalStreetName", "BlockName", "BuildingName", "BuildingNumber", "InhouseMail", "Department",
            "MarkAttention", "MarkCare", "PlotIdentification", "CitySubdivisionName", "CityName", "PostalZone",
            "CountrySubentity", "CountrySubentityCode", "Region", "District", "TimezoneOffset", "AddressLine",
            "Country",
        ),
        "Country": ("IdentificationCode",),
        "OrderReference": ("ID",),
    },
    (_CAC, _CBC),
)  # fmt: skip

_TRADE = "SupplyChainTradeTransaction"
_AGREEMENT, _SETTLEMENT = f"{_TRADE}/ApplicableHeaderTradeAgreement", f"{_TRADE}/ApplicableHeaderTradeSettlement"
_CII_BUYER = f"{_AGREEMENT}/BuyerTradeParty"
CII = Family(
    "CII",
    {
        "receiver_address": (_at(f"{_CII_BUYER}/URIUniversalCommunication/URIID", scheme="schemeID"),),
        "receiver_business_id": (_at(f"{_CII_BUYER}/SpecifiedLegalOrganization/ID"),),
        "receiver_vat": (_at(f"{_CII_BUYER}/SpecifiedTaxRegistration/ID", only_if_there=True),),
        "receiver_email": (_at(f"{_CII_BUYER}/DefinedTradeContact/EmailURIUniversalCommunication/URIID"),),
        "street": (_at(f"{_CII_BUYER}/PostalTradeAddress/LineOne"),),
        "post_code": (_at(f"{_CII_BUYER}/PostalTradeAddress/PostcodeCode"),),
        "city": (_at(f"{_CII_BUYER}/PostalTradeAddress/CityName"),),
        "country": (_at(f"{_CII_BUYER}/PostalTradeAddress/CountryID"),),
        "date": (_at("ExchangedDocument/IssueDateTime/DateTimeString", date="%Y%m%d", only_if_there=True),),
        "due_date": (
            _at(
                f"{_SETTLEMENT}/SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString",
                date="%Y%m%d", only_if_there=True,
            ),
        ),
        "buyer_reference": (_at(f"{_AGREEMENT}/BuyerReference"),),
        "order": (_at(f"{_AGREEMENT}/BuyerOrderReferencedDocument/IssuerAssignedID", only_if_there=True),),
        "reference": (_at(f"{_SETTLEMENT}/PaymentReference"),),
        "iban": (
            _at(
                f"{_SETTLEMENT}/SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/IBANID",
                only_if_there=True,
            ),
        ),
    },
    {
        "ApplicableHeaderTradeAgreement": ("BuyerReference",),
        "ApplicableHeaderTradeSettlement": ("CreditorReferenceID", "PaymentReference"),
        "BuyerTradeParty": (
            "ID", "GlobalID", "Name", "RoleCode", "Description", "SpecifiedLegalOrganization", "DefinedTradeContact",
            "PostalTradeAddress", "URIUniversalCommunication",
        ),
        "SpecifiedLegalOrganization": ("ID",),
        "DefinedTradeContact": (
            "PersonName", "DepartmentName", "TypeCode", "TelephoneUniversalCommunication", "FaxUniversalCommunication",
            "EmailURIUniversalCommunication",
        ),
        "EmailURIUniversalCommunication": ("URIID",),
        "URIUniversalCommunication": ("URIID",),
        "PostalTradeAddress": ("PostcodeCode", "LineOne", "LineTwo", "LineThree", "CityName", "CountryID"),
    },
)  # fmt: skip

_TO = "MessageTransmissionDetails/MessageReceiverDetails"
_FI_BUYER = "BuyerPartyDetails"
_FI_ADDRESS = f"{_FI_BUYER}/BuyerPostalAddressDetails"
_INSTRUCTION = "EpiDetails/EpiPaymentInstructionDetails"
FINVOICE = Family(
    "Finvoice",
    {
        "receiver_address": (
            _at(f"{_TO}/ToIdentifier", scheme="SchemeID"),
            _at("InvoiceRecipientOrganisationUnitNumber", only_if_there=True),
            _at("BuyerOrganisationUnitNumber", only_if_there=True),
        ),
        "operator": (_at(f"{_TO}/ToIntermediator"),),
        "receiver_business_id": (_at(f"{_FI_BUYER}/BuyerPartyIdentifier"),),
        "receiver_vat": (_at(f"{_FI_BUYER}/BuyerOrganisationTaxCode", only_if_there=True),),
        "receiver_email": (_at("BuyerCommunicationDetails/BuyerEmailaddressIdentifier"),),
        "street": (_at(f"{_FI_ADDRESS}/BuyerStreetName"),),
        "post_code": (_at(f"{_FI_ADDRESS}/BuyerPostCodeIdentifier"),),
        "city": (_at(f"{_FI_ADDRESS}/BuyerTownName"),),
        "country": (_at(f"{_FI_ADDRESS}/CountryCode"),),
        "date": (_at("InvoiceDetails/InvoiceDate", date="%Y%m%d"),),
        "due_date": (
            _at("InvoiceDetails/PaymentTermsDetails/InvoiceDueDate", date="%Y%m%d", only_if_there=True),
            _at(f"{_INSTRUCTION}/EpiDateOptionDate", date="%Y%m%d", only_if_there=True),
        ),
        "order": (_at("InvoiceDetails/OrderIdentifier", only_if_there=True),),
        "buyer_reference": (_at("InvoiceDetails/BuyerReferenceIdentifier", only_if_there=True),),
        "reference": (_at(f"{_INSTRUCTION}/EpiRemittanceInfoIdentifier"),),
        "iban": (
            _at("EpiDetails/EpiPartyDetails/EpiBeneficiaryPartyDetails/EpiAccountID", only_if_there=True),
            _at("SellerInformationDetails/SellerAccountDetails/SellerAccountID", only_if_there=True),
        ),
    },
    {
        "Finvoice": (
            "MessageTransmissionDetails", "SellerPartyDetails", "SellerOrganisationUnitNumber", "SellerSiteCode",
            "SellerContactPersonName", "SellerContactPersonFunction", "SellerContactPersonDepartment",
            "SellerCommunicationDetails", "SellerInformationDetails", "InvoiceSenderPartyDetails",
            "InvoiceRecipientPartyDetails", "InvoiceRecipientOrganisationUnitNumber", "InvoiceRecipientSiteCode",
            "InvoiceRecipientContactPersonName", "InvoiceRecipientContactPersonFunction",
            "InvoiceRecipientContactPersonDepartment", "InvoiceRecipientLanguageCode",
            "InvoiceRecipientCommunicationDetails", "BuyerPartyDetails", "BuyerOrganisationUnitNumber",
            "BuyerSiteCode", "BuyerContactPersonName", "BuyerContactPersonFunction", "BuyerContactPersonDepartment",
            "BuyerCommunicationDetails",
        ),
        "MessageTransmissionDetails": ("MessageSenderDetails", "MessageReceiverDetails"),
        "MessageReceiverDetails": ("ToIdentifier", "ToIntermediator"),
        "BuyerPartyDetails": (
            "BuyerPartyIdentifier", "BuyerPartyIdentifierUrlText", "BuyerOrganisationName",
            "BuyerOrganisationTradingName", "BuyerOrganisationDepartment", "BuyerOrganisationTaxCode",
            "BuyerOrganisationTaxCodeUrlText", "BuyerCode", "BuyerPostalAddressDetails",
        ),
        "BuyerPostalAddressDetails": (
            "BuyerStreetName", "BuyerTownName", "BuyerPostCodeIdentifier", "BuyerCountrySubdivision", "CountryCode",
        ),
        "BuyerCommunicationDetails": ("BuyerPhoneNumberIdentifier", "BuyerEmailaddressIdentifier"),
        "InvoiceDetails": (
            "InvoiceTypeCode", "InvoiceTypeCodeUN", "InvoiceTypeText", "InvoiceClassification", "OriginCode",
            "OriginText", "InvoicedObjectID", "InvoiceNumber", "InvoiceDate",
        ),
        "EpiPaymentInstructionDetails": ("EpiPaymentInstructionId", "EpiTransactionTypeCode", "EpiInstructionCode",
            "EpiRemittanceInfoIdentifier",
        ),
    },
)  # fmt: skip

BY_ROOT: Mapping[str, Family] = {
    "Invoice": UBL,
    "CreditNote": UBL,
    "CrossIndustryInvoice": CII,
    "Finvoice": FINVOICE,
}
