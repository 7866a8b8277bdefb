"""Locations as validators write them lead to the element that they mean, and to its line."""

import time

import pytest

from invoices.files.xml import parse
from invoices.validation.locations import Walker
from invoices.validation.places import Source
from tests.invoices.documents import finvoice, ubl

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
_CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
_CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"


def _test(name: str, space: str) -> str:
    return f"*[local-name()='{name}' and namespace-uri()='{space}']"


@pytest.mark.parametrize(
    "location",
    [
        f"/{_test('Invoice', _UBL)}[1]/{_test('InvoiceLine', _CAC)}[2]/{_test('ID', _CBC)}[1]",
        f"/Q{{{_UBL}}}Invoice[1]/Q{{{_CAC}}}InvoiceLine[2]/Q{{{_CBC}}}ID[1]",
        "/Invoice/cac:InvoiceLine[2]/cbc:ID",
        "/*:Invoice[1]/*:InvoiceLine[2]/*:ID[1]",
        "/*[1]/cac:InvoiceLine[position()=2]/cbc:ID[1]/@schemeID",
        "/ubl:Invoice[1]/cac:InvoiceLine[2]/cbc:ID[1]/text()",
    ],
)
def test_every_way_of_writing_a_step_leads_to_the_same_element(location: str) -> None:
    found = Walker(parse(ubl(lines=("60.00", "40.00")))).find(location)

    assert found is not None
    assert found.text == "2"


@pytest.mark.parametrize(
    "location",
    [
        "",
        "Invoice",
        "/Invoice/cac:InvoiceLine[9]",
        "/Invoice/cac:NoSuch",
        "/Invoice/cac:InvoiceLine[0]",
        "/Invoice[1]/cac:InvoiceLine[2",
        "/document('file:///etc/passwd')",
        "//cbc:ID[count(//*) > 0 and document('http://x/')]",
        "/" * 6000,
        "/Invoice/" + "cac:InvoiceLine/" * 300,
    ],
)
def test_what_is_no_plain_path_or_leads_nowhere_is_left_alone(location: str) -> None:
    place = Source(ubl()).place(location)

    assert (place.location, place.number, place.lines) == (location, None, ())


def test_the_root_is_a_place() -> None:
    assert Source(b"<a>\n<b/></a>").place("/").number == 1


def test_a_location_that_begins_at_the_document_is_found_inside_of_its_envelope() -> None:
    content = b"<Envelope>\n<Body>\n<Order>\n<ID>7</ID></Order></Body></Envelope>"

    assert Source(content).place("/Order/ID").number == 4


def test_the_line_is_that_on_which_the_tag_begins_with_two_around_it() -> None:
    content = b'<a>\n  <b>1</b>\n  <long\n     x="1"\n     y="2">t</long>\n  <c/>\n</a>'

    place = Source(content).place("/a/long")

    assert place.number == 3
    assert [(line.number, line.text.strip(), line.is_meant) for line in place.lines] == [
        (1, "<a>", False), (2, "<b>1</b>", False), (3, "<long", True), (4, 'x="1"', False),
        (5, 'y="2">t</long>', False),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-15", "UTF-16"])
def test_lines_are_decoded_as_the_file_says(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n<a>\n<b>Hämeenlinna €</b></a>'

    (line,) = [line for line in Source(text.encode(encoding)).place("/a/b").lines if line.is_meant]

    assert line.text == "<b>Hämeenlinna €</b></a>"


def test_blank_lines_in_front_of_the_declaration_count() -> None:
    assert Source(b"\n\n<a>\n<b/></a>").place("/a/b").number == 4


def test_a_file_without_line_breaks_is_laid_out() -> None:
    source = Source(b"<a>" + b"<b><c>1</c></b>" * 40 + b"</a>")

    place = source.place("/a/b[40]/c")

    assert source.is_laid_out
    assert place.number == 2 + 39 * 3 + 1
    assert [line.text for line in place.lines if line.is_meant] == ["    <c>1</c>"]


def test_a_line_far_down_is_found_and_ten_thousand_places_take_no_time() -> None:
    rows = 40_000
    source = Source(b"<a>" + b"\n<b>\n<c/></b>" * rows + b"\n</a>")
    began = time.process_time()

    numbers = [source.place(f"/a/b[{at}]/c").number for at in range(1, rows, 4)]

    assert numbers == [1 + at * 2 for at in range(1, rows, 4)]
    assert time.process_time() - began < 5


def test_long_lines_are_cut() -> None:
    (line,) = Source(b"<a>" + b"x" * 100_000 + b"</a>").place("/a").lines

    assert len(line.text) == 240


def test_finvoice_locations_without_namespaces_are_followed() -> None:
    place = Source(finvoice()).place("/Finvoice[1]/InvoiceDetails[1]/InvoiceNumber[1]")

    assert [line.text.strip() for line in place.lines if line.is_meant] == ["<InvoiceNumber>1001</InvoiceNumber>"]
