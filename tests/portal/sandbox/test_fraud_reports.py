"""Fraud reports on received invoices, and answers to Danish ones."""

from typing import Any

import pytest

from portal.sandbox.delivery import arrivals
from tests.portal.sandbox.invoice_bench import Bench, Reply
from tests.portal.sandbox.invoice_files import finvoice

REPORT = {"reason": ["UNKNOWN_COMPANY", "MISLEADING_NAME"], "contact_email": "boss@example.test"}


def report(bench: Bench, company: str, invoice: str, **changes: Any) -> Reply:
    return bench.call(company, "POST", f"/v1/invoices/{invoice}/reports", body=REPORT | changes)


def listed(bench: Bench, company: str, invoice: str) -> Reply:
    return bench.call(company, "GET", f"/v1/invoices/{invoice}/reports")


def withdraw(bench: Bench, company: str, invoice: str, report_id: str) -> Reply:
    return bench.call(company, "DELETE", f"/v1/invoices/{invoice}/reports/{report_id}")


@pytest.fixture
def received(bench: Bench, receiver: str) -> str:
    return arrivals.receive(bench.world, receiver, sender_name="Odd AS")


def test_a_report_tells_who_when_and_why(bench: Bench, receiver: str, received: str) -> None:
    made = report(bench, receiver, received, description="Never heard of them")

    [shown] = listed(bench, receiver, received).json
    assert (made.status, made.content) == (204, b"")
    assert (shown["company_name"], shown["company_bank_account"]) == ("Odd AS", "NO9386011117947")
    assert [item["name"] for item in shown["reasons"]] == REPORT["reason"]
    assert shown["additional_explanation"] == "Never heard of them"
    assert shown["reporter_contact_email"] == "boss@example.test"
    assert shown["report_date"]


def test_an_invoice_is_reported_once_until_the_report_is_withdrawn(bench: Bench, receiver: str, received: str) -> None:
    report(bench, receiver, received)
    again = report(bench, receiver, received)
    report_id = listed(bench, receiver, received).json[0]["id"]

    withdrawn = [withdraw(bench, receiver, received, report_id).status for _ in range(2)]

    assert again.status == 409
    assert withdrawn == [204, 404]
    assert listed(bench, receiver, received).status == 404
    assert report(bench, receiver, received).status == 204


@pytest.mark.parametrize(
    "change",
    [{"reason": []}, {"reason": ["NO_FUN"]}, {"contact_email": ""}, {"contact_email": "nobody"}, {"reason": None}],
)
def test_a_report_needs_known_reasons_and_an_address(
    bench: Bench, receiver: str, received: str, change: dict[str, Any]
) -> None:
    reply = report(bench, receiver, received, **change)

    assert (reply.status, reply.json["code"]) == (400, "invalid_parameters")


def test_sent_invoices_and_those_of_others_are_not_reported(bench: Bench, sender: str, received: str) -> None:
    sent = bench.post(sender, finvoice()).json["id"]

    assert (report(bench, sender, sent).status, report(bench, sender, received).status) == (403, 404)


def test_other_receivers_are_warned_of_a_reported_sender(bench: Bench, receiver: str, received: str) -> None:
    report(bench, receiver, received)
    other = bench.company("2000005-9", "Toinen Oy")
    bench.settings(other, checks={"on_invoice_receive": ["SENDER_WARNING_LIST"]})

    invoice = arrivals.receive(bench.world, other, xml=bench.call(
        receiver, "GET", f"/v1/invoices/{received}", return_format="PEPPOLBIS30").content)  # fmt: skip

    findings = bench.call(other, "GET", f"/v1/invoices/{invoice}/detect_results").json["findings"]
    assert findings == ["Sender is on a warning list: Odd AS was reported by users: 1."]


def respond(bench: Bench, company: str, invoice: str, word: str) -> Reply:
    return bench.call(company, "POST", f"/v1/invoices/{invoice}/responses/nemhandel", body={"response": word})


def test_nemhandel_responses_keep_their_order_and_end(bench: Bench) -> None:
    company = bench.company("24256790", "Havn ApS", country="DK")
    invoice = arrivals.receive(bench.world, company)
    words = ["InProcess", "MessageAcknowledgement", "Accepted", "Rejected", "FullyPaid", "FullyPaid"]

    statuses = [respond(bench, company, invoice, word).status for word in words]

    assert statuses == [200, 400, 200, 400, 200, 400]


def test_nemhandel_responses_are_for_danish_companies(bench: Bench, receiver: str, received: str) -> None:
    assert respond(bench, receiver, received, "Accepted").status == 400
