"""Mending single values: they change, nothing else does, and what cannot be mended safely is refused."""

import re
import zipfile
from io import BytesIO

import pytest
from lxml import etree

from invoices.documents import read
from invoices.documents.places import BY_ROOT
from invoices.documents.repair import Change, NotMendableError, mend, values_of
from invoices.files import xml
from invoices.sending import packages
from tests.invoices.documents import CII, finvoice, ubl, zipped
from tests.invoices.documents.samples import NAMES, content

FILES = {"finvoice": finvoice(), "ubl": ubl(), "cii": CII}
# Field → a new value that differs from what the files have.
NEW = {
    "receiver_address": "003720774740", "operator": "NDEAFIHH", "receiver_business_id": "2077474-0",
    "receiver_vat": "FI20774740", "receiver_email": "laskut@nobody.example", "street": "Toinen katu 2",
    "post_code": "00200", "city": "Espoo", "country": "SE", "date": "2026-11-02", "due_date": "2026-12-24",
    "buyer_reference": "PO-77", "order": "4500001", "reference": "RF18539007547034", "iban": "FI1410093000123458",
}  # fmt: skip
CASES = [(name, value.name) for name, file in FILES.items() for value in values_of(file)]


def lines(given: bytes) -> list[str]:
    text: str = etree.tostring(xml.parse(given), encoding="unicode", pretty_print=True)
    return [line.strip() for line in re.sub(r"><", ">\n<", text).splitlines() if line.strip()]


@pytest.mark.parametrize(("file", "field"), CASES)
def test_value_changes_and_nothing_else(file: str, field: str) -> None:
    given = FILES[file]

    mended, changes = mend(given, {field: NEW[field]})

    now = {value.name: value.text for value in values_of(mended)}
    before = {value.name: value.text for value in values_of(given)}
    assert now == {**before, field: NEW[field]}
    assert [change.name for change in changes] == [field]
    gone = [line for line in lines(given) if line not in lines(mended)]
    assert len(gone) <= 2, gone
    assert read(xml.parse(mended)).amounts == read(xml.parse(given)).amounts


@pytest.mark.parametrize(
    ("file", "field", "found"),
    [
        ("finvoice", "receiver_address", lambda document: document.buyer.endpoint),
        ("finvoice", "operator", lambda document: document.buyer.operator),
        ("finvoice", "receiver_email", lambda document: document.buyer.email),
        ("finvoice", "reference", lambda document: document.details.payment[0].reference),
        ("ubl", "buyer_reference", lambda document: document.details.references.buyer),
        ("ubl", "receiver_email", lambda document: document.buyer.email),
        ("ubl", "order", lambda document: document.details.references.order),
        ("cii", "street", lambda document: document.buyer.address.lines[0]),
        ("cii", "receiver_business_id", lambda document: document.buyer.business_id),
        ("cii", "buyer_reference", lambda document: document.details.references.buyer),
    ],
)
def test_missing_or_wrong_value_is_found_by_the_reader_afterwards(file: str, field: str, found: object) -> None:
    mended, _changes = mend(FILES[file], {field: NEW[field]})

    assert found(read(xml.parse(mended))) == NEW[field]  # type: ignore[operator]


def test_new_element_stands_where_its_format_wants_it() -> None:
    mended, _changes = mend(ubl(), {"buyer_reference": "PO-77"})

    names = [xml.local_name(child) for child in xml.parse(mended)]
    assert names.index("BuyerReference") == names.index("DocumentCurrencyCode") + 1


def test_address_takes_its_scheme_along() -> None:
    mended, changes = mend(ubl(), {"receiver_address": "0192:987654325"})

    buyer = read(xml.parse(mended)).buyer
    assert (buyer.scheme, buyer.endpoint) == ("0192", "987654325")
    assert changes == [Change("receiver_address", "0216:003701120389", "0192:987654325")]


def test_value_in_two_places_changes_in_both() -> None:
    mended, _changes = mend(finvoice(), {"due_date": "2026-12-24"})

    assert mended.count(b"20261224") == 2
    assert b"20261115" not in mended


def test_same_value_is_no_change() -> None:
    assert mend(finvoice(), {"operator": "003721291126"})[1] == []


def test_encoding_stays() -> None:
    mended, _changes = mend(finvoice(encoding="ISO-8859-15"), {"city": "Ähtäri"})

    assert b"ISO-8859-15" in mended[:60]
    assert "Ähtäri".encode("iso-8859-15") in mended


def test_attachments_and_image_of_a_zip_stay_byte_for_byte() -> None:
    files = {"invoice.xml": finvoice(), "invoice.pdf": b"%PDF-1.4 x", "terms.pdf": b"%PDF-1.4 y"}

    mended, _changes = mend(zipped(files), {"operator": "NDEAFIHH"})

    with zipfile.ZipFile(BytesIO(mended)) as archive:
        assert archive.read("terms.pdf") == b"%PDF-1.4 y"
        assert b"NDEAFIHH" in archive.read("invoice.xml")
    assert packages.read(mended, "").image == "invoice.pdf"


def test_same_repair_twice_makes_the_same_bytes() -> None:
    given = zipped({"invoice.xml": finvoice()})

    assert mend(given, {"operator": "X"})[0] == mend(given, {"operator": "X"})[0]


def test_doubled_value_is_not_offered() -> None:
    account = b"<cac:PaymentMeans><cbc:PaymentID>1</cbc:PaymentID></cac:PaymentMeans>"
    given = ubl().replace(b"<cac:TaxTotal>", account * 2 + b"<cac:TaxTotal>", 1)

    assert "reference" not in {value.name for value in values_of(given)}
    with pytest.raises(NotMendableError):
        mend(given, {"reference": "2"})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (b'<Faktura xmlns="urn:x"><Invoice/></Faktura>', "cannot be mended here"),
        (b'<Invoice xmlns="urn:sfti:documents:BasicInvoice:1:0"/>', "cannot be mended here"),
        (
            ubl().replace(
                b"</Invoice>", b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/></Invoice>'
            ),
            "is signed",
        ),
        (
            b'<SOAP-ENV:Envelope xmlns:SOAP-ENV="urn:x"><a/></SOAP-ENV:Envelope>' + finvoice().partition(b"?>")[2],
            "envelope",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_mended_safely_is_refused(given: bytes, says: str) -> None:
    with pytest.raises(NotMendableError, match=says):
        values_of(given)


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_either_takes_a_new_value_or_says_that_it_cannot(name: str) -> None:
    given = content(name)
    if xml.local_name(xml.parse(given)) not in BY_ROOT:
        with pytest.raises(NotMendableError):
            values_of(given)
        return
    try:
        offered = values_of(given)
    except NotMendableError:
        return
    for value in offered:
        mended, changes = mend(given, {value.name: NEW[value.name]})
        assert {found.name: found.text for found in values_of(mended)}[value.name] == NEW[value.name]
        assert bool(changes) == (value.text != NEW[value.name])
