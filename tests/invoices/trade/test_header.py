"""What documents tell of themselves."""

import pytest

from invoices.files.xml import UnreadableFileError
from invoices.trade import drafting, header
from tests.invoices.conftest import MakeCompany
from tests.invoices.documents import BUYER, SELLER, finvoice, ubl
from tests.invoices.trade.conftest import OUTSIDE, keep, order

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_CBC = f'xmlns:cbc="{_UBL}CommonBasicComponents-2"'


def test_an_order_goes_from_buyer_to_seller() -> None:
    read = header.read(order("O-7"))

    assert (read.type, read.number) == ("ORDER", "O-7")
    assert (read.sender.name, read.receiver.name) == (SELLER.name, BUYER.name)
    assert read.receiver.eia == f"{BUYER.scheme}:{BUYER.endpoint}"
    assert read.sender.business_id == SELLER.business_id


@pytest.mark.parametrize(
    ("customization", "kind"),
    [
        ("urn:fdc:peppol.eu:poacc:trns:invoice_response:3", "INVOICE_RESPONSE"),
        ("urn:fdc:peppol.eu:poacc:trns:mlr:3", "MESSAGE_LEVEL_RESPONSE"),
        ("urn:fdc:peppol.eu:poacc:trns:catalogue_response:3", "CATALOGUE_RESPONSE"),
        ("urn:other", ""),
    ],
)
def test_a_response_is_what_its_specification_says(customization: str, kind: str) -> None:
    content = (
        f'<ApplicationResponse xmlns="{_UBL}ApplicationResponse-2" {_CBC}>'
        f"<cbc:CustomizationID>{customization}</cbc:CustomizationID></ApplicationResponse>"
    )

    assert header.read(content.encode()).type == kind


def test_peppols_envelope_is_looked_into() -> None:
    inner = order().partition(b"?>")[2]

    assert header.read(b"<StandardBusinessDocument>" + inner + b"</StandardBusinessDocument>").type == "ORDER"


@pytest.mark.parametrize("content", [b"%PDF-1.4", b"", finvoice(), b"<Order/>", b"\x89PNG"])
def test_what_is_no_ubl_tells_nothing(content: bytes) -> None:
    assert header.read(content) == header.Header()


def test_hostile_xml_is_refused() -> None:
    with pytest.raises(UnreadableFileError):
        header.read(b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>')


def _codes(company: object, content: bytes, eia: str, operator: str = "PEPPOL", kind: str = "") -> set[str]:
    draft = keep(company, content, kind=kind)  # type: ignore[arg-type]
    given = drafting.SendDocumentParameters(recipient_eia=eia, recipient_operator=operator)
    return {concern.code for concern in drafting.concerns(draft, given)}


def test_what_speaks_against_sending_is_said(make_company: MakeCompany) -> None:
    company = make_company()
    right = f"{BUYER.scheme}:{BUYER.endpoint}"

    assert _codes(company, order(), right) == set()
    assert _codes(company, order(), OUTSIDE) == {"other_receiver"}
    assert _codes(company, order(buyer=BUYER, seller=SELLER), right) == {"other_sender", "other_receiver"}
    assert _codes(company, order("O-2"), right, kind="CATALOGUE") == {"other_type"}
    assert _codes(company, ubl(), right) == {"is_invoice"}
    assert _codes(company, b"%PDF-1.4 voucher", "003712345671", kind="VOUCHER") == {"no_scheme"}
    assert _codes(company, b"%PDF-1.4 voucher", "0216:003712345672", kind="VOUCHER") == {"bad_address"}
    assert _codes(company, b"%PDF-1.4 voucher", "003712345672", "003723327487", kind="VOUCHER") == set()


def test_the_same_file_is_the_same_draft_and_attachments_make_another(make_company: MakeCompany) -> None:
    company = make_company()
    attachment = drafting.GivenFile("a.pdf", b"%PDF")

    first, again, with_attachment = keep(company), keep(company), keep(company, attachments=(attachment,))

    assert first == again
    assert first != with_attachment


def test_the_type_given_last_holds_until_something_was_sent(make_company: MakeCompany) -> None:
    company = make_company()
    keep(company, b"%PDF", kind="VOUCHER")

    assert keep(company, b"%PDF", kind="SCAN").type == "SCAN"
