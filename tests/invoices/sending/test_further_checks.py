"""Dates, accounts, references and ways that would not work are said before anything is sent."""

from dataclasses import replace
from decimal import Decimal

import pytest

from companies.models import Company, NetworkProfile
from invoices.sending import checks, defaults, intake, references
from invoices.sending.archives import GivenFile
from invoices.sending.previews import Preview
from invoices.services import SendingOptions
from tests.invoices.conftest import MakeCompany
from tests.invoices.documents import finvoice, ubl, without_address, zipped

PDF = b"%PDF-1.4"


def codes(content: bytes, company: Company, disabled: tuple[str, ...] = ()) -> list[str]:
    found = checks.concerns(checks.inspect(content, "a.xml"), company, disabled=disabled)
    return [concern.code for concern in found]


@pytest.mark.parametrize("date", ["20250101", "20270301", "19261101"])
def test_date_far_away_is_said(company: Company, date: str) -> None:
    assert "date_out_of_range" in codes(finvoice(date=date), company)


def paid(account: str, reference: str, kind: str = "Invoice") -> bytes:
    """A UBL invoice that is paid to this account with this reference."""
    means = (
        f"<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode><cbc:PaymentID>{reference}</cbc:PaymentID>"
        f"<cac:PayeeFinancialAccount><cbc:ID>{account}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>"
    )
    return ubl(kind=kind).replace(b"<cac:LegalMonetaryTotal>", means.encode() + b"<cac:LegalMonetaryTotal>")


@pytest.mark.parametrize(
    ("iban", "reference", "expected"),
    [
        ("FI21 1234 5600 0007 85", "1232", []),
        ("FI2112345600000785", "RF471234567890", []),
        ("FI2112345600000786", "1232", ["iban_wrong"]),
        ("FI2112345600000785", "1233", ["reference_wrong"]),
        ("FI2112345600000785", "RF481234567890", ["reference_wrong"]),
        ("FI2112345600000785", "INV 17", []),
        ("5050-1055", "", []),
    ],
)
def test_check_digits_of_account_and_reference(
    company: Company, iban: str, reference: str, expected: list[str]
) -> None:
    assert codes(paid(iban, reference), company) == expected


@pytest.mark.parametrize(
    ("reference", "country", "is_wrong"),
    [
        ("1234561", "FI", False), ("1234562", "FI", True), ("00001234561", "FI", False), ("123", "FI", True),
        ("2345676", "NO", False), ("12345678903", "NO", False), ("12345678904", "NO", True),
        ("12345", "SE", False), ("", "FI", False), ("\u0661\u0662\u0663\u0664", "FI", False),
    ],
)  # fmt: skip
def test_references_of_countries(reference: str, country: str, is_wrong: bool) -> None:
    assert references.is_wrong(reference, country) is is_wrong


def test_way_that_the_defaults_close_is_said(company: Company) -> None:
    assert codes(finvoice(), company, ("einvoice", "print", "email")) == ["no_way_left"]
    assert codes(finvoice(), company, ("einvoice",)) == []


def test_letter_while_printing_is_off_is_said(company: Company) -> None:
    company.settings = {"send_invoice_print": {"enabled": False}}

    assert codes(finvoice(), company, ("einvoice",)) == ["print_off"]
    assert codes(without_address(finvoice()), company) == []


def test_bank_as_operator_needs_the_bank_network(company: Company) -> None:
    to_a_bank = finvoice().replace(b"<ToIntermediator>003721291126", b"<ToIntermediator>NDEAFIHH")
    before = codes(to_a_bank, company)
    NetworkProfile.objects.create(
        company=company, network="BANK", account=company.account, status="active", fact_at=company.state_at
    )

    assert (before, codes(to_a_bank, company)) == (["bank_not_open"], [])


def test_defaults_of_a_company_count_in_the_checks_of_many(company: Company, make_company: MakeCompany) -> None:
    defaults.save(company, SendingOptions(disabled_routes=("einvoice", "print")), actor=None)

    (taken,) = intake.take_chunk(company.account, [GivenFile("a.xml", finvoice())])

    assert [concern.code for concern in taken.concerns] == ["no_way_left"]


def test_preview_tells_the_invoice_in_staff_words() -> None:
    content = zipped({"a.xml": paid("FI2112345600000785", "1232", "CreditNote"), "a.pdf": PDF, "terms.pdf": PDF})

    preview = Preview(checks.inspect(content, "a.zip"))

    assert str(preview.kind) == "Credit note"
    assert [(str(name), party.name) for name, party in preview.parties] == [
        ("From", "Puro Puu Oy"), ("To", "Aalto Astiat Oy"),
    ]  # fmt: skip
    assert ("With tax", "125.50") in [(str(name), str(amount)) for name, amount in preview.totals]
    assert [(name, str(place)) for name, place in preview.attachments] == [
        ("a.pdf", "image of the invoice"), ("terms.pdf", "in the ZIP"),
    ]  # fmt: skip
    assert len(preview.lines) == 2


def test_preview_names_what_is_withheld_and_collected_between_the_total_and_what_is_to_be_paid() -> None:
    inspected = checks.inspect(finvoice(), "a.xml")
    amounts = replace(inspected.document.amounts, withheld=Decimal("20.00"), for_others=Decimal("5.00"))

    preview = Preview(replace(inspected, document=replace(inspected.document, amounts=amounts)))

    names = [str(name) for name, _amount in preview.totals]
    assert names[names.index("With tax") + 1 :][:2] == ["Withheld for the state", "Collected for others"]
    assert dict(zip(names, preview.totals, strict=True))["Withheld for the state"][1] == Decimal("20.00")
