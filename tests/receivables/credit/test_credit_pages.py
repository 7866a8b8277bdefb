"""What staff see of invoice credit, and what they cannot do."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from companies.models import Company
from portal import maventa
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from receivables.models import InvoiceCredit
from tests.companies.conftest import make_account
from tests.companies.fakes import FakeAutoInvoice
from tests.companies.staff import LogIn

OP = "/v1/services/op_invoice_credit"
FIGURES = {"available_credit_amount": 251.0, "total_withdrawn": 20.5, "currency": "EUR"}
WORDS = "The loan  costs interest"
CAMT = """<?xml version="1.0"?><Document xmlns="{}"><BkToCstmrStmt><Stmt>
<Acct><Id><IBAN>FI4950009420028730</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Ntry><Amt Ccy="EUR">1250.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><BookgDt><Dt>2026-03-02</Dt></BookgDt>
<AcctSvcrRef>OP1</AcctSvcrRef><NtryDtls><TxDtls><AddtlTxInf>Withdrawal</AddtlTxInf></TxDtls></NtryDtls></Ntry>
</Stmt></BkToCstmrStmt></Document>"""


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def address(name: str, company: Company, *more: str) -> str:
    return reverse(f"admin:{name}", args=[company.pk, *more])


def tab(client: Client, company: Company) -> str:
    return text_of(client.get(reverse("admin:companies_company_change", args=[company.pk]), {"tab": "credit"}))


@pytest.fixture
def company(make_company: Any) -> Company:
    made: Company = make_company(state="VERIFIED")
    return made


@pytest.fixture
def active(company: Company) -> InvoiceCredit:
    return InvoiceCredit.objects.create(
        account=company.account, company=company, status="ACTIVE", available=Decimal("251.00"),
        withdrawn=Decimal("20.50"), iban="FI2112345600000785", terms={"interest_rate": "6", "credit_limit": "25000.0"},
    )  # fmt: skip


@pytest.fixture
def bank(autoinvoice: FakeAutoInvoice) -> FakeAutoInvoice:
    autoinvoice.on("GET", f"{OP}/available_credit", FIGURES)
    return autoinvoice


def test_the_tab_shows_state_sums_and_terms(log_in: LogIn, active: InvoiceCredit) -> None:
    shown = tab(log_in("lead"), active.company)

    assert "251.00 €" in shown or "251,00 €" in shown
    assert "6 % a year" in shown
    assert "Withdraw…" in shown


def test_an_agreement_that_waits_shows_the_link_to_forward(log_in: LogIn, company: Company) -> None:
    InvoiceCredit.objects.create(
        account=company.account, company=company, status="PENDING", activation_url="https://op.example/sign/1"
    )

    shown = tab(log_in(), company)

    assert "https://op.example/sign/1" in shown
    assert "Ask for invoice credit" not in shown


def test_a_word_that_nobody_knows_is_shown_as_it_came(log_in: LogIn, company: Company) -> None:
    InvoiceCredit.objects.create(account=company.account, company=company, status="FROZEN")

    assert "FROZEN" in tab(log_in(), company)


def test_swedish_companies_are_told_that_there_is_none(log_in: LogIn, make_company: Any) -> None:
    assert "Finnish companies only" in tab(log_in(), make_company("5560125790", "SE"))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"iban": "FI2112345600000786"}, "no IBAN"),
        ({"iban": "SE4550000000058398257466"}, "must be a Finnish one"),
        ({"bic": "X"}, "8 or 11"),
        ({"contact_email": "boss"}, "valid email"),
    ],
)
def test_wrong_accounts_are_named_at_their_field(
    log_in: LogIn, company: Company, typed: dict[str, str], words: str
) -> None:
    given = {"contact_email": "a@b.example", "iban": "FI21 1234 5600 0007 85", "bic": "NDEAFIHH", "bank": "Nordea"}

    answer = log_in().post(address("company_credit_act", company, "receivables.activate_credit"), given | typed)

    assert words in text_of(answer)
    assert not Operation.objects.exists()


def test_asking_for_credit_is_queued_with_a_plain_iban(log_in: LogIn, company: Company) -> None:
    given = {"contact_email": "a@b.example", "iban": "FI21 1234 5600 0007 85", "bic": "ndeafihh", "bank": "Nordea"}

    log_in().post(address("company_credit_act", company, "receivables.activate_credit"), given)

    parameters = Operation.objects.get().parameters
    assert (parameters["iban"], parameters["bic"]) == ("FI2112345600000785", "NDEAFIHH")


def test_withdrawing_asks_what_is_available_now(log_in: LogIn, active: InvoiceCredit, bank: FakeAutoInvoice) -> None:
    shown = text_of(log_in("lead").get(address("company_credit_withdraw", active.company)))

    assert "To confirm, type: the loan costs interest" in shown
    assert 'name="drawn_before" value="20.5"' in shown


def test_four_words_and_an_amount_queue_one_withdrawal(
    log_in: LogIn, active: InvoiceCredit, bank: FakeAutoInvoice
) -> None:
    client, url = log_in("lead"), address("company_credit_withdraw", active.company)
    given = {"amount": "100", "consequence": WORDS, "drawn_before": "20.5"}

    first, second = client.post(url, given), client.post(url, given)

    operation = Operation.objects.get(kind="receivables.withdraw_credit")
    assert operation.parameters == {"amount": "100.00", "drawn_before": "20.5"}
    assert (first.status_code, second.status_code) == (302, 200)
    assert "under way" in text_of(second)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"amount": "251.01"}, "At most 251.00 euros"),
        ({"amount": "0"}, "above zero"),
        ({"amount": "1.001"}, "2 decimal places"),
        ({"consequence": "yes"}, "Type these four words"),
        ({"drawn_before": "0"}, "has changed since this page was opened"),
    ],
)
def test_a_withdrawal_with_a_mistake_is_not_queued(
    log_in: LogIn, active: InvoiceCredit, bank: FakeAutoInvoice, typed: dict[str, str], words: str
) -> None:
    given = {"amount": "100", "consequence": WORDS, "drawn_before": "20.5"} | typed

    answer = log_in("lead").post(address("company_credit_withdraw", active.company), given)

    assert words in text_of(answer)
    assert not Operation.objects.exists()


def test_only_leads_withdraw(log_in: LogIn, active: InvoiceCredit) -> None:
    client = log_in("agent")

    assert client.get(address("company_credit_withdraw", active.company)).status_code == 403
    assert "Withdraw…" not in tab(client, active.company)


def test_a_statement_is_a_table_and_a_file(log_in: LogIn, active: InvoiceCredit, autoinvoice: FakeAutoInvoice) -> None:
    autoinvoice.on("GET", f"{OP}/account_statement", CAMT.format("urn:of:another:version").encode())
    client, url = log_in(), address("company_credit_statement", active.company)

    table = text_of(client.get(url, {"day": "2026-03-02"}))
    file = client.get(url, {"day": "2026-03-02", "format": "xml"})

    assert "Withdrawal" in table
    assert "-1,250.50" in table.replace("−", "-").replace("\xa0", ",") or "1250" in table
    assert file["Content-Type"] == "application/xml"
    assert file.content.startswith(b"<?xml")


def test_a_day_without_entries_is_no_error(log_in: LogIn, active: InvoiceCredit, autoinvoice: FakeAutoInvoice) -> None:
    none = maventa.RejectedError(404, "op_invoice_credit_no_account_statement_found")
    autoinvoice.on("GET", f"{OP}/account_statement", none)

    shown = text_of(log_in().get(address("company_credit_statement", active.company), {"day": "2026-03-01"}))

    assert "Nothing moved on the account that day" in shown


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('<!DOCTYPE x [<!ENTITY a "b">]><Document/>', "DOCTYPE"),
        ("<Document/>", "holds no account statement"),
        (CAMT.format("u").replace("1250.50", "much"), "is no number"),
        (CAMT.format("u").replace("1250.50", "NaN"), "is no number"),
        ("%PDF-1.4", "XML"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    log_in: LogIn, active: InvoiceCredit, autoinvoice: FakeAutoInvoice, content: str, words: str
) -> None:
    autoinvoice.on("GET", f"{OP}/account_statement", content.encode())

    shown = text_of(log_in().get(address("company_credit_statement", active.company), {"day": "2026-03-02"}))

    assert words in shown
    assert 'role="alert"' in shown


@pytest.mark.parametrize("day", ["soon", "2026-13-01", "9999-01-01", "0001-01-01"])
def test_a_day_that_is_none_is_said(log_in: LogIn, active: InvoiceCredit, day: str) -> None:
    shown = text_of(log_in().get(address("company_credit_statement", active.company), {"day": day}))

    assert 'role="alert"' in shown


def test_companies_of_other_accounts_are_not_there(log_in: LogIn, active: InvoiceCredit) -> None:
    client = log_in("lead", accounts=(make_account("Other"),))

    names = ("company_credit_withdraw", "company_credit_statement", "company_credit_live")
    assert [client.get(address(name, active.company)).status_code for name in names] == [404] * 3
    assert "Example Oy" not in text_of(client.get(reverse("admin:receivables_invoicecredit_changelist")))


def test_the_list_costs_the_same_for_one_and_for_many(
    log_in: LogIn, account: PartnerAccount, make_company: Any
) -> None:
    client, url = log_in(), reverse("admin:receivables_invoicecredit_changelist")
    costs = []
    for business_id in ("12345671", "01120389", "15728600"):
        InvoiceCredit.objects.create(account=account, company=make_company(business_id), status="ACTIVE")
        with CaptureQueriesContext(connection) as queries:
            assert text_of(client.get(url)).count("?tab=credit") == len(costs) + 1
        costs.append(len(queries))

    assert costs[1:] == costs[:-1]
