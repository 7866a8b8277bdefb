"""A Document as Finvoice 3.0: elements in the order of its schema, decimal commas, CCYYMMDD dates."""

import re
from datetime import date
from decimal import Decimal

from lxml import etree

from portal.sandbox.documents.addresses import IBAN_SCHEME, derived_endpoint
from portal.sandbox.documents.completion import completed
from portal.sandbox.documents.finvoice_read import FILLER, REFERENCE_HEADER
from portal.sandbox.documents.finvoice_row_write import write_row
from portal.sandbox.documents.model import Charge, Document, Party, VatRow
from portal.sandbox.documents.tree import Element, add, prune, serialized
from portal.sandbox.documents.ubl_write import country_of
from portal.sandbox.documents.values import cents, trimmed, with_comma

OWN_OPERATOR = "003721291126"  # AutoInvoice's own, for addresses that name no operator
_FINNISH_REFERENCE = re.compile(r"[0-9]{2,20}")
_ISO_REFERENCE = re.compile(r"RF[0-9]{2}[0-9A-Za-z]{1,21}")
_NOT_NAME_CHARACTER = re.compile(r"[^\w.:\-]")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}")


def write(document: Document, encoding: str = "UTF-8") -> bytes:
    """Return XML in the encoding asked for. A credit note's amounts get minus signs, as Finvoice has them."""
    ready = completed(document)
    if ready.is_credit and (ready.totals.gross or 0) > 0:
        ready = ready.reversed()
    root = etree.Element("Finvoice", Version="3.0")
    _write_transmission(root, ready)
    _write_seller(root, ready)
    _write_buyer(root, ready.buyer)
    add_date(add(root, "DeliveryDetails"), "DeliveryDate", ready.delivery_date)
    _write_details(add(root, "InvoiceDetails"), ready)
    for line in ready.lines:
        write_row(add(root, "InvoiceRow"), line, ready.currency)
    _write_epi(add(root, "EpiDetails"), ready)
    prune(root)
    if ready.payment.reference == "":
        _keep_empty_reference(root)
    return serialized(root, encoding)


def add_date(parent: Element, name: str, day: date | None) -> None:
    if day is not None:
        add(parent, name, day.strftime("%Y%m%d"), Format="CCYYMMDD")


def add_amount(parent: Element, name: str, amount: Decimal | None, currency: str) -> None:
    if amount is not None:
        add(parent, name, with_comma(amount), AmountCurrencyIdentifier=currency)


def add_percent(parent: Element, name: str, percent: Decimal | None) -> None:
    if percent is not None:
        add(parent, name, trimmed(round(percent, 4)).replace(".", ","))


def _endpoint(party: Party) -> tuple[str, str]:
    """Value and scheme; an IBAN address goes without a scheme, as banks write it."""
    value, scheme = party.endpoint_id, party.endpoint_scheme
    if not value:
        scheme, value = derived_endpoint(country_of(party), party.bid, party.vat)
    return value, "" if scheme == IBAN_SCHEME else scheme


def _write_transmission(root: Element, document: Document) -> None:
    (sender, sender_scheme), (recipient, recipient_scheme) = _endpoint(document.seller), _endpoint(document.buyer)
    if not sender or not recipient:
        return
    block = add(root, "MessageTransmissionDetails")
    source = add(block, "MessageSenderDetails")
    add(source, "FromIdentifier", sender, SchemeID=sender_scheme)
    add(source, "FromIntermediator", document.seller.operator or OWN_OPERATOR)
    target = add(block, "MessageReceiverDetails")
    add(target, "ToIdentifier", recipient, SchemeID=recipient_scheme)
    add(target, "ToIntermediator", document.buyer.operator or OWN_OPERATOR)
    message = add(block, "MessageDetails")
    add(message, "MessageIdentifier", document.number.rjust(2, "0")[:48])
    add(message, "MessageTimeStamp", f"{document.issue_date}T00:00:00Z" if document.issue_date else "")
    add(message, "SpecificationIdentifier", "EN16931")


def _write_seller(root: Element, document: Document) -> None:
    party = document.seller
    _write_party(add(root, "SellerPartyDetails"), party, "Seller")
    _write_contact(root, party, "Seller")
    payment = document.payment
    if payment.account and 8 <= len(payment.bic) <= 11:
        details = add(add(root, "SellerInformationDetails"), "SellerAccountDetails")
        add(details, "SellerAccountID", payment.account, IdentificationSchemeName=_account_scheme(payment.account))
        add(details, "SellerBic", payment.bic, IdentificationSchemeName="BIC")
        add(details, "SellerAccountName", payment.account_name[:70])


def _write_buyer(root: Element, party: Party) -> None:
    _write_party(add(root, "BuyerPartyDetails"), party, "Buyer")
    _write_contact(root, party, "Buyer")


def _write_contact(root: Element, party: Party, side: str) -> None:
    value, scheme = _endpoint(party)
    add(root, f"{side}OrganisationUnitNumber", value if scheme in ("0216", "0037") else "")
    add(root, f"{side}ContactPersonName", party.contact[:70])
    block = add(root, f"{side}CommunicationDetails")
    add(block, f"{side}PhoneNumberIdentifier", party.phone[:35])
    add(block, f"{side}EmailaddressIdentifier", party.email[:70])


def _write_party(node: Element, party: Party, side: str) -> None:
    add(node, f"{side}PartyIdentifier", party.bid, SchemeID=party.bid_scheme)
    for piece in pieces(party.name, 70) or [FILLER]:
        add(node, f"{side}OrganisationName", piece)
    add(node, f"{side}OrganisationTradingName", party.trade_name[:70])
    add(node, f"{side}OrganisationTaxCode", party.vat)
    add(node, f"{side}Code", party.identifier, SchemeID=party.identifier_scheme)
    address = add(node, f"{side}PostalAddressDetails")
    streets = [piece for street in party.address.streets for piece in pieces(street, 35)]
    for street in streets[:3] or [FILLER]:
        add(address, f"{side}StreetName", street)
    add(address, f"{side}TownName", party.address.city[:35] or FILLER)
    add(address, f"{side}PostCodeIdentifier", party.address.post_code or FILLER)
    add(address, f"{side}CountrySubdivision", party.address.region[:35])
    add(address, "CountryCode", country_of(party))


def pieces(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def _write_details(node: Element, document: Document) -> None:
    add(node, "InvoiceTypeCode", "INV02" if document.is_credit else "INV01")
    add(node, "InvoiceTypeCodeUN", document.un_code)
    add(node, "InvoiceTypeText", "CREDIT NOTE" if document.is_credit else "INVOICE")
    add(node, "OriginCode", "Original")
    add(node, "InvoiceNumber", document.number)
    add_date(node, "InvoiceDate", document.issue_date)
    _write_originals(node, document)
    add_date(node, "InvoicingPeriodStartDate", document.period_start)
    add_date(node, "InvoicingPeriodEndDate", document.period_end)
    add(node, "SellerReferenceIdentifier", document.seller_reference[:70])
    add(node, "OrderIdentifier", document.order_reference[:70])
    add(node, "AgreementIdentifier", document.contract_reference[:70])
    add(node, "BuyerReferenceIdentifier", document.buyer_reference[:70])
    add(node, "ProjectReferenceIdentifier", document.project_reference[:70])
    _write_totals(node, document)
    add(node, "ProposedAccountText", document.cost_account[:35])
    for row in document.vat_rows:
        _write_vat_row(add(node, "VatSpecificationDetails"), row, document.currency)
    for note in document.notes:
        for piece in pieces(note, 512):
            add(node, "InvoiceFreeText", piece)
    terms = add(node, "PaymentTermsDetails")
    for piece in pieces(document.payment_terms, 70)[:2]:
        add(terms, "PaymentTermsFreeText", piece)
    if _as_token(document.payment.reference) != document.payment.reference:
        spelled = add(terms, "FreeText")
        add(spelled, "Header", REFERENCE_HEADER)
        add(spelled, "Value", document.payment.reference[:70])
    add_date(terms, "InvoiceDueDate", document.due_date)
    _write_charges(node, document)


def _write_originals(node: Element, document: Document) -> None:
    for number, original in enumerate(document.originals):
        if number == 0:
            add(node, "OriginalInvoiceNumber", original.number)
            add_date(node, "OriginalInvoiceDate", original.issued)
            continue
        reference = add(node, "OriginalInvoiceReference")
        add(reference, "InvoiceNumber", original.number)
        add_date(reference, "InvoiceDate", original.issued)


def _write_totals(node: Element, document: Document) -> None:
    totals, currency = document.totals, document.currency
    add_amount(node, "RowsTotalVatExcludedAmount", totals.lines, currency)
    add_amount(node, "DiscountsTotalVatExcludedAmount", totals.allowances or None, currency)
    add_amount(node, "ChargesTotalVatExcludedAmount", totals.charges or None, currency)
    add_amount(node, "InvoiceTotalVatExcludedAmount", totals.net, currency)
    add_amount(node, "InvoiceTotalVatAmount", totals.vat, currency)
    add_amount(node, "InvoiceTotalVatIncludedAmount", totals.gross, currency)
    add_amount(node, "InvoiceTotalRoundoffAmount", totals.rounding or None, currency)
    add_amount(node, "InvoicePaidAmount", totals.prepaid or None, currency)


def _write_vat_row(node: Element, row: VatRow, currency: str) -> None:
    add_amount(node, "VatBaseAmount", row.base, currency)
    add_percent(node, "VatRatePercent", row.rate)
    add(node, "VatCode", row.category)
    add_amount(node, "VatRateAmount", row.amount, currency)
    for piece in pieces(row.reason, 70)[:3]:
        add(node, "VatFreeText", piece)
    add(node, "VatExemptionReasonCode", row.reason_code[:20])


def _write_charges(node: Element, document: Document) -> None:
    for charge in sorted(document.charges, key=lambda charge: charge.is_charge):
        block = add(node, "ChargeDetails" if charge.is_charge else "DiscountDetails")
        _write_charge(block, charge, document.currency)


def _write_charge(block: Element, charge: Charge, currency: str) -> None:
    add(block, "ReasonText" if charge.is_charge else "FreeText", charge.reason[:70])
    add(block, "ReasonCode", charge.reason_code)
    add_percent(block, "Percent", charge.percent)
    add_amount(block, "Amount", charge.amount, currency)
    add_amount(block, "BaseAmount", charge.base, currency)
    add(block, "VatCategoryCode", charge.vat_category)
    add_percent(block, "VatRatePercent", charge.vat_rate)


def _as_token(reference: str) -> str:
    """The payment form takes no blanks and no signs in a reference; a free text beside it keeps the full spelling."""
    return _NOT_NAME_CHARACTER.sub("", reference)[:35]


def _account_scheme(account: str) -> str:
    return "IBAN" if _IBAN.fullmatch(account) else "BBAN"


def _write_epi(node: Element, document: Document) -> None:
    payment = document.payment
    identification = add(node, "EpiIdentificationDetails")
    add_date(identification, "EpiDate", document.issue_date)
    add(identification, "EpiReference", _as_token(payment.reference))
    parties = add(node, "EpiPartyDetails")
    bank = add(parties, "EpiBfiPartyDetails")
    if 8 <= len(payment.bic) <= 11:
        add(bank, "EpiBfiIdentifier", payment.bic, IdentificationSchemeName="BIC")
    else:
        add(bank, "EpiBfiName", payment.bic[:35] or FILLER)
    beneficiary = add(parties, "EpiBeneficiaryPartyDetails")
    add(beneficiary, "EpiNameAddressDetails", " ".join(document.seller.name.split())[:35].strip() or FILLER)
    account = payment.account[:34] or FILLER
    add(beneficiary, "EpiAccountID", account, IdentificationSchemeName=_account_scheme(account))
    _write_instruction(add(node, "EpiPaymentInstructionDetails"), document)


def _write_instruction(node: Element, document: Document) -> None:
    payment = document.payment
    if _ISO_REFERENCE.fullmatch(payment.reference):
        add(node, "EpiRemittanceInfoIdentifier", payment.reference, IdentificationSchemeName="ISO")
    elif _FINNISH_REFERENCE.fullmatch(payment.reference):
        add(node, "EpiRemittanceInfoIdentifier", payment.reference, IdentificationSchemeName="SPY")
    amount = with_comma(cents(document.totals.payable or Decimal(0)))
    add(node, "EpiInstructedAmount", amount, AmountCurrencyIdentifier=document.currency)
    add(node, "EpiCharge", "SHA", ChargeOption="SHA")
    add_date(node, "EpiDateOptionDate", document.due_date or document.issue_date)
    add(node, "EpiPaymentMeansCode", payment.means)


def _keep_empty_reference(root: Element) -> None:
    """The schema wants the element even when nothing is in it."""
    date_of_bill = root.find("EpiDetails/EpiIdentificationDetails/EpiDate")
    if date_of_bill is not None:
        date_of_bill.addnext(etree.Element("EpiReference"))
