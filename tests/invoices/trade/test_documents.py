from datetime import date
from decimal import Decimal

import pytest

from invoices.documents import Document, read
from invoices.documents.values import as_amount, as_date
from invoices.files import xml
from tests.invoices.documents import CII, finvoice, ubl


def read_bytes(content: bytes) -> Document:
    return read(xml.parse(content))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (finvoice(version="1.3"), "FINVOICE13"),
        (finvoice(version="2.01"), "FINVOICE20"),
        (finvoice(), "FINVOICE30"),
        (finvoice(encoding="ISO-8859-15"), "FINVOICE30"),
        (ubl(), "PEPPOLBIS30"),
        (ubl(kind="CreditNote"), "PEPPOLBIS30"),
        (ubl(customization="urn:cen.eu:en16931:2017#compliant#urn:fdc:nen.nl:nlcius:v1.0"), "SIUBL20"),
        (ubl(customization="urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"), "XRECHNUNG30UBL"),
        (ubl(customization="urn:something:new"), ""),
        (CII, "XRECHNUNG30CII"),
        (b"<INVOICE_CENTER/>", "TEAPPS30"),
        (b"<p:FatturaElettronica xmlns:p='urn:p'/>", "FATTURAPA12"),
        (b"<Order/>", ""),
    ],
)
def test_format_is_known_by_content(content: bytes, name: str) -> None:
    assert read_bytes(content).format == name


@pytest.mark.parametrize("content", [finvoice("77"), ubl("77")])
def test_document_holds_what_the_checks_need(content: bytes) -> None:
    document = read_bytes(content)

    assert document.is_read
    assert (document.number, document.date, document.due_date) == ("77", date(2026, 11, 1), date(2026, 11, 15))
    assert (document.seller.name, document.buyer.name, document.currency) == ("Puro Puu Oy", "Aalto Astiat Oy", "EUR")
    assert "1234567-1" in document.seller.ids
    assert (document.buyer.endpoint, document.buyer.country) == ("003701120389", "FI")
    amounts = document.amounts
    assert (amounts.lines, amounts.without_tax, amounts.tax) == (Decimal(100), Decimal(100), Decimal("25.50"))
    assert amounts.with_tax == Decimal("125.50")


def test_cii_is_read() -> None:
    document = read_bytes(CII)

    assert (document.number, document.date, document.currency) == ("C-7", date(2026, 11, 1), "EUR")
    assert (document.seller.ids, document.buyer.scheme) == (("DE136695976",), "9930")
    assert (document.amounts.lines, document.amounts.with_tax) == (Decimal(10), Decimal("11.90"))


def test_credit_note_is_told_apart() -> None:
    assert read_bytes(ubl(kind="CreditNote")).is_credit_note
    assert not read_bytes(ubl()).is_credit_note


@pytest.mark.parametrize("text", ["", "2026-13-01", "yesterday", "20260230"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert as_date(text) is None


@pytest.mark.parametrize(
    ("text", "amount"), [("1 234,50", "1234.50"), ("-7.1", "-7.1"), ("", None), ("NaN", None), ("1.2.3", None)]
)
def test_amounts_with_points_and_commas(text: str, amount: str | None) -> None:
    assert as_amount(text) == (None if amount is None else Decimal(amount))
