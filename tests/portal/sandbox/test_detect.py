"""Detect: checks that run when an invoice arrives, their results and reasons, and runs by hand."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from portal.sandbox.delivery import arrivals
from portal.sandbox.detect import findings, rules, texts
from portal.sandbox.documents.convert import convert, read
from portal.sandbox.documents.model import Document
from tests.portal.sandbox.invoice_bench import Bench, Reply

SCOPE = "invoice:receive analysis"


@pytest.fixture
def checked(bench: Bench, receiver: str) -> str:
    """A receiving company with every check on."""
    bench.settings(receiver, checks={"on_invoice_receive": list(texts.NAMES)})
    return receiver


def arrive(bench: Bench, company: str, **fields: Any) -> str:
    return arrivals.receive(bench.world, company, **fields)


def arrive_changed(bench: Bench, company: str, change: Any) -> str:
    """An invoice as it is made up, but for one thing."""
    first = arrive(bench, company)
    reply = bench.call(company, "GET", f"/v1/invoices/{first}", return_format="PEPPOLBIS30")
    document: Document = deepcopy(read(reply.content))
    change(document)
    return arrive(bench, company, xml=convert(document, "PEPPOLBIS30"))


def results(bench: Bench, company: str, invoice: str, **params: Any) -> Reply:
    return bench.call(company, "GET", f"/v1/invoices/{invoice}/detect_results", scope=SCOPE, **params)


def runs(bench: Bench, company: str, invoice: str) -> dict[str, dict[str, Any]]:
    found = bench.call(company, "GET", f"/v1/analysis/{invoice}", scope=SCOPE).json
    return {run["analysis_type"]: run for run in found}


def reason(bench: Bench, company: str, invoice: str, check: str) -> str:
    return str(runs(bench, company, invoice)[check]["analysis_result"]["reason_code"])


def test_detect_that_is_off_has_no_results(bench: Bench, receiver: str) -> None:
    invoice = arrive(bench, receiver)

    reply = results(bench, receiver, invoice)

    assert (reply.status, reply.json["code"]) == (404, "not_found")
    assert runs(bench, receiver, invoice) == {}


def test_an_invoice_that_came_before_the_checks_were_on_is_not_checked(bench: Bench, receiver: str) -> None:
    invoice = arrive(bench, receiver)
    bench.settings(receiver, checks={"on_invoice_receive": ["VAT"]})

    assert results(bench, receiver, invoice).json == {"status": "DISABLED", "executed_checks": [], "findings": []}


def test_the_first_invoice_of_a_sender_is_warned_of_the_second_is_not(bench: Bench, checked: str) -> None:
    first = arrive(bench, checked)
    xml = bench.call(checked, "GET", f"/v1/invoices/{first}", return_format="PEPPOLBIS30").content
    second = arrive(bench, checked, xml=xml)

    before, after = (results(bench, checked, invoice).json for invoice in (first, second))
    finnish = results(bench, checked, first, lang="FI").json["findings"]

    assert (before["status"], after["status"]) == ("WARN", "OK")
    assert before["executed_checks"] == list(texts.NAMES)
    assert [text for text in before["findings"] if "NO9386011117947" in text]
    assert finnish[0].startswith("Pankkitili on vaihtunut: Ensimmäinen lasku")


def test_another_account_than_before_is_found_with_both_accounts(bench: Bench, checked: str) -> None:
    def change(document: Document) -> None:
        document.payment.account = "NO8330001234567"

    invoice = arrive_changed(bench, checked, change)

    result = runs(bench, checked, invoice)["BANK_ACCOUNT_CHANGED"]["analysis_result"]
    assert (result["status"], result["reason_code"]) == ("WARNING", "BANK_ACCOUNT_CHANGED_CHANGED")
    assert (result["data"]["earlier_account"], result["data"]["bank_account"]) == ("NO9386011117947", "NO8330001234567")


@pytest.mark.parametrize(
    ("sender_name", "check", "expected"),
    [
        ("Fjord Bankrupt AS", "SENDER_BID_STATUS", "SENDER_BID_STATUS_BANKRUPT"),
        ("Fjord Inactive AS", "SENDER_BID_STATUS", "SENDER_BID_STATUS_INACTIVE"),
        ("Fjord AS", "SENDER_BID_STATUS", "SENDER_BID_STATUS_FOUND"),
        ("Scam AS", "SENDER_WARNING_LIST", "SENDER_WARNING_LIST_FOUND"),
        ("Fjord AS", "SENDER_WARNING_LIST", "SENDER_WARNING_LIST_NOT_FOUND"),
        ("Unregistered AS", "VAT", "VAT_COMPANY_NOT_REGISTERED"),
        ("Fjord AS", "VAT", "VAT_COMPANY_REGISTERED"),
    ],
)
def test_a_sender_is_judged_by_its_name(
    bench: Bench, checked: str, sender_name: str, check: str, expected: str
) -> None:
    invoice = arrive(bench, checked, sender_name=sender_name)

    assert reason(bench, checked, invoice, check) == expected


def test_vat_below_one_is_not_looked_at(bench: Bench, checked: str) -> None:
    invoice = arrive(bench, checked, net=Decimal("2.00"))

    run = runs(bench, checked, invoice)["VAT"]

    assert (run["analysis_status"], run["analysis_result"]["reason_code"]) == ("NOT_APPLICABLE", "VAT_NO_VAT_CHARGED")


@pytest.mark.parametrize(("bid", "expected"), [("", "NOT_FOUND_NO_BID"), ("987654321", "INVALID_BID")])
def test_a_wrong_or_missing_business_id_is_found(bench: Bench, checked: str, bid: str, expected: str) -> None:
    def change(document: Document) -> None:
        document.seller.bid, document.seller.vat = bid, ""

    invoice = arrive_changed(bench, checked, change)

    assert reason(bench, checked, invoice, "SENDER_BID_STATUS") == f"SENDER_BID_STATUS_{expected}"


def test_a_scanned_invoice_tells_that_its_sender_could_send_electronically(bench: Bench, checked: str) -> None:
    electronic, scanned = arrive(bench, checked), arrive(bench, checked, network="SCAN")

    found = [reason(bench, checked, invoice, "SUPPLIER_ACTIVATION") for invoice in (electronic, scanned)]

    assert found == [
        "SUPPLIER_ACTIVATION_INVOICE_NOT_FROM_SCAN",
        "SUPPLIER_ACTIVATION_COMPANY_CAN_SEND_ELECTRONIC",
    ]


def test_a_run_by_hand_is_pending_and_then_there_again(bench: Bench, receiver: str) -> None:
    invoice = arrive(bench, receiver)
    call = {"resource_id": invoice, "resource_type": "INVOICE", "checks_to_run": ["VAT", "SENDER_BID_STATUS"]}

    started = bench.call(receiver, "POST", "/v1/analysis", scope=SCOPE, **call)
    pending = runs(bench, receiver, invoice)["VAT"]
    bench.run(60)

    done = runs(bench, receiver, invoice)
    assert started.status == 201
    assert {run["analysis_status"] for run in started.json} == {"PENDING"}
    assert (pending["analysis_result"]["status"], pending["analysis_result"]["reason_code"]) == (None, "VAT_PENDING")
    assert {name: run["analysis_status"] for name, run in done.items()} == {
        "VAT": "RUN_SUCCESSFUL",
        "SENDER_BID_STATUS": "RUN_SUCCESSFUL",
    }
    assert done["VAT"]["analysis_id"] == pending["analysis_id"]
    assert done["VAT"]["analysis_origin"] == "MANUAL"


def test_a_run_by_hand_compares_with_what_came_before_the_invoice(bench: Bench, checked: str) -> None:
    def change(document: Document) -> None:
        document.payment.account = "NO8330001234567"

    invoice = arrive_changed(bench, checked, change)
    call = {"resource_id": invoice, "resource_type": "INVOICE", "checks_to_run": "BANK_ACCOUNT_CHANGED"}

    bench.call(checked, "POST", "/v1/analysis", scope=SCOPE, **call)
    bench.run(60)

    assert reason(bench, checked, invoice, "BANK_ACCOUNT_CHANGED") == "BANK_ACCOUNT_CHANGED_CHANGED"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"resource_id": "11111111-1111-4111-8111-111111111111"}, (404, "not_found")),
        ({"checks_to_run": "COLOUR"}, (400, "invalid_parameters")),
        ({"checks_to_run": ""}, (400, "invalid_parameters")),
        ({"resource_type": "ORDER"}, (400, "invalid_parameters")),
    ],
)
def test_a_wrong_run_by_hand_is_refused(
    bench: Bench, receiver: str, change: dict[str, str], expected: tuple[int, str]
) -> None:
    call = {"resource_id": arrive(bench, receiver), "resource_type": "INVOICE", "checks_to_run": "VAT"} | change

    reply = bench.call(receiver, "POST", "/v1/analysis", scope=SCOPE, **call)

    assert (reply.status, reply.json["code"]) == expected


def test_analysis_needs_its_own_scope(bench: Bench, receiver: str) -> None:
    invoice = arrive(bench, receiver)

    assert bench.call(receiver, "GET", f"/v1/analysis/{invoice}", scope="invoice:receive").status == 401


def test_every_reason_has_a_sentence_in_every_language() -> None:
    for check, reasons in texts.REASONS.items():
        for status, words in reasons.items():
            for word in words:
                sentences = findings.sentences(check, word, {})
                assert [item["lang"] for item in sentences] == list(texts.LANGUAGES)
                assert rules.status_of(check, word) == status
