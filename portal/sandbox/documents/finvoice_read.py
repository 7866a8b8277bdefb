"""Finvoice 1.3, 2.0 and 3.0 into a Document."""

from datetime import date
from decimal import Decimal

from portal.sandbox.documents.addresses import scheme_of
from portal.sandbox.documents.finvoice_rows import read_lines
from portal.sandbox.documents.formats import detect
from portal.sandbox.documents.model import (
    CREDIT_CODES,
    Address,
    Charge,
    Document,
    Original,
    Party,
    Payment,
    Totals,
    VatRow,
)
from portal.sandbox.documents.tree import Element
from portal.sandbox.documents.values import to_date, to_decimal

FILLER = "--"  # stands where the schema demands a text and the invoice has none; read as nothing
REFERENCE_HEADER = "Payment reference"  # heads a free text when the payment form cannot hold the reference as it is
CREDIT_NOTE = "INV02"


def read(root: Element) -> Document:
    """:raises DocumentError: an amount or date that is none"""
    details = root.find("InvoiceDetails")
    if details is None:
        details = root.makeelement("InvoiceDetails")
    epi = root.find("EpiDetails")
    document = Document(
        format=detect(root) or "FINVOICE30",
        kind="CREDIT_NOTE" if _is_credit(details) else "INVOICE",
        number=text(details, "InvoiceNumber"),
        type_code=text(details, "InvoiceTypeCodeUN"),
        issue_date=day(details, "InvoiceDate"),
        due_date=_due_date(details, epi),
        delivery_date=day(root, "DeliveryDetails/DeliveryDate"),
        period_start=day(details, "InvoicingPeriodStartDate"),
        period_end=day(details, "InvoicingPeriodEndDate"),
        currency=_currency(details),
        seller=_seller(root),
        buyer=_buyer(root),
        lines=read_lines(root),
        charges=_charges(details),
        vat_rows=_vat_rows(details),
        totals=_totals(details, epi),
        payment=_payment(root, epi),
    )
    _read_references(document, details)
    return document


def _is_credit(details: Element) -> bool:
    return text(details, "InvoiceTypeCode") == CREDIT_NOTE or text(details, "InvoiceTypeCodeUN") in CREDIT_CODES


def text(parent: Element | None, path: str) -> str:
    value = (parent.findtext(path) or "").strip() if parent is not None else ""
    return "" if value == FILLER else value


def day(parent: Element | None, path: str) -> date | None:
    return to_date(text(parent, path))


def amount(parent: Element | None, path: str) -> Decimal | None:
    return to_decimal(text(parent, path))


def texts(parent: Element, path: str) -> list[str]:
    found = [(element.text or "").strip() for element in parent.findall(path)]
    return [value for value in found if value and value != FILLER]


def _read_references(document: Document, details: Element) -> None:
    document.buyer_reference = text(details, "BuyerReferenceIdentifier")
    document.order_reference = text(details, "OrderIdentifier")
    document.seller_reference = text(details, "SellerReferenceIdentifier")
    document.contract_reference = text(details, "AgreementIdentifier")
    document.project_reference = text(details, "ProjectReferenceIdentifier")
    document.cost_account = text(details, "NormalProposedAccountIdentifier") or text(details, "ProposedAccountText")
    document.notes = texts(details, "InvoiceFreeText")
    document.payment_terms = " ".join(texts(details, "PaymentTermsDetails/PaymentTermsFreeText"))
    document.originals = _originals(details)


def _originals(details: Element) -> list[Original]:
    found = []
    if number := text(details, "OriginalInvoiceNumber"):
        found.append(Original(number=number, issued=day(details, "OriginalInvoiceDate")))
    more = details.findall("OriginalInvoiceReference")
    numbered = [(text(reference, "InvoiceNumber"), day(reference, "InvoiceDate")) for reference in more]
    return found + [Original(number=number, issued=issued) for number, issued in numbered if number]


def _currency(details: Element) -> str:
    for name in ("InvoiceTotalVatIncludedAmount", "InvoiceTotalVatExcludedAmount"):
        element = details.find(name)
        if element is not None and element.get("AmountCurrencyIdentifier"):
            return element.get("AmountCurrencyIdentifier", "").strip()
    return ""


def _due_date(details: Element, epi: Element | None) -> date | None:
    """The payment form demands a day; where nothing is said of a due date, senders repeat the invoice date there."""
    stated = day(details, "PaymentTermsDetails/InvoiceDueDate")
    asked = day(epi, "EpiPaymentInstructionDetails/EpiDateOptionDate")
    return stated or (asked if asked != day(details, "InvoiceDate") else None)


def _seller(root: Element) -> Party:
    party = _party(root, "Seller")
    _add_endpoint(party, root.find("MessageTransmissionDetails/MessageSenderDetails"), "From")
    if not party.endpoint_id:
        _set_endpoint(party, text(root, "SellerOrganisationUnitNumber"))
    party.email = party.email or text(root, "SellerInformationDetails/SellerCommonEmailaddressIdentifier")
    party.phone = party.phone or text(root, "SellerInformationDetails/SellerPhoneNumber")
    return party


def _buyer(root: Element) -> Party:
    """The buyer; the electronic address is that of the invoice's recipient, who may be another party."""
    party = _party(root, "Buyer")
    _add_endpoint(party, root.find("MessageTransmissionDetails/MessageReceiverDetails"), "To")
    for name in ("InvoiceRecipientOrganisationUnitNumber", "BuyerOrganisationUnitNumber"):
        if not party.endpoint_id:
            _set_endpoint(party, text(root, name))
    recipient_email = "InvoiceRecipientCommunicationDetails/InvoiceRecipientEmailaddressIdentifier"
    party.email = party.email or text(root, recipient_email)
    return party


def _party(root: Element, side: str) -> Party:
    details = root.find(f"{side}PartyDetails")
    contact = root.find(f"{side}CommunicationDetails")
    return Party(
        name=_name(details, side),
        trade_name=text(details, f"{side}OrganisationTradingName"),
        bid=text(details, f"{side}PartyIdentifier"),
        bid_scheme=_scheme(details, f"{side}PartyIdentifier"),
        vat=text(details, f"{side}OrganisationTaxCode"),
        identifier=text(details, f"{side}Code"),
        identifier_scheme=_scheme(details, f"{side}Code"),
        contact=text(root, f"{side}ContactPersonName"),
        phone=text(contact, f"{side}PhoneNumberIdentifier"),
        email=text(contact, f"{side}EmailaddressIdentifier"),
        address=_address(details, side),
    )


def _name(details: Element | None, side: str) -> str:
    """A second name is a translation, unless the first one fills its 70 characters: then it goes on."""
    names = texts(details, f"{side}OrganisationName") if details is not None else []
    if not names:
        return ""
    return "".join(names) if len(names[0]) == 70 else names[0]


def _scheme(details: Element | None, path: str) -> str:
    element = details.find(path) if details is not None else None
    return element.get("SchemeID", "").strip() if element is not None else ""


def _address(details: Element | None, side: str) -> Address:
    block = details.find(f"{side}PostalAddressDetails") if details is not None else None
    if block is None:
        return Address()
    streets = texts(block, f"{side}StreetName") or texts(block, f"{side}PostOfficeBoxIdentifier")
    return Address(
        streets=streets,
        city=text(block, f"{side}TownName"),
        post_code=text(block, f"{side}PostCodeIdentifier"),
        region=text(block, f"{side}CountrySubdivision"),
        country=text(block, "CountryCode").upper(),
    )


def _add_endpoint(party: Party, block: Element | None, side: str) -> None:
    _set_endpoint(party, text(block, f"{side}Identifier"), _scheme(block, f"{side}Identifier"))
    party.operator = text(block, f"{side}Intermediator")


def _set_endpoint(party: Party, value: str, scheme: str = "") -> None:
    party.endpoint_id = value
    party.endpoint_scheme = (scheme or scheme_of(value)) if value else ""


def _totals(details: Element, epi: Element | None) -> Totals:
    gross = amount(details, "InvoiceTotalVatIncludedAmount")
    prepaid = amount(details, "InvoicePaidAmount")
    rounding = amount(details, "InvoiceTotalRoundoffAmount")
    payable = amount(epi, "EpiPaymentInstructionDetails/EpiInstructedAmount")
    if not payable and gross is not None and prepaid is None:
        payable = gross + (rounding or 0)  # credit notes ask for zero: nothing is to be paid by the bank form
    return Totals(
        lines=amount(details, "RowsTotalVatExcludedAmount"),
        allowances=amount(details, "DiscountsTotalVatExcludedAmount"),
        charges=amount(details, "ChargesTotalVatExcludedAmount"),
        net=amount(details, "InvoiceTotalVatExcludedAmount"),
        vat=amount(details, "InvoiceTotalVatAmount"),
        gross=gross,
        prepaid=prepaid,
        rounding=rounding,
        payable=payable,
    )


def _vat_rows(details: Element) -> list[VatRow]:
    rows = []
    for row in details.findall("VatSpecificationDetails"):
        rate, base, vat = amount(row, "VatRatePercent"), amount(row, "VatBaseAmount"), amount(row, "VatRateAmount")
        if base is None and vat is None:
            continue
        rows.append(
            VatRow(
                category=text(row, "VatCode") or ("S" if rate else "Z"),
                rate=rate,
                base=base or Decimal(0),
                amount=vat or Decimal(0),
                reason=" ".join(texts(row, "VatFreeText")),
                reason_code=text(row, "VatExemptionReasonCode"),
            )
        )
    return rows


def _charges(details: Element) -> list[Charge]:
    names = (("DiscountDetails", "FreeText", False), ("ChargeDetails", "ReasonText", True))
    return [
        Charge(
            is_charge=is_charge,
            amount=amount(block, "Amount") or Decimal(0),
            base=amount(block, "BaseAmount"),
            percent=amount(block, "Percent"),
            reason=text(block, reason),
            reason_code=text(block, "ReasonCode"),
            vat_category=text(block, "VatCategoryCode"),
            vat_rate=amount(block, "VatRatePercent"),
        )
        for name, reason, is_charge in names
        for block in details.findall(name)
    ]


def _payment(root: Element, epi: Element | None) -> Payment:
    account = epi.find("EpiPartyDetails/EpiBeneficiaryPartyDetails/EpiAccountID") if epi is not None else None
    if account is None or not (account.text or "").strip(" -"):
        account = root.find("SellerInformationDetails/SellerAccountDetails/SellerAccountID")
    instruction = "EpiPaymentInstructionDetails"
    reference = text(epi, f"{instruction}/EpiRemittanceInfoIdentifier") or text(
        epi, "EpiIdentificationDetails/EpiReference"
    )
    return Payment(
        means=text(epi, f"{instruction}/EpiPaymentMeansCode"),
        reference=_spelled_reference(root) or reference,
        account=_account_number(account),
        account_name=text(root, "SellerInformationDetails/SellerAccountDetails/SellerAccountName"),
        bic=text(epi, "EpiPartyDetails/EpiBfiPartyDetails/EpiBfiIdentifier")
        or text(root, "SellerInformationDetails/SellerAccountDetails/SellerBic"),
    )


def _spelled_reference(root: Element) -> str:
    for free_text in root.findall("InvoiceDetails/PaymentTermsDetails/FreeText"):
        if text(free_text, "Header") == REFERENCE_HEADER:
            return text(free_text, "Value")
    return ""


def _account_number(account: Element | None) -> str:
    value = "".join((account.text or "").split()) if account is not None else ""
    return "" if value == FILLER else value
