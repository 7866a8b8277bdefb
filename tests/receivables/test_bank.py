"""Bank files: reading CSV and CAMT.053, matching rows to open assignments, telling agencies of what was found."""

import io
import tracemalloc
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from companies.models import Company
from portal.operations.models import Operation
from receivables.bank import BankFileError, BankRow, matching, read
from receivables.bank.matching import Case
from receivables.bank.rows import as_amount, as_reference
from receivables.models import PaymentProposal
from tests.companies.running import run
from tests.receivables.collecting import creditor_at, handed_over, remote
from tests.receivables.collection.test_collection_pages import assignment_of
from tests.sandbox import Sandbox

SPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"
CSV = "Kirjauspäivä;Määrä;Viite;Maksaja\n4.5.2026;251,00;00001 232;Rannan Rauta Oy\n5.5.2026;-3,00;;Bank\n"


def entry(amount: str = "251.00", reference: str = "1232", payer: str = "Rannan Rauta Oy", way: str = "CRDT") -> str:
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd><BookgDt><Dt>2026-05-04</Dt></BookgDt>'
        f"<NtryDtls><TxDtls><RltdPties><Dbtr><Nm>{payer}</Nm></Dbtr></RltdPties><RmtInf><Strd><CdtrRefInf>"
        f"<Ref>{reference}</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def camt(*entries: str, space: str = SPACE, head: str = "") -> bytes:
    body = "".join(entries)
    return f'{head}<Document xmlns="{space}"><BkToCstmrStmt><Stmt>{body}</Stmt></BkToCstmrStmt></Document>'.encode()


def rows_of(content: bytes) -> list[BankRow]:
    return list(read(io.BytesIO(content)))


def case(**fields: Any) -> Case:
    known = {"pk": 1, "reference": "1232", "open_amount": Decimal("256.00"), "capital_amount": Decimal("251.00"),
             "debtor": "Rannan Rauta Oy", "currency": "EUR"}  # fmt: skip
    return Case(**(known | fields))


def row(amount: str = "251.00", reference: str = "1232", payer: str = "Rannan Rauta Oy") -> BankRow:
    return BankRow(date(2026, 5, 4), Decimal(amount), "EUR", as_reference(reference), payer)


class TestReading:
    def test_csv_is_read_by_the_names_of_its_columns(self) -> None:
        assert rows_of(CSV.encode()) == [BankRow(date(2026, 5, 4), Decimal("251.00"), "", "1232", "Rannan Rauta Oy")]
        assert rows_of(CSV.encode("cp1252"))[0].payer == "Rannan Rauta Oy"

    def test_csv_without_an_amount_says_so(self) -> None:
        with pytest.raises(BankFileError, match="no column for: amount"):
            rows_of(b"Date;Payer\n2026-05-04;B\n")

    def test_camt_gives_what_came_in(self) -> None:
        content = camt(entry(), entry(way="DBIT"), entry("10.00", "RF18 539", "B & C".replace("&", "&amp;")))

        assert [(found.amount, found.reference, found.payer) for found in rows_of(content)] == [
            (Decimal("251.00"), "1232", "Rannan Rauta Oy"),
            (Decimal("10.00"), "539", "B & C"),
        ]

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (camt(entry(), head='<!DOCTYPE d [<!ENTITY a "b">]>'), "document type"),
            (camt(entry(), head="<!-- " + "x" * 5000 + ' --><!DOCTYPE d [<!ENTITY a "b">]>'), "document type"),
            (camt(entry(), space="urn:iso:std:iso:20022:tech:xsd:camt.054.001.02"), "no account statement"),
            (camt(entry(), space=""), "no account statement"),
            (camt(entry())[:-30], "no whole XML"),
        ],
        ids=["dtd", "late-dtd", "another-message", "no-namespace", "cut-off"],
    )  # fmt: skip
    def test_what_is_no_clean_statement_is_refused(self, content: bytes, said: str) -> None:
        with pytest.raises(BankFileError, match=said):
            rows_of(content)

    def test_two_hundred_thousand_entries_are_read_one_by_one(self) -> None:
        content = camt().replace(b"<Stmt>", b"<Stmt>" + entry().encode() * 200_000)

        assert sum(1 for _row in read(io.BytesIO(content))) == 200_000

    def test_memory_does_not_grow_with_the_file(self) -> None:
        def most(entries: int) -> int:
            stream = io.BytesIO(camt().replace(b"<Stmt>", b"<Stmt>" + entry().encode() * entries))
            tracemalloc.start()
            try:
                assert sum(1 for _row in read(stream)) == entries
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

        assert most(2_000) < 2 * most(200) + 2**16

    @pytest.mark.parametrize(
        ("text", "amount"),
        [
            ("1 234,50", "1234.50"),
            ("1,234.50", "1234.50"),
            ("1.234,50", "1234.50"),
            ("+5", "5"),
            ("\u22125,00", "-5.00"),
        ],
    )
    def test_amounts_are_read_as_banks_write_them(self, text: str, amount: str) -> None:
        assert as_amount(text) == Decimal(amount)


class TestMatching:
    @pytest.mark.parametrize(
        ("paid", "way"),
        [
            (row(), "reference"),
            (row("256.00", "RF00 1232"), "reference"),
            (row("100.00"), "part"),
            (row(reference="", payer="RANNAN RAUTA"), "sum"),
            (row(reference="", payer="Somebody Else"), None),
            (row("300.00"), None),
            (row(payer="VISMA FINANC SOLUTIONS"), None),
            (row(payer="Visma Amili Oy"), None),
        ],
        ids=["whole", "whole-rf", "part", "sum-and-payer", "another-payer", "too-much", "payout", "newer-payout"],
    )
    def test_a_row_is_taken_for_a_payment(self, paid: BankRow, way: str | None) -> None:
        assert next((found.way.value for found in matching.match([case()], [paid])), None) == way

    def test_two_cases_of_one_sum_and_debtor_name_none(self) -> None:
        cases = [case(), case(pk=2, reference="77")]

        assert list(matching.match(cases, [row(reference="")])) == []

    def test_another_currency_is_no_payment(self) -> None:
        assert list(matching.match([case(currency="SEK")], [row()])) == []


@pytest.fixture
def company(make_company: Any) -> Company:
    made: Company = make_company(state="VERIFIED")
    return made


class TestPages:
    def test_a_file_leads_to_what_was_found_and_twice_is_once(self, log_in: Any, company: Company) -> None:
        assignment_of(company, capital_amount=Decimal("251.00"))
        client, url = log_in(), reverse("admin:receivables_bank", args=[company.pk])

        first, second = (
            client.post(url, {"file": SimpleUploadedFile("131052-308T.csv", CSV.encode())}, follow=True)
            for _again in "ab"
        )

        assert "131052" not in client.get(url).content.decode()  # nor is a number in the file's name kept
        assert "Rannan Rauta Oy" in first.content.decode()
        assert "0 of 1 row" in second.content.decode()
        assert PaymentProposal.objects.get().way == "reference"

    def test_a_file_that_cannot_be_read_says_why_at_the_field(self, log_in: Any, company: Company) -> None:
        url = reverse("admin:receivables_bank", args=[company.pk])
        given = SimpleUploadedFile("bank.xml", camt(entry(), head='<!DOCTYPE d [<!ENTITY a "b">]>'))

        answer = log_in().post(url, {"file": given})

        assert "document type (DTD)" in answer.content.decode()

    def test_proposals_are_confirmed_in_bulk_or_set_aside(self, log_in: Any, company: Company) -> None:
        assignment_of(company, capital_amount=Decimal("251.00"))
        client = log_in()
        client.post(
            reverse("admin:receivables_bank", args=[company.pk]), {"file": SimpleUploadedFile("b.csv", CSV.encode())}
        )
        listed, [pk] = reverse("admin:receivables_paymentproposal_changelist"), _ids()

        action = {"action": "bulk_receivables_tell_payment", "_selected_action": [pk]}
        preview = client.post(listed, action, follow=True)
        client.post(listed, {"action": "set_aside", "_selected_action": [pk]})

        assert "Tell agencies of direct payments" in preview.content.decode()
        assert PaymentProposal.objects.get().state == "rejected"
        assert not Operation.objects.exists()


@pytest.mark.slow
def test_a_payment_in_the_bank_is_told_to_the_agency_once(simulator: Sandbox, partner: Any) -> None:
    company = creditor_at(simulator, partner)
    assignment = handed_over(simulator, company)
    proposal = _proposed(assignment)

    told = run("receivables.tell_payment", proposal)
    again = PaymentProposal.objects.get()

    assert told.state == "DONE", told.error_text
    assert again.state == "told"
    events = remote(simulator, company, f"/v1/assignments/{assignment.remote_id}")["events"]
    paid = [(event["amount"], event["payment_date"]) for event in events if event["type"] == "paid"]
    assert paid == [(251.0, "2026-05-04")]


def _proposed(assignment: Any) -> PaymentProposal:
    file = assignment.company.bank_files.create(account=assignment.account, name="b.csv", kind="CSV")
    return PaymentProposal.objects.create(
        account=assignment.account, company=assignment.company, bank_file=file, assignment=assignment,
        way="reference", booked_on=date(2026, 5, 4), amount=Decimal("251.00"),
    )  # fmt: skip


def _ids() -> Iterator[int]:
    return iter(PaymentProposal.objects.values_list("pk", flat=True))
