"""Finvoice 3.0 and Peppol BIS 3.0 into each other: nothing that counts is lost, and the result keeps its own rules."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from portal.sandbox.documents.convert import convert, read
from portal.sandbox.documents.errors import FormatNotSimulatedError
from portal.sandbox.documents.formats import PEPPOL_CUSTOMIZATION, PEPPOL_PROFILE
from portal.sandbox.documents.model import Address, Charge, Document, Line, Party, Payment, VatRow
from portal.sandbox.documents.ubl_read import NS
from portal.sandbox.documents.values import cents
from tests.portal.sandbox.invoice_files import cii, finvoice, peppol

FORMATS = ("FINVOICE30", "PEPPOLBIS30")

# The order of the elements we write, after the schema of Finvoice 3.0.
FINVOICE_ORDER = {
    "Finvoice": "MessageTransmissionDetails SellerPartyDetails SellerOrganisationUnitNumber SellerContactPersonName"
    " SellerCommunicationDetails SellerInformationDetails BuyerPartyDetails BuyerOrganisationUnitNumber"
    " BuyerContactPersonName BuyerCommunicationDetails DeliveryDetails InvoiceDetails InvoiceRow EpiDetails",
    "SellerPartyDetails": "SellerPartyIdentifier SellerOrganisationName SellerOrganisationTradingName"
    " SellerOrganisationTaxCode SellerCode SellerPostalAddressDetails",
    "BuyerPostalAddressDetails": "BuyerStreetName BuyerTownName BuyerPostCodeIdentifier"
    " BuyerCountrySubdivision CountryCode",
    "InvoiceDetails": "InvoiceTypeCode InvoiceTypeCodeUN InvoiceTypeText OriginCode InvoiceNumber InvoiceDate"
    " OriginalInvoiceNumber OriginalInvoiceDate OriginalInvoiceReference InvoicingPeriodStartDate"
    " InvoicingPeriodEndDate"
    " SellerReferenceIdentifier OrderIdentifier AgreementIdentifier BuyerReferenceIdentifier ProjectReferenceIdentifier"
    " RowsTotalVatExcludedAmount DiscountsTotalVatExcludedAmount ChargesTotalVatExcludedAmount"
    " InvoiceTotalVatExcludedAmount InvoiceTotalVatAmount InvoiceTotalVatIncludedAmount InvoiceTotalRoundoffAmount"
    " InvoicePaidAmount ProposedAccountText VatSpecificationDetails InvoiceFreeText PaymentTermsDetails"
    " DiscountDetails ChargeDetails",
    "VatSpecificationDetails": "VatBaseAmount VatRatePercent VatCode VatRateAmount VatFreeText VatExemptionReasonCode",
    "InvoiceRow": "ArticleIdentifier ArticleName ArticleDescription BuyerArticleIdentifier EanCode InvoicedQuantity"
    " StartDate EndDate UnitPriceAmount UnitPriceDiscountAmount UnitPriceNetAmount UnitPriceBaseQuantity"
    " RowOrderPositionIdentifier RowPositionIdentifier RowProposedAccountText RowFreeText RowDiscountPercent"
    " RowDiscountAmount RowDiscountBaseAmount RowDiscountTypeCode RowDiscountTypeText RowProgressiveDiscountDetails"
    " RowChargeDetails RowVatRatePercent RowVatCode RowVatAmount RowVatExcludedAmount RowAmount",
    "EpiDetails": "EpiIdentificationDetails EpiPartyDetails EpiPaymentInstructionDetails",
    "EpiPaymentInstructionDetails": "EpiRemittanceInfoIdentifier EpiInstructedAmount EpiCharge EpiDateOptionDate"
    " EpiPaymentMeansCode",
}  # fmt: skip
UBL_ORDER = [
    "CustomizationID",
    "ProfileID",
    "ID",
    "IssueDate",
    "DueDate",
    "InvoiceTypeCode",
    "CreditNoteTypeCode",
    "Note",
    "DocumentCurrencyCode",
    "AccountingCost",
    "BuyerReference",
    "InvoicePeriod",
    "OrderReference",
    "BillingReference",
    "ContractDocumentReference",
    "AdditionalDocumentReference",
    "ProjectReference",
    "AccountingSupplierParty",
    "AccountingCustomerParty",
    "Delivery",
    "PaymentMeans",
    "PaymentTerms",
    "AllowanceCharge",
    "TaxTotal",
    "LegalMonetaryTotal",
    "InvoiceLine",
    "CreditNoteLine",
]

texts = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x17F, exclude_characters="<>&\x7f"), min_size=1, max_size=30
)
texts = texts.filter(lambda text: text.strip() == text and not any(0x7F <= ord(letter) <= 0xA0 for letter in text))
words = st.text("ABCDEFGHIJ0123456789", min_size=2, max_size=20)
money = st.decimals(Decimal("0.01"), Decimal(99999), places=2)
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
RATES = {"S": Decimal("25.5"), "AE": Decimal(0), "Z": Decimal(0)}


@st.composite
def parties(draw: Callable[[st.SearchStrategy[str]], str]) -> Party:
    return Party(
        name=draw(texts) + "xx",
        bid=draw(words),
        vat="FI" + draw(words),
        endpoint_id=draw(words),
        endpoint_scheme=draw(st.sampled_from(["0216", "0192", "0088", "9930"])),
        contact=draw(texts),
        email=draw(words) + "@example.test",
        address=Address(
            streets=[draw(texts) + "xx"],
            city=draw(texts) + "xx",
            post_code=draw(words),
            country=draw(st.sampled_from(["FI", "NO"])),
        ),
    )


@st.composite
def documents(draw: Callable[[st.SearchStrategy[object]], object]) -> Document:
    """Invoices whose sums are right, as a selling system makes them."""
    credit = draw(st.booleans())
    lines = [_line(draw, number) for number in range(1, draw(st.integers(1, 4)) + 1)]  # type: ignore[call-overload]
    return Document(
        format="FINVOICE30",
        kind="CREDIT_NOTE" if credit else "INVOICE",
        number=draw(words),
        type_code="381" if credit else "380",
        issue_date=draw(days),
        due_date=draw(days),
        currency=draw(st.sampled_from(["EUR", "NOK", "SEK"])),
        buyer_reference=draw(texts),
        order_reference=draw(words.filter(lambda word: word != "NA")),
        contract_reference=draw(texts),
        notes=[draw(texts)],
        payment_terms=draw(texts),
        seller=draw(parties()),
        buyer=draw(parties()),
        lines=lines,
        charges=[
            Charge(is_charge=draw(st.booleans()), amount=draw(money), reason="Other", vat_category="S",
                   vat_rate=RATES["S"]),
        ],
        payment=Payment(means="30", reference=draw(words), account="FI2112345600000785", bic="NDEAFIHH"),
    )  # fmt: skip


def _line(draw: Callable[[st.SearchStrategy[object]], object], number: int) -> Line:
    quantity, price = draw(st.decimals(Decimal("0.1"), 99, places=1)), draw(money)
    category = draw(st.sampled_from(sorted(RATES)))
    return Line(
        id=str(number), name=draw(texts), quantity=quantity, unit="HUR", price=price, net=cents(quantity * price),
        vat_rate=RATES[category], vat_category=category, seller_item=draw(words),
    )  # type: ignore[operator]  # fmt: skip


@pytest.mark.parametrize("source", [finvoice(), peppol(), peppol(kind="CreditNote"), cii()])
@pytest.mark.parametrize("word", FORMATS)
def test_conversion_keeps_what_counts(source: bytes, word: str) -> None:
    before = read(source)

    after = read(convert(before, word))

    assert facts(after) == facts(before)


@settings(max_examples=60, deadline=None)
@given(documents())
def test_round_trip_through_both_formats_keeps_every_invoice(document: Document) -> None:
    as_finvoice = read(convert(document, "FINVOICE30"))
    as_peppol = read(convert(as_finvoice, "PEPPOLBIS30"))

    assert facts(as_finvoice) == facts(document)
    assert facts(as_peppol) == facts(document)


def facts(document: Document) -> dict[str, object]:
    """What a conversion must keep, credit notes with positive amounts, computed where the file is silent."""
    from portal.sandbox.documents.completion import completed

    ready = completed(document)
    if ready.is_credit and ready.totals.gross < 0:
        ready = ready.reversed()
    totals = ready.totals
    return {
        "head": (ready.kind, ready.number, ready.issue_date, ready.currency),
        "due": ready.due_date,
        "references": (ready.buyer_reference, ready.order_reference, ready.contract_reference, ready.payment.reference),
        "account": ready.payment.account,
        "parties": [_party(ready.seller), _party(ready.buyer)],
        "totals": [cents(sum_) for sum_ in (totals.net, totals.vat, totals.gross, totals.payable)],
        "vat": sorted((row.category, row.rate, cents(row.base), cents(row.amount)) for row in ready.vat_rows),
        "lines": [
            (line.name, line.quantity, line.unit, line.price, cents(line.net), line.vat_rate) for line in ready.lines
        ],
        "charges": [(charge.is_charge, charge.amount, charge.vat_rate) for charge in ready.charges],
        "texts": (ready.notes, ready.payment_terms),
    }


def _party(party: Party) -> tuple[object, ...]:
    return party.name, party.bid, party.vat, party.email, party.address, party.contact


@pytest.mark.parametrize("source", [finvoice(), peppol(), peppol(kind="CreditNote")])
def test_written_finvoice_keeps_the_order_of_its_schema(source: bytes) -> None:
    root = etree.fromstring(convert(read(source), "FINVOICE30"))

    for parent, order in FINVOICE_ORDER.items():
        for element in root.iter(parent):
            names = [child.tag for child in element]
            assert names == sorted(names, key=order.split().index)
    assert root.get("Version") == "3.0"


def test_written_finvoice_has_commas_and_compact_dates() -> None:
    root = etree.fromstring(convert(read(peppol()), "FINVOICE30"))

    total = root.find("InvoiceDetails/InvoiceTotalVatIncludedAmount")
    day = root.find("InvoiceDetails/InvoiceDate")
    assert (total.text, total.get("AmountCurrencyIdentifier")) == ("502,50", "NOK")
    assert (day.text, day.get("Format")) == ("20260302", "CCYYMMDD")
    assert root.findtext("EpiDetails/EpiPaymentInstructionDetails/EpiInstructedAmount") == "500,00"


def test_reference_with_blanks_survives_a_format_that_takes_none() -> None:
    source = read(peppol())
    source.payment.reference = "Cust. 10202 / Inv. 77"

    content = convert(source, "FINVOICE30")

    assert etree.fromstring(content).findtext(".//EpiReference") == "Cust.10202Inv.77"
    assert read(content).payment.reference == "Cust. 10202 / Inv. 77"


def test_finvoice_can_be_written_in_latin_9() -> None:
    from portal.sandbox.documents.finvoice_write import write

    content = write(read(finvoice()), "ISO-8859-15")

    assert b"encoding='ISO-8859-15'" in content[:60]
    assert read(content).seller.name == "Pohjolan Puu Öljy Oy"


def test_credit_note_changes_its_sign_between_the_formats() -> None:
    peppol_side = read(peppol(kind="CreditNote"))

    finvoice_side = read(convert(peppol_side, "FINVOICE30"))

    assert finvoice_side.kind == "CREDIT_NOTE"
    assert (peppol_side.totals.gross, finvoice_side.totals.gross) == (Decimal("502.50"), Decimal("-502.50"))
    assert finvoice_side.lines[0].quantity == -3
    assert read(convert(finvoice_side, "PEPPOLBIS30")).totals.gross == Decimal("502.50")


@pytest.mark.parametrize("source", [finvoice(), peppol(kind="CreditNote")])
def test_written_peppol_names_its_specification_and_keeps_the_order_of_ubl(source: bytes) -> None:
    root = etree.fromstring(convert(read(source), "PEPPOLBIS30"))

    names = [etree.QName(child).localname for child in root]
    assert root.findtext("cbc:CustomizationID", namespaces=NS) == PEPPOL_CUSTOMIZATION
    assert root.findtext("cbc:ProfileID", namespaces=NS) == PEPPOL_PROFILE
    assert names == sorted(names, key=UBL_ORDER.index)


def test_written_peppol_has_both_endpoints_when_the_finvoice_names_none() -> None:
    root = etree.fromstring(convert(read(finvoice()), "PEPPOLBIS30"))

    ends = [(end.get("schemeID"), end.text) for end in root.iter(f"{{{NS['cbc']}}}EndpointID")]
    assert ends == [("0216", "003723456780"), ("0216", "003715728600")]


@settings(max_examples=60, deadline=None)
@given(documents())
def test_written_peppol_adds_up(document: Document) -> None:
    """The arithmetic rules of EN 16931: lines, totals, VAT, and each line from quantity and price."""
    written = read(convert(document, "PEPPOLBIS30"))

    totals = written.totals
    allowances = sum(charge.amount if charge.is_charge else -charge.amount for charge in written.charges)
    assert totals.lines == sum(line.net for line in written.lines)
    assert totals.net == totals.lines + allowances
    assert totals.gross == totals.net + totals.vat
    assert totals.vat == sum(row.amount for row in written.vat_rows)
    for line in written.lines:
        charged = sum(charge.amount if charge.is_charge else -charge.amount for charge in line.charges)
        assert abs(line.quantity * line.price + charged - line.net) <= Decimal("0.02")
        assert line.price >= 0


@pytest.mark.parametrize(
    ("line", "quantity", "price", "extra"),
    [
        (Line(name="a", quantity=Decimal(2), price=Decimal(10), net=Decimal(18)), 2, 10, [(False, Decimal("2.00"))]),
        (Line(name="a", quantity=Decimal(2), price=Decimal(10), net=Decimal(21)), 2, 10, [(True, Decimal("1.00"))]),
        (Line(name="a", quantity=Decimal(1), price=Decimal(-5), net=Decimal(-5)), -1, 5, []),
        (Line(name="a", net=Decimal(7)), 1, 7, []),
    ],
)
def test_line_is_balanced_where_the_source_does_not_add_up(
    line: Line, quantity: int, price: int, extra: list[tuple[bool, Decimal]]
) -> None:
    document = replace(read(finvoice()), lines=[line])

    (written,) = read(convert(document, "PEPPOLBIS30")).lines

    assert (written.quantity, written.price) == (quantity, price)
    assert [(charge.is_charge, charge.amount) for charge in written.charges] == extra


@pytest.mark.parametrize(
    ("category", "reason"), [("AE", "Reverse charge"), ("E", "Exempt from VAT"), ("Z", None), ("S", None)]
)
def test_exemption_reason_stands_exactly_where_it_must(category: str, reason: str | None) -> None:
    rows = [VatRow(category=category, rate=Decimal(0), base=Decimal(200), amount=Decimal(0))]
    root = etree.fromstring(convert(replace(read(finvoice()), vat_rows=rows), "PEPPOLBIS30"))

    category_node = root.find("cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory", NS)
    assert category_node.findtext("cbc:TaxExemptionReason", namespaces=NS) == reason
    assert etree.QName(category_node[-1]).localname == "TaxScheme"


def test_text_rows_of_a_finvoice_become_notes() -> None:
    source = finvoice().replace(
        b"<EpiDetails>", b"<InvoiceRow><RowFreeText>Kiitos</RowFreeText></InvoiceRow><EpiDetails>"
    )

    written = read(convert(read(source), "PEPPOLBIS30"))

    assert (len(written.lines), written.notes) == (1, ["Kiitos"])


def test_vat_number_gets_its_country_when_a_finvoice_gives_the_business_id() -> None:
    source = finvoice().replace(b"<SellerOrganisationTaxCode>FI23456780", b"<SellerOrganisationTaxCode>2345678-0")

    assert read(convert(read(source), "PEPPOLBIS30")).seller.vat == "FI23456780"


def test_amount_paid_before_is_explained_in_peppol() -> None:
    source = finvoice().replace(b">251,00</EpiInstructedAmount>", b">151,00</EpiInstructedAmount>")

    totals = read(convert(read(source), "PEPPOLBIS30")).totals

    assert (totals.gross, totals.prepaid, totals.payable) == (251, 100, 151)


def test_format_without_a_writer_is_refused() -> None:
    with pytest.raises(FormatNotSimulatedError, match="OIOUBL21"):
        convert(read(finvoice()), "OIOUBL21")
