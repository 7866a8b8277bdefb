"""Formats that are read in outline: enough for routing, lists, images and conversion."""

from datetime import date
from decimal import Decimal

import pytest

from portal.sandbox.documents.convert import convert, read
from portal.sandbox.documents.errors import DocumentError
from portal.sandbox.documents.image import draw
from tests.portal.sandbox.invoice_bench import Bench
from tests.portal.sandbox.outline_files import FATTURAPA, SVEFAKTURA, TEAPPS

FILES = pytest.mark.parametrize(
    ("content", "word"), [(SVEFAKTURA, "SVEFAKTURA10"), (FATTURAPA, "FATTURAPA12"), (TEAPPS, "TEAPPS30")]
)


@FILES
def test_an_invoice_is_read_to_the_cent(content: bytes, word: str) -> None:
    document = read(content)

    totals, [line] = document.totals, document.lines
    assert (document.format, document.kind, document.number) == (word, "INVOICE", "S-9")
    assert (document.issue_date, document.due_date) == (date(2026, 3, 2), date(2026, 3, 16))
    assert (document.seller.name, document.buyer.name) == ("Seller", "Buyer")
    assert (totals.net, totals.vat, totals.gross) == (Decimal(100), Decimal(24), Decimal(124))
    assert (line.name, line.quantity, line.price, line.net, line.vat_rate) == ("Plank", 2, 50, 100, 24)


@FILES
def test_an_invoice_is_drawn_and_converted(content: bytes, word: str) -> None:
    document = read(content)

    converted = read(convert(document, "PEPPOLBIS30"))

    assert document.format == word
    assert draw(document).startswith(b"%PDF-")
    assert (converted.number, converted.totals.gross) == ("S-9", Decimal(124))


@FILES
def test_an_invoice_is_sent(bench: Bench, sender: str, receiver: str, content: bytes, word: str) -> None:
    invoice = bench.send(sender, content)

    assert (invoice["source_format"], invoice["sum"], invoice["sum_tax"]) == (word, 100, 124)
    assert invoice["status"] in ("DELIVERED", "FAILED")
    if word == "TEAPPS30":
        assert [item["number"] for item in bench.listed(receiver)] == ["S-9"]


@pytest.mark.parametrize(
    ("content", "old", "new"),
    [
        (SVEFAKTURA, b">380<", b">381<"),
        (FATTURAPA, b">TD01<", b">TD04<"),
        (TEAPPS, b"<INVOICE_TYPE>00<", b"<INVOICE_TYPE>01<"),
    ],
)
def test_a_credit_note_is_told_apart(content: bytes, old: bytes, new: bytes) -> None:
    assert read(content.replace(old, new)).kind == "CREDIT_NOTE"


def test_older_teapps_is_told_by_its_version() -> None:
    assert read(TEAPPS.replace(b">3.0<", b">2.7.2<")).format == "TEAPPS27"


def test_a_minus_beside_a_teapps_amount_counts() -> None:
    turned = TEAPPS.replace(b'SIGN="+"', b'SIGN="-"')

    assert read(turned).totals.gross == Decimal(-124)


def test_two_invoices_in_one_teapps_are_refused() -> None:
    start, end = TEAPPS.index(b"<INVOICE>"), TEAPPS.index(b"</INVOICES>")
    doubled = TEAPPS[:end] + TEAPPS[start:end] + TEAPPS[end:]

    with pytest.raises(DocumentError):
        read(doubled)


@pytest.mark.parametrize("root", ["INVOICE_CENTER", "p:FatturaElettronica", "s:Invoice"])
def test_an_empty_frame_is_refused_with_what_it_lacks(bench: Bench, sender: str, root: str) -> None:
    content = f'<{root} xmlns:p="urn:p" xmlns:s="urn:sfti:documents:BasicInvoice:1:0"/>'.encode()

    reply = bench.post(sender, content)

    assert reply.status == 400
    assert "ERROR: INVOICE NUMBER NOT FOUND" in reply.json["details"]
