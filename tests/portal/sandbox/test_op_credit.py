"""OP Laskulaina: signed, drawn within what the invoices stand for, with interest by day."""

from typing import Any

import pytest
import requests
from lxml import etree

from tests.portal.sandbox.clients import Ax, refusal
from tests.portal.sandbox.invoice_files import finvoice

OP = "/v1/services/op_invoice_credit"
ACCOUNT = {"contact_email": "boss@example.test", "iban": "FI2112345600000785", "bic": "NDEAFIHH", "bank": "Nordea"}
DAY = 86400
NAMES = {"c": "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"}


@pytest.fixture
def company(manual_ax: Ax) -> Ax:
    manual_ax.simulator.control("POST", "/clock", {"set": "2026-03-02T09:00:00Z"})
    return Ax(manual_ax.simulator).verified("FI")


@pytest.fixture
def borrower(company: Ax) -> Ax:
    """With an active credit, open to invoices."""
    company.call("PUT", OP, json=ACCOUNT)
    company.simulator.control("POST", f"/companies/{company.company}/op_credit/sign")
    company.get(OP)
    company.post("/v1/company/profiles", {"network": "VISMA"})
    company.simulator.advance(900)
    return company


def later(company: Ax, seconds: float) -> Ax:
    company.simulator.advance(seconds)
    return company.as_company(company.company)


def credit(company: Ax) -> dict[str, Any]:
    found: dict[str, Any] = company.get(f"{OP}/available_credit")
    return found


def send_invoice(company: Ax) -> str:
    """A delivered invoice of 251 euros that is due on 16 March; its id."""
    xml = finvoice(buyer_email="buyer@example.test")
    token = company.simulator.token("invoice:send", company.company)
    made = requests.post(
        f"{company.url}/v1/invoices",
        files={"file": ("invoice.xml", xml)},
        headers={"Authorization": f"Bearer {token}"},
        timeout=20,
    ).json()
    company.simulator.advance(60)
    return str(made["id"])


def test_the_offer_is_there_before_anything_is_signed(company: Ax) -> None:
    offer = company.get(f"{OP}/offer")

    assert set(offer) == {"b2c_enabled", "payment_percent", "interest_rate", "credit_limit"}


def test_without_activation_there_is_no_credit(company: Ax) -> None:
    assert refusal(company.call("GET", OP)) == (404, "op_invoice_credit_not_enabled")
    assert refusal(company.call("GET", f"{OP}/available_credit")) == (404, "op_invoice_credit_not_enabled")


def test_the_look_after_the_signing_opens_the_credit(company: Ax) -> None:
    asked = company.call("PUT", OP, json=ACCOUNT).json()
    before = company.get(OP)
    signed = requests.post(asked["activation_url"], data={"decision": "sign"}, timeout=20)

    after = company.get(OP)

    assert (asked["status"], before["status"], after["status"]) == ("PENDING", "PENDING", "ACTIVE")
    assert "Signed" in signed.text
    assert after["op_bank_details"]["iban"].startswith("FI")
    assert "activation_url" not in after


def test_a_declined_agreement_can_be_asked_for_again(company: Ax) -> None:
    first = company.call("PUT", OP, json=ACCOUNT).json()
    requests.post(first["activation_url"], data={"decision": "decline"}, timeout=20)
    declined = company.get(OP)["status"]

    again = company.call("PUT", OP, json=ACCOUNT).json()

    assert (declined, again["status"]) == ("DISABLED", "PENDING")
    assert again["activation_url"] != first["activation_url"]


@pytest.mark.parametrize(
    "wrong", [{"iban": "FI2112345600000786"}, {"iban": "SE4550000000058398257466"}, {"bic": "X"}, {"bank": " "}]
)
def test_a_wrong_account_is_refused(company: Ax, wrong: dict[str, str]) -> None:
    assert refusal(company.call("PUT", OP, json=ACCOUNT | wrong)) == (400, "invalid_parameters")


def test_swedish_and_unverified_companies_get_none(manual_ax: Ax) -> None:
    swedish, fresh = manual_ax.verified("SE"), manual_ax.as_company(manual_ax.register("FI"))

    assert refusal(swedish.call("PUT", OP, json=ACCOUNT)) == (400, "invalid_parameters")
    assert refusal(fresh.call("PUT", OP, json=ACCOUNT)) == (401, "unauthorized")


def test_settings_stay_within_the_offer(borrower: Ax) -> None:
    wanted = {"b2c_enabled": False, "payment_percent": 50, "interest_rate": 6, "credit_limit": 1000.5}

    changed = borrower.call("POST", f"{OP}/settings", json=wanted)
    refused = [
        borrower.call("POST", f"{OP}/settings", json=wanted | wrong)
        for wrong in ({"interest_rate": 1}, {"credit_limit": 25000.01}, {"payment_percent": 101})
    ]

    assert changed.status_code == 201
    assert borrower.get(f"{OP}/settings")["current"] == wanted
    assert [refusal(answer) for answer in refused] == [(400, "invalid_parameters")] * 3


def test_delivered_invoices_that_are_not_due_yet_stand_for_the_credit(borrower: Ax) -> None:
    send_invoice(borrower)
    before = credit(borrower)

    after = credit(later(borrower, 15 * DAY))

    assert before["available_credit_amount"] == before["total_collateral_amount"] > 0
    assert after["total_collateral_amount"] == after["available_credit_amount"] == 0


def test_a_withdrawal_takes_from_what_is_available(borrower: Ax) -> None:
    send_invoice(borrower)
    before = credit(borrower)

    answer = borrower.call("POST", f"{OP}/withdrawal", json={"amount": 50.25})

    after = credit(borrower)
    assert answer.status_code == 201
    assert after["total_withdrawn"] == 50.25
    assert after["available_credit_amount"] == pytest.approx(before["available_credit_amount"] - 50.25)


@pytest.mark.parametrize("amount", [0, -5, 10.001, 99999])
def test_a_withdrawal_beyond_the_rules_is_refused(borrower: Ax, amount: float) -> None:
    send_invoice(borrower)

    assert refusal(borrower.call("POST", f"{OP}/withdrawal", json={"amount": amount})) == (400, "invalid_parameters")
    assert credit(borrower)["total_withdrawn"] == 0


def test_interest_grows_by_the_day_and_is_booked_by_the_month(borrower: Ax) -> None:
    send_invoice(borrower)
    borrower.post(f"{OP}/withdrawal", {"amount": 100})

    ten_days = credit(later(borrower, 10 * DAY))
    april = later(borrower, 20 * DAY)

    assert ten_days["current_month_interest"] == pytest.approx(100 * 0.06 / 365 * 10, abs=0.01)
    assert credit(april)["interest_balance"] == pytest.approx(100 * 0.06 / 365 * 30, abs=0.01)
    booked = april.call("GET", f"{OP}/account_statement?day=2026-04-01")
    [entry] = etree.fromstring(booked.content).findall(".//c:Ntry", NAMES)
    assert entry.findtext(".//c:AddtlTxInf", namespaces=NAMES) == "Interest 2026-03"


def test_a_direct_payment_takes_the_invoice_out_once(borrower: Ax) -> None:
    invoice = send_invoice(borrower)

    answers = [borrower.call("POST", f"{OP}/direct_payment", json={"invoice_id": invoice}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 400]
    assert credit(borrower)["total_collateral_amount"] == 0
    unknown = borrower.call("POST", f"{OP}/direct_payment", json={"invoice_id": "none"})
    assert refusal(unknown) == (404, "not_found")


def test_a_buyers_payment_pays_the_loan_back_and_shows_on_the_statement(borrower: Ax) -> None:
    invoice = send_invoice(borrower)
    gross = credit(borrower)["total_collateral_amount"]
    borrower.post(f"{OP}/withdrawal", {"amount": 100})

    borrower.simulator.control("POST", f"/companies/{borrower.company}/op_credit/payment", {"invoice_id": invoice})

    assert credit(borrower)["total_withdrawn"] == 0
    statement = etree.fromstring(borrower.call("GET", f"{OP}/account_statement?day=2026-03-02").content)
    amounts = [
        (node.findtext("c:CdtDbtInd", namespaces=NAMES), node.findtext("c:Amt", namespaces=NAMES))
        for node in statement.findall(".//c:Ntry", NAMES)
    ]
    assert amounts == [("DBIT", "100.00"), ("CRDT", f"{gross:.2f}"), ("DBIT", f"{gross - 100:.2f}")]
    balances = [node.text for node in statement.findall(".//c:Bal/c:Amt", NAMES)]
    assert balances == ["0.00", "0.00"]


def test_a_day_without_entries_has_no_statement(borrower: Ax) -> None:
    answer = borrower.call("GET", f"{OP}/account_statement?day=2026-03-01")

    assert refusal(answer) == (404, "op_invoice_credit_no_account_statement_found")
