"""Reading invoice files: formats, encodings, hostile input, and what both formats must keep when converted."""

import base64
from copy import deepcopy
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from portal.sandbox.documents.addresses import derived_endpoint, endpoint_identity, identity
from portal.sandbox.documents.content_check import check
from portal.sandbox.documents.convert import read
from portal.sandbox.documents.errors import DocumentError, FormatNotSimulatedError
from portal.sandbox.documents.image import draw
from portal.sandbox.documents.model import Address
from portal.sandbox.documents.tree import MAX_XML_BYTES
from portal.sandbox.documents.values import to_date, to_decimal, with_comma
from tests.portal.sandbox.invoice_files import cii, finvoice, peppol, transmission

XRECHNUNG = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
EHF = "urn:www.cenbii.eu:transaction:biitrns010:ver2.0:extended:urn:www.difi.no:ehf:faktura:ver2.0"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (finvoice(version="1.3"), "FINVOICE13"),
        (finvoice(version="2.01"), "FINVOICE20"),
        (finvoice(), "FINVOICE30"),
        (peppol(), "PEPPOLBIS30"),
        (peppol(kind="CreditNote"), "PEPPOLBIS30"),
        (peppol(customization="urn:cen.eu:en16931:2017"), "UBL21"),
        (peppol(customization="urn:cen.eu:en16931:2017#compliant#urn:fdc:nen.nl:nlcius:v1.0"), "SIUBL20"),
        (peppol(customization=XRECHNUNG), "XRECHNUNG30UBL"),
        (peppol(customization=EHF), "EHF20"),
        (peppol(customization="OIOUBL-2.1"), "OIOUBL21"),
    ],
)
def test_format_is_told_from_the_content(content: bytes, word: str) -> None:
    if word == "UBL21":
        content = content.replace(b"urn:fdc:peppol.eu:2017:poacc:billing:01:1.0", b"urn:example:process")

    assert read(content).format == word


@pytest.mark.parametrize("root", ["VismaInvoice", "InterchangeFile"])
def test_format_without_a_reader_is_recognised_and_refused(root: str) -> None:
    content = f'<{root} xmlns:rsm="urn:r" xmlns:p="urn:p"/>'.encode()

    with pytest.raises(FormatNotSimulatedError):
        read(content)


def test_finvoice_is_read() -> None:
    document = read(finvoice(transmission=transmission("003715728600", "NDEAFIHH")))

    assert (document.kind, document.number, document.issue_date) == ("INVOICE", "1001", date(2026, 3, 2))
    assert (document.due_date, document.currency) == (date(2026, 3, 16), "EUR")
    assert (document.seller.name, document.seller.vat) == ("Pohjolan Puu Öljy Oy", "FI23456780")
    assert (document.buyer.bid, document.buyer.endpoint_scheme) == ("1572860-0", "0216")
    assert (document.buyer.endpoint_id, document.buyer.operator) == ("003715728600", "NDEAFIHH")
    assert (document.totals.net, document.totals.gross) == (Decimal("200.00"), Decimal("251.00"))
    assert (document.payment.account, document.payment.reference) == ("FI2112345600000785", "1232")
    (line,) = document.lines
    assert (line.name, line.quantity, line.unit, line.net) == (
        "Lauta 22x100",
        Decimal("80.0"),
        "MTR",
        Decimal("200.00"),
    )


def test_peppol_is_read() -> None:
    document = read(peppol())

    assert (document.number, document.currency, document.order_reference) == ("P-77", "NOK", "PO-5")
    assert (document.buyer.endpoint_scheme, document.buyer.endpoint_id) == ("0192", "987654325")
    assert document.buyer.address.streets == ["Kaien 1", "2. etasje"]
    assert [(row.rate, row.base, row.amount) for row in document.vat_rows] == [
        (25, 310, Decimal("77.5")),
        (15, 100, 15),
    ]
    assert (document.totals.prepaid, document.totals.payable) == (Decimal("2.50"), 500)
    assert [line.name for line in document.lines] == ["Tørrfisk", "Brød"]
    assert document.lines[0].charges[0].amount == 30


def test_cross_industry_invoice_is_read() -> None:
    document = read(cii())

    assert (document.format, document.kind, document.number) == ("XRECHNUNG30CII", "INVOICE", "R-12")
    assert (document.issue_date, document.due_date, document.currency) == (date(2026, 3, 2), date(2026, 3, 30), "EUR")
    assert (document.seller.name, document.seller.vat) == ("Hafenbau GmbH", "DE987654328")
    assert (document.buyer.endpoint_scheme, document.buyer.endpoint_id) == ("9930", "DE123456788")
    assert document.buyer.address == Address(streets=["Kai 4"], city="Kiel", post_code="24103", country="DE")
    assert (document.totals.net, document.totals.vat, document.totals.gross) == (100, 19, 119)
    assert [(line.name, line.quantity, line.unit, line.net) for line in document.lines] == [("Pfahl", 4, "C62", 100)]
    assert (document.payment.account, document.payment.reference) == ("DE02120300000000202051", "R12")


def test_cross_industry_credit_note_and_other_guidelines_are_told_apart() -> None:
    content = cii().replace(b"xrechnung_3.0", b"other").replace(b">380<", b">381<")

    assert (read(content).format, read(content).kind) == ("CII", "CREDIT_NOTE")


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-15", "ISO-8859-1", "UTF-16"])
def test_declared_encoding_is_followed(encoding: str) -> None:
    document = read(finvoice(encoding=encoding))

    assert document.seller.name == "Pohjolan Puu Öljy Oy"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_with_a_last_newline_is_read(codec: str) -> None:
    text = finvoice().decode().replace('encoding="UTF-8"', 'encoding="UTF-16"') + "\n"

    assert read(("\ufeff" + text).encode(codec)).number == "1001"


def test_euro_sign_of_latin_9_is_read() -> None:
    content = finvoice(encoding="ISO-8859-15").replace(b"Lauta 22x100", b"Lauta \xa4 22x100")

    assert read(content).lines[0].name == "Lauta € 22x100"


def test_byte_order_mark_is_read_over() -> None:
    assert read(b"\xef\xbb\xbf" + finvoice()).number == "1001"


def test_soap_frame_of_banks_is_taken_off() -> None:
    frame = b'<SOAP-ENV:Envelope xmlns:SOAP-ENV="urn:s"><SOAP-ENV:Body/></SOAP-ENV:Envelope>\n'

    assert read(frame + finvoice(encoding="ISO-8859-15")).seller.name == "Pohjolan Puu Öljy Oy"


def test_business_document_header_is_taken_off() -> None:
    inner = peppol().partition(b"?>")[2]
    wrapped = b"<StandardBusinessDocument><StandardBusinessDocumentHeader/>" + inner + b"</StandardBusinessDocument>"

    assert read(wrapped).number == "P-77"


def test_rows_of_text_only_and_sub_rows_are_understood() -> None:
    rows = b"""<InvoiceRow><RowFreeText>Kiitos</RowFreeText></InvoiceRow><InvoiceRow><SubInvoiceRow>
    <SubArticleName>Naula</SubArticleName><SubInvoicedQuantity QuantityUnitCode="kpl">2</SubInvoicedQuantity>
    <SubRowVatRatePercent>25,5</SubRowVatRatePercent>
    <SubRowVatExcludedAmount AmountCurrencyIdentifier="EUR">3,00</SubRowVatExcludedAmount></SubInvoiceRow></InvoiceRow>
    <EpiDetails>"""
    document = read(finvoice().replace(b"<EpiDetails>", rows))

    assert [(line.name, line.note, line.net) for line in document.lines[1:]] == [
        ("", "Kiitos", None),
        ("Naula", "", Decimal("3.00")),
    ]


def test_quantity_in_words_does_not_spoil_a_finvoice() -> None:
    (line,) = read(finvoice().replace(b">80,0<", b">noin 80 m<")).lines

    assert (line.quantity, line.net) == (None, Decimal("200.00"))


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (peppol().replace(b">380<", b">381<"), "CREDIT_NOTE", "381"),
        (peppol().replace(b">380<", b">384<"), "INVOICE", "384"),
        (peppol(kind="CreditNote").replace(b">381<", b">380<"), "CREDIT_NOTE", "381"),
        (finvoice().replace(b"INV01", b"INV02"), "CREDIT_NOTE", "381"),
        (finvoice(), "INVOICE", "380"),
    ],
)
def test_credit_note_is_told_by_root_or_code(content: bytes, kind: str, code: str) -> None:
    document = read(content)

    assert (document.kind, document.un_code) == (kind, code)


def test_embedded_attachment_is_taken_out() -> None:
    encoded = base64.b64encode(b"%PDF-1.7").decode()
    reference = (
        "<cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cac:Attachment>"
        "<cbc:EmbeddedDocumentBinaryObject"
        f' mimeCode="application/pdf" filename="terms.pdf">{encoded}</cbc:EmbeddedDocumentBinaryObject>'
        "</cac:Attachment></cac:AdditionalDocumentReference>"
    )

    (attachment,) = read(peppol(extra=reference)).attachments

    assert (attachment.filename, attachment.mimetype, attachment.content) == (
        "terms.pdf",
        "application/pdf",
        b"%PDF-1.7",
    )


BOMB = b'<!DOCTYPE f [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]><Finvoice>&c;</Finvoice>'
OUTSIDE = b'<?xml version="1.0"?><!-- a --><!DOCTYPE f SYSTEM "http://127.0.0.1:9/x.dtd"><Finvoice/>'
HOSTILE = {
    "entities": (BOMB, "DOCTYPE"),
    "external DTD": (OUTSIDE, "DOCTYPE"),
    "DOCTYPE in UTF-16": ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE f><f/>'.encode("utf-16"), "DOCTYPE"),
    "DOCTYPE in small letters": (b"<!doctype html><html></html>", "DOCTYPE"),
    "truncated": (finvoice()[:-200], "NOT A WELL-FORMED XML FILE"),
    "empty": (b"", "NOT A WELL-FORMED XML FILE"),
    "not XML": (b"%PDF-1.7 \x00\xff", "NOT A WELL-FORMED XML FILE"),
    "wrong bytes for UTF-8": (finvoice().replace("Öljy".encode(), b"\xd6ljy"), "NOT A WELL-FORMED XML FILE"),
    "odd encoding": (b'<?xml version="1.0" encoding="UTF-7"?><Finvoice/>', "ENCODING NOT SUPPORTED"),
    "not an invoice": (b"<note/>", "NOT AN INVOICE"),
    "an order": (b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>', "NOT AN INVOICE"),
    "too big": (b"<Finvoice>" + b" " * MAX_XML_BYTES + b"</Finvoice>", "FILE TOO LARGE"),
    "amount": (finvoice().replace(b">200,00<", b">2e3<"), "AMOUNT INVALID: 2e3"),
    "date": (finvoice().replace(b"20260302", b"20260231"), "DATE FORMAT INVALID: 20260231"),
    "deep nesting": (b"<a>" * 100_000, "NOT A WELL-FORMED XML FILE"),
}


@pytest.mark.parametrize(("content", "reason"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_or_broken_file_is_refused_with_a_reason(content: bytes, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        read(content)


def test_doctype_inside_a_comment_harms_nobody() -> None:
    assert read(finvoice().replace(b"<Finvoice", b"<!-- <!DOCTYPE x> --><Finvoice", 1)).number == "1001"


def test_file_of_the_machine_is_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret}" parse="text"/>'
    content = finvoice().replace(b"<InvoiceNumber>1001", f"<InvoiceNumber>{include}".encode())

    assert "the secret" not in str(read(content))


@pytest.mark.parametrize(
    ("cut", "detail"),
    [
        (b"<InvoiceNumber>1001</InvoiceNumber>", "ERROR: INVOICE NUMBER NOT FOUND"),
        (b'<InvoiceDate Format="CCYYMMDD">20260302</InvoiceDate>', "ERROR: INVOICE DATE NOT FOUND"),
        (b"<BuyerOrganisationName>Rannan Rauta Oy</BuyerOrganisationName>", "ERROR: NO CUSTOMER INFORMATION FOUND"),
    ],
)
def test_missing_minimum_content_is_named(cut: bytes, detail: str) -> None:
    document = read(finvoice().replace(cut, b""))

    with pytest.raises(DocumentError) as caught:
        check(document)

    assert caught.value.details == [detail]


def test_all_missing_content_is_named_at_once() -> None:
    with pytest.raises(DocumentError) as caught:
        check(read(b'<Finvoice Version="3.0"/>'))

    assert "ERROR: INVOICE DATE NOT FOUND" in caught.value.details
    assert "ERROR: NO ITEMS FOUND" in caught.value.details
    assert len(caught.value.details) > 5


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1 234,50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("-0,05", "-0.05"),
        ("12.5", "12.5"),
        ("\u00a07", "7"),
        (".5", ".5"),
    ],
)
def test_amount_is_read_in_both_spellings(text: str, number: str) -> None:
    assert to_decimal(text) == Decimal(number)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e9", "1,2,3", "12 EUR", "٣", "1" * 40])
def test_text_that_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(DocumentError):
        to_decimal(text)


@pytest.mark.parametrize(
    ("text", "day"), [("20260131", date(2026, 1, 31)), ("2026-01-31+02:00", date(2026, 1, 31)), ("", None)]
)
def test_date_is_read_in_both_spellings(text: str, day: date | None) -> None:
    assert to_date(text) == day


@pytest.mark.parametrize(
    ("number", "text"), [("5", "5,00"), ("-1.5", "-1,50"), ("0.123456", "0,12346"), ("1E+2", "100,00")]
)
def test_amount_is_written_with_a_comma(number: str, text: str) -> None:
    assert with_comma(Decimal(number)) == text


@pytest.mark.parametrize("content", [finvoice(), peppol(), peppol(kind="CreditNote")])
def test_image_is_a_pdf(content: bytes) -> None:
    assert draw(read(content)).startswith(b"%PDF-")


def test_image_is_drawn_for_letters_and_lengths_that_do_not_fit() -> None:
    document = deepcopy(read(finvoice()))
    document.seller.name = "Łódź 東京 € " + "x" * 300
    document.lines *= 700
    document.notes = ["Привет\n" * 200]

    assert draw(document).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("country", "spellings"),
    [
        ("FI", ["0112038-9", "112038-9", "01120389", "FI01120389", "FI 0112038-9"]),
        ("SE", ["559000-0005", "5590000005", "SE559000000501"]),
        ("NO", ["987654325", "987 654 325", "NO987654325MVA"]),
        ("DE", ["DE987654328", "987654328"]),
    ],
)
def test_company_has_one_identity_however_its_number_is_written(country: str, spellings: list[str]) -> None:
    assert len({identity(country, spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("scheme", "value", "found"),
    [
        ("0216", "003701120389", "FI:01120389"),
        ("", "003701120389KONE", "FI:01120389"),
        ("0192", "987654325", "NO:987654325"),
        ("0088", "6419999000004", ""),
        ("0216", "12345", ""),
        ("0212", "0112038-9", "FI:01120389"),
    ],
)
def test_national_address_tells_its_company(scheme: str, value: str, found: str) -> None:
    assert endpoint_identity(scheme, value) == found


def test_address_follows_from_country_and_number() -> None:
    assert derived_endpoint("FI", "0112038-9", "") == ("0216", "003701120389")
    assert derived_endpoint("DE", "", "DE987654328") == ("9930", "DE987654328")
    assert derived_endpoint("SE", "", "SE559000000501") == ("0007", "5590000005")
    assert derived_endpoint("US", "1", "") == ("", "")
