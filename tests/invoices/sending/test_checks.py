import pytest

from companies.models import Company
from invoices.files.xml import UnreadableFileError
from invoices.models import Invoice
from invoices.sending import checks, submitting
from invoices.sending.archives import GivenFile
from tests.invoices.conftest import MakeCompany
from tests.invoices.documents import BUYER, CII, SELLER, Who, finvoice, ubl, without_address

# Parties of a published Peppol example look like this: foreign, and known to nobody here.
BRITISH = Who("Trading Name Ltd", "GB", "GB983294", "9482348239847239874", "0088")
SWEDISH = Who("Köpare AB", "SE", "39937423947", "FR23342", "0002")


def codes(content: bytes, company: Company) -> list[str]:
    return [concern.code for concern in checks.concerns(checks.inspect(content, "a.xml"), company)]


@pytest.mark.parametrize("content", [finvoice(), ubl(), ubl(seller=Who("Puro Puu Oy", "FI", "FI12345671", "x"))])
def test_nothing_speaks_against_a_company_s_own_invoice(company: Company, content: bytes) -> None:
    assert codes(content, company) == []


def test_company_is_known_by_its_ovt_alone(company: Company) -> None:
    assert codes(ubl(seller=Who("Puro Puu Oy", "FI", "", "0037123456710009")), company) == []


def test_neither_party_known_is_said_with_their_names(company: Company) -> None:
    inspected = checks.inspect(ubl(seller=BRITISH, buyer=SWEDISH), "peppol.xml")

    concern = checks.concerns(inspected, company)[0]

    assert concern.code == "parties_unknown"
    assert "Trading Name Ltd bills Köpare AB" in str(concern.text)
    assert concern.remedy


def test_another_company_of_ours_as_sender_is_named(company: Company, make_company: MakeCompany) -> None:
    make_company(BUYER)

    assert codes(finvoice(seller=BUYER, buyer=BRITISH), company) == ["sender_is_another"]


def test_company_as_receiver_is_said(company: Company) -> None:
    assert codes(finvoice(seller=BUYER, buyer=SELLER), company) == ["receiver_is_company"]


def test_stranger_who_bills_a_company_of_ours_is_said(company: Company, make_company: MakeCompany) -> None:
    make_company(BUYER)

    assert codes(finvoice(seller=BRITISH, buyer=BUYER), company) == ["sender_unknown"]


def test_invoice_to_itself_is_said(company: Company) -> None:
    assert codes(finvoice(buyer=SELLER), company) == ["to_itself"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (finvoice(rows="90,00"), "lines_do_not_add_up"),
        (finvoice(gross="126,00"), "total_does_not_add_up"),
        (ubl(lines=("60.00", "60.00")), "lines_do_not_add_up"),
        (ubl(tax="24.00"), "total_does_not_add_up"),
    ],
)
def test_totals_that_do_not_add_up_are_said(company: Company, content: bytes, code: str) -> None:
    assert codes(content, company) == [code]


@pytest.mark.parametrize(
    "content",
    [finvoice(gross="125,51"), finvoice(net="-100,00", rows="-100,00", tax="-25,50", gross="-125,50"), ubl(lines=())],
)
def test_cents_signs_and_missing_sums_are_no_concern(company: Company, content: bytes) -> None:
    assert codes(content, company) == []


def test_missing_receiver_address_is_said(company: Company) -> None:
    nobody = without_address(finvoice(buyer=Who("No Address Ab", "FI", "", "")))

    assert "receiver_address_missing" in codes(nobody, company)


def test_number_that_was_sent_before_is_said(company: Company) -> None:
    Invoice.objects.create(account=company.account, company=company, uuid=company.uuid, direction="SENT", number="1001")

    assert codes(finvoice(), company) == ["number_used"]


def test_missing_date_is_said_since_autoinvoice_refuses_it(company: Company) -> None:
    assert codes(finvoice(date=""), company) == ["content_missing"]


def test_format_that_only_autoinvoice_reads_is_said(company: Company) -> None:
    assert codes(b"<VismaXML/>", company) == ["format_unread"]
    assert codes(b"<Envelope><VismaInvoice/></Envelope>", company) == ["format_unknown"]
    assert "parties_unknown" in codes(CII, company)


@pytest.mark.parametrize(
    "content",
    [b"<html><p/></html>", b"<rss/>", b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.02'/>"],
)
def test_xml_that_is_no_invoice_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableFileError, match="not an invoice"):
        checks.inspect(content, "a.xml")


def test_concerns_come_with_the_result_of_sending(company: Company) -> None:
    given = submitting.send_files(company, [GivenFile("a.xml", finvoice(rows="90,00"))], actor=None)

    assert [concern.code for concern in given[0].concerns] == ["lines_do_not_add_up"]
