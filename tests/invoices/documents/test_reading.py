"""Every format is read to the cent, with its sender, receiver, dates, totals and references."""

# ruff: noqa: E501  a row of the table is one line

from datetime import date
from decimal import Decimal

import pytest

from invoices.documents import Kind, sums
from invoices.documents.values import as_amount, as_date
from invoices.files import xml
from invoices.files.xml import UnreadableFileError
from tests.invoices.documents import samples

# file: format, kind, number, date, due date, currency, seller, buyer, net, tax, gross, payable
HEADS = {
    "finvoice30": "FINVOICE30 invoice 60417 2026-11-02 2026-11-16 EUR 2987654-6 0135666-5 1210.00 285.35 1495.35 1000.00",
    "finvoice20_credit": "FINVOICE20 credit_note 60501 2026-11-05 2026-11-05 EUR 2987654-6 0135666-5 -119.86 -16.78 -136.64 0.00",
    "finvoice13_soap": "FINVOICE13 invoice 881 2026-11-03 2026-11-17 EUR 2987654-6 0135666-5 80.00 20.40 100.40 100.40",
    "teapps30": "TEAPPS30 invoice T-3001 2026-11-04 2026-11-18 EUR 2987654-6 0135666-5 250.00 63.75 313.75 None",
    "teapps27_credit": "TEAPPS27 credit_note T-3002 2026-11-04 2026-11-18 EUR 2987654-6 0135666-5 -250.00 -63.75 -313.75 None",
    "peppol3": "PEPPOLBIS30 invoice F-20261 2026-11-06 2026-12-06 EUR 923829644 64148234 600.00 132.48 732.48 500.00",
    "peppol3_credit": "PEPPOLBIS30 credit_note K-12 2026-11-08 2026-12-08 SEK 5560360793 - 100.00 25.00 125.00 125.00",
    "oioubl": "OIOUBL invoice DK-500 2026-11-09 2026-11-23 DKK DK16356706 - 1000.00 250.00 1250.00 1250.00",
    "xrechnung30_cii": "XRECHNUNG30CII invoice R-2026-9 2026-11-10 2026-12-10 EUR HRB_4711 - 159.00 25.41 184.41 100.00",
    "facturx_credit": "- credit_note AV-3 2026-11-11 None EUR 732829320 - 50.00 0.00 50.00 50.00",
    "svefaktura10": "SVEFAKTURA10 invoice SV-41 2026-11-12 2026-12-12 SEK 5560360793 - 1099.95 274.99 1375.00 None",
    "fatturapa12": "FATTURAPA12 invoice 13/A 2026-11-13 2026-12-13 EUR - - 154.00 22.88 176.88 176.88",
    "fatturapa12_credit": "FATTURAPA12 credit_note 14/A 2026-11-13 2026-12-13 EUR - - 154.00 22.88 176.88 176.88",
}  # fmt: skip


def head(name: str) -> str:
    found = samples.document(name)
    amounts = found.amounts
    parts = (
        found.format, found.kind, found.number, found.date, found.due_date, found.currency, found.seller.business_id,
        found.buyer.business_id, amounts.without_tax, amounts.tax, amounts.with_tax, amounts.payable,
    )  # fmt: skip
    return " ".join(str(part).replace(" ", "_") or "-" for part in parts)


def test_every_sample_has_its_expectation() -> None:
    assert sorted(HEADS) == samples.NAMES


@pytest.mark.parametrize("name", samples.NAMES)
def test_head_is_read_to_the_cent(name: str) -> None:
    assert head(name) == HEADS[name]


@pytest.mark.parametrize("name", samples.NAMES)
def test_amounts_of_a_sample_agree_with_each_other(name: str) -> None:
    found = samples.document(name)

    assert sums.disagreements(found) == []
    assert found.amounts.unreadable == ()
    assert found.amounts.lines is not None


def test_finvoice_parties_have_all_identifiers_and_addresses() -> None:
    found = samples.document("finvoice30")

    assert found.seller.name == "Hämeen Höyläämö Oy"
    assert found.seller.address.lines == ("Sahatie 4", "B-rappu")
    assert (found.seller.vat_id, found.seller.operator) == ("FI29876546", "003721291126")
    assert found.seller.contact.name == "Päivi Mäki"
    assert found.buyer.name == "Saariston Venetarvike Oy €"
    assert found.buyer.ids == ("0135666-5", "FI01356665", "40217", "0037013566650")
    assert (found.buyer.endpoint, found.buyer.scheme, found.buyer.operator) == ("0037013566650", "0216", "HELSFIHH")
    assert found.buyer.address.lines == ("Rantakatu 9", "PL 12")
    assert found.buyer.email == "ostot@venetarvike.example"


def test_finvoice_details() -> None:
    details = samples.document("finvoice30").details
    first = details.lines[0]

    assert details.recipient is not None
    assert details.recipient.name == "Talouspalvelu Saaristo Oy"
    assert (first.quantity, first.unit, first.price, first.base_quantity) == (
        Decimal(1250), "jm", Decimal("95.8025"), Decimal(100),
    )  # fmt: skip
    assert (first.amount, first.vat_rate, first.allowances[0].percent) == (
        Decimal("1077.76"), Decimal("25.5"), Decimal(10),
    )  # fmt: skip
    assert [line.amount for line in details.lines[1:]] == [None, Decimal("119.86"), None, Decimal("36.94")]
    assert [(vat.category, vat.rate, vat.amount) for vat in details.vat][2] == ("AE", Decimal(0), Decimal("0.00"))
    assert [(one.is_charge, one.amount) for one in details.allowances] == [
        (False, Decimal("34.56")), (True, Decimal("10.00")),
    ]  # fmt: skip
    assert details.payment[0].reference == "00000000000000604177"
    assert [means.bic for means in details.payment] == ["NDEAFIHH", "OKOYFIHH"]
    assert (details.references.order, details.references.contract, details.references.buyer) == (
        "PO-5512", "SOP-2026-3", "KP 410",
    )  # fmt: skip
    assert details.delivery is not None
    assert details.delivery.date == date(2026, 10, 30)
    assert details.attachments[0].link == "https://files.example/60417.pdf"


def test_ubl_details() -> None:
    details = samples.document("peppol3").details
    first, references = details.lines[0], details.references

    assert (first.name, first.description, first.note, first.order_line) == (
        "Diesel", "Marin diesel, fargeløs", "Natt", "10",
    )  # fmt: skip
    assert (first.quantity, first.unit, first.price, first.base_quantity) == (
        Decimal(1000), "LTR", Decimal("52.50"), Decimal(100),
    )  # fmt: skip
    assert (first.seller_item, first.buyer_item, first.standard_item) == ("D-100", "B-1", "7038010000010")
    assert first.allowances[0].amount == Decimal("25.00")
    assert [(vat.category, vat.base, vat.amount) for vat in details.vat] == [
        ("S", Decimal("470.00"), Decimal("117.50")), ("S", Decimal("99.84"), Decimal("14.98")),
        ("AE", Decimal("30.16"), Decimal("0.00")),
    ]  # fmt: skip
    assert details.vat[2].reason == "Reverse charge"
    assert (details.tax_currency, details.tax_in_tax_currency) == ("NOK", Decimal("1523.52"))
    assert (references.order, references.sales_order, references.contract, references.project, references.buyer) == (
        "PO-9", "SO-4", "K-12", "PRJ-2", "AVD-7",
    )  # fmt: skip
    assert (references.despatch, references.receipt, references.tender, references.object, references.preceding) == (
        "PS-1", "MO-1", "ANB-3", "MALER-5", ("F-20199",),
    )  # fmt: skip
    assert details.payee is not None and details.payee.name == "Bergen Finans AS"  # noqa: PT018
    assert details.tax_representative is not None
    assert details.notes == ("Levert til kai 4.\nRing før levering.",)
    assert [(one.name, one.content_type, one.size, one.link) for one in details.attachments] == [
        ("timer.csv", "text/csv", 14, ""), ("Bilder", "", None, "https://files.example/bilder"),
    ]  # fmt: skip


def test_ubl_party_has_all_identifiers_with_their_schemes() -> None:
    seller = samples.document("peppol3").seller

    assert [(one.value, one.scheme, one.kind) for one in seller.identifiers] == [
        ("923829644", "0192", "business"), ("NO923829644MVA", "", "vat"), ("Foretaksregisteret", "", "tax"),
        ("7080000985439", "0088", "other"),
    ]  # fmt: skip
    assert seller.address.lines == ("Bryggen 4", "2. etasje", "Bakgården")


def test_danish_net_is_counted_and_its_giro_reference_found() -> None:
    found = samples.document("oioubl")

    assert found.amounts.without_tax == Decimal("1000.00")
    assert found.details.payment[0].reference == "000000000005009"
    assert found.details.lines[0].vat_rate == Decimal(25)


@pytest.mark.parametrize("name", ["peppol3_credit", "svefaktura10"])
def test_bankgiro_is_told(name: str) -> None:
    means = samples.document(name).details.payment[0]

    assert (means.account, means.account_scheme) == ("9912346", "BGABSESS")


def test_cii_details() -> None:
    found = samples.document("xrechnung30_cii")
    first = found.details.lines[0]

    assert (first.quantity, first.price, first.base_quantity, first.amount) == (
        Decimal(1000), Decimal("12.345"), Decimal(100), Decimal("120.00"),
    )  # fmt: skip
    assert found.seller.ids == ("HRB 4711", "143/815/08151", "DE136695976", "L-77")
    assert found.seller.vat_id == "DE136695976"
    assert found.buyer.email == "rechnung@ulm.example"
    assert found.details.references.preceding == ("R-2026-1",)
    assert found.details.delivery is not None
    assert found.details.delivery.date == date(2026, 11, 7)
    assert found.details.attachments[0].size == 8


def test_group_line_of_factur_x_is_not_counted_twice() -> None:
    found = samples.document("facturx_credit")

    assert found.amounts.lines == Decimal("50.00")
    assert found.details.tax_in_tax_currency == Decimal("0.10")


def test_teapps_signs_stand_beside_the_amounts() -> None:
    lines = samples.document("teapps30").details.lines

    assert [(line.quantity, line.amount) for line in lines] == [
        (Decimal("3.5"), Decimal("280.00")), (Decimal(-1), Decimal("-30.00")), (None, None),
    ]  # fmt: skip


def test_italian_pension_fund_counts_beside_the_lines() -> None:
    found = samples.document("fatturapa12")

    assert found.amounts.charges == Decimal("4.00")
    assert found.details.references.tender == "CIG77"


_BIS3 = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
_BIS2 = "urn:www.cenbii.eu:transaction:biitrns010:ver2.0:extended:urn:www.peppol.eu:bis:peppol5a:ver2.0"


@pytest.mark.parametrize(
    ("customization", "name"),
    [
        (_BIS3, "PEPPOLBIS30"),
        (f"{_BIS3}#conformant#urn:fdc:anskaffelser.no:2019:ehf:spec:3.0", "PEPPOLBIS30"),
        (_BIS2, "PEPPOLBIS20"),
        (f"{_BIS2}:extended:urn:www.difi.no:ehf:faktura:ver2.0", "EHF20"),
        (f"{_BIS2}:extended:urn:www.simplerinvoicing.org:si-ubl:invoice:1.2.x", "SIUBL12"),
        ("urn:www.simplerinvoicing.org:si-ubl:invoice:1.1.x", "SIUBL11"),
        ("urn:cen.eu:en16931:2017#compliant#urn:fdc:nen.nl:nlcius:v1.0", "SIUBL20"),
        ("OIOUBL-2.02", "OIOUBL"),
        ("OIOUBL-2.1", "OIOUBL21"),
        ("urn:cen.eu:en16931:2017#compliant#urn:xoev-de:kosit:standard:xrechnung_2.3", "XRECHNUNG23UBL"),
        (
            "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0",
            "XRECHNUNG30EXTUBL",
        ),
    ],
)
def test_ubl_formats_are_told_by_their_customization(customization: str, name: str) -> None:
    content = samples.content("peppol3").replace(_BIS3.encode(), customization.encode())

    assert samples.of(content).format == name


def wrapped(inner: bytes) -> bytes:
    space = b"http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
    bare = inner.partition(b"?>")[2]
    header = b"<StandardBusinessDocumentHeader><HeaderVersion>1.0</HeaderVersion></StandardBusinessDocumentHeader>"
    return b'<StandardBusinessDocument xmlns="' + space + b'">' + header + bare + b"</StandardBusinessDocument>"


def test_header_of_peppol_around_an_invoice_is_seen_through() -> None:
    assert samples.of(wrapped(samples.content("peppol3"))).number == "F-20261"


@pytest.mark.parametrize(
    "content",
    [
        wrapped(samples.content("peppol3") + samples.content("peppol3_credit").partition(b"?>")[2]),
        samples.content("finvoice13_soap") + samples.content("finvoice13_soap"),
        samples.content("finvoice30") + b"\n" + samples.content("finvoice20_credit"),
        samples.content("teapps30").replace(b"</INVOICES>", b"<INVOICE/></INVOICES>"),
        samples.content("fatturapa12").replace(b"</p:Fatt", b"<FatturaElettronicaBody/></p:Fatt"),
    ],
)
def test_two_invoices_in_one_file_are_refused_with_their_count(content: bytes) -> None:
    with pytest.raises(UnreadableFileError, match="2 invoices"):
        samples.of(content)


def test_what_invoices_say_in_html_is_text() -> None:
    hostile = b"<![CDATA[<!DOCTYPE html><script>alert(1)</script>]]>"
    content = samples.content("peppol3").replace(b"Ring f\xc3\xb8r levering.", hostile)

    assert "<script>" in samples.of(content).details.notes[0]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20261121", 21),
        ("2026-11-21", 21),
        ("2026-11-21T10:00:00+02:00", 21),
        ("202611211530", 21),
        ("2026-11-21Z", 21),
    ],
)
def test_dates_in_their_many_forms(text: str, day: int) -> None:
    assert as_date(text) == date(2026, 11, day)


def test_finnish_date_is_read_from_older_finvoices() -> None:
    content = samples.content("finvoice13_soap").replace(b">20261103<", b">3.11.2026<")

    assert samples.of(content).date == date(2026, 11, 3)


@pytest.mark.parametrize("text", ["1E5", "1_000", "Infinity", "１２", "0x10", "1.234,50", "--1", "9" * 21])
def test_what_only_python_takes_for_a_number_is_none(text: str) -> None:
    assert as_amount(text) is None


@pytest.mark.parametrize(
    ("name", "old", "new", "found"),
    [
        ("peppol3", b">99.84</cbc:LineExtensionAmount>", b">99.94</cbc:LineExtensionAmount>", ["lines"]),
        ("peppol3", b">50.00</cbc:AllowanceTotalAmount>", b">51.00</cbc:AllowanceTotalAmount>", ["net"]),
        ("peppol3", b">14.98</cbc:TaxAmount>", b">15.98</cbc:TaxAmount>", ["tax"]),
        ("peppol3", b">732.48</cbc:TaxInclusiveAmount>", b">732.58</cbc:TaxInclusiveAmount>", ["gross", "payable"]),
        ("peppol3", b">500.00</cbc:PayableAmount>", b">500.10</cbc:PayableAmount>", ["payable"]),
        ("finvoice20_credit", b">-136,64<", b">136,64<", ["gross", "payable"]),
    ],
)
def test_sum_that_does_not_add_up_is_named(name: str, old: bytes, new: bytes, found: list[str]) -> None:
    content = samples.content(name)
    assert old in content

    assert [one.sum for one in sums.disagreements(samples.of(content.replace(old, new)))] == found


def test_ten_thousand_lines_are_read() -> None:
    content = samples.content("peppol3_credit")
    start, end = content.index(b"<cac:CreditNoteLine>"), content.index(b"</ubl:CreditNote>")
    long = content[:start] + content[start:end] * 10_000 + content[end:]

    found = samples.of(long)

    assert found.amounts.line_count == 10_000
    assert found.amounts.lines == Decimal(1_000_000)


def test_latin_text_that_says_it_is_utf8_is_named_with_its_encoding() -> None:
    content = samples.content("finvoice30").replace(b"ISO-8859-15", b"UTF-8")

    with pytest.raises(UnreadableFileError, match="written in UTF-8, but line"):
        xml.parse(content)


def test_utf8_text_that_says_it_is_latin_is_seen() -> None:
    said = samples.content("peppol3").replace(b'encoding="UTF-8"', b'encoding="ISO-8859-1"')

    assert xml.is_misread(xml.parse(said))
    assert not xml.is_misread(xml.parse(samples.content("finvoice30")))


def test_self_billing_is_told() -> None:
    ubl = samples.content("peppol3").replace(b"TypeCode>380<", b"TypeCode>389<")
    finvoice = samples.content("finvoice30").replace(b">INV01<", b">INV07<")

    assert samples.of(ubl).kind is samples.of(finvoice).kind is Kind.SELF_BILLED_INVOICE


@pytest.mark.parametrize(
    ("name", "stated"),
    [
        ("peppol3", b'<cbc:AllowanceTotalAmount currencyID="EUR">50.00</cbc:AllowanceTotalAmount>'),
        (
            "finvoice30",
            b'<DiscountsTotalVatExcludedAmount AmountCurrencyIdentifier="EUR">34,56</DiscountsTotalVatExcludedAmount>',
        ),
    ],
)
def test_discounts_are_added_up_where_their_sum_is_not_stated(name: str, stated: bytes) -> None:
    content = samples.content(name)
    assert stated in content

    found = samples.of(content.replace(stated, b""))

    assert found.amounts.allowances == samples.document(name).amounts.allowances
    assert sums.disagreements(found) == []


def test_tax_in_the_accounting_currency_is_left_out_where_the_currency_is_told_by_the_totals_alone() -> None:
    said = b"<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>"
    content = samples.content("peppol3")
    assert said in content

    found = samples.of(content.replace(said, b""))

    assert (found.currency, found.amounts.tax) == ("EUR", Decimal("132.48"))
    assert len(found.details.vat) == len(samples.document("peppol3").details.vat)
    assert sums.disagreements(found) == []


def test_what_was_paid_in_part_is_read_where_finvoice_says_it_outside_of_the_details() -> None:
    stated = b'<InvoicePaidAmount AmountCurrencyIdentifier="EUR">495,35</InvoicePaidAmount>'
    moved = b"</InvoiceDetails><PartialPaymentDetails><PaidAmount>495,35</PaidAmount></PartialPaymentDetails>"
    content = samples.content("finvoice30")
    assert stated in content

    found = samples.of(content.replace(stated, b"").replace(b"</InvoiceDetails>", moved))

    assert found.amounts.prepaid == Decimal("495.35")
    assert sums.disagreements(found) == []


def test_finvoice_row_that_is_stated_with_its_tax_only_has_its_net_amount() -> None:
    stated = b'<RowVatExcludedAmount AmountCurrencyIdentifier="EUR">80,00</RowVatExcludedAmount>'
    content = samples.content("finvoice13_soap")
    assert stated in content

    found = samples.of(content.replace(stated, b"<RowVatAmount>20,40</RowVatAmount><RowAmount>100,40</RowAmount>"))

    assert found.details.lines[0].amount == Decimal("80.00")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b">99.84</cbc:LineExtensionAmount>", b"><!-- checked -->99.84</cbc:LineExtensionAmount>"),
        (b">99.84</cbc:LineExtensionAmount>", b"><![CDATA[99.84]]></cbc:LineExtensionAmount>"),
        (b">99.84</cbc:LineExtensionAmount>", b"></cbc:LineExtensionAmount>"),
    ],
)
def test_line_amounts_are_whole_or_not_counted(old: bytes, new: bytes) -> None:
    content = samples.content("peppol3")
    assert old in content

    found = samples.of(content.replace(old, new))

    usual = samples.document("peppol3").amounts
    assert found.amounts.line_count == usual.line_count
    assert found.amounts.lines in (usual.lines, None)
