"""What training does with checks, documents and bank messages over the control API."""

import base64
from typing import Any

import pytest
import requests

from tests.portal.sandbox.clients import Ax, Inbox
from tests.portal.sandbox.document_files import order

DOCUMENTS = "/v1/documents?direction=INCOMING"


@pytest.fixture
def company(ax: Ax) -> Ax:
    company = ax.verified("FI")
    company.on_network("VISMA")
    return company


def refused(ax: Ax, path: str, body: dict[str, Any]) -> int:
    return requests.post(f"{ax.simulator.url}/_sandbox{path}", json=body, timeout=10).status_code


def test_the_next_check_finds_what_was_ordered(company: Ax) -> None:
    company.call("PATCH", "/v1/services/detect/checks?on_invoice_receive=VAT")
    body = {"check": "VAT", "reason_code": "VAT_COMPANY_NOT_REGISTERED", "data": {"bid": "FI99999999"}}
    company.simulator.control("POST", f"/companies/{company.company}/detect", body)

    invoices = [company.simulator.receive(company.company)["id"] for _ in range(2)]

    first, second = (company.get(f"/v1/invoices/{invoice}/detect_results") for invoice in invoices)
    assert (first["status"], second["status"]) == ("WARN", "OK")
    assert "FI99999999" in first["findings"][0]


@pytest.mark.parametrize("body", [{"check": "COLOUR"}, {"check": "VAT", "reason_code": "RED"}, {"check": "VAT"}])
def test_only_known_findings_are_ordered(company: Ax, body: dict[str, str]) -> None:
    assert refused(company, f"/companies/{company.company}/detect", body) == 400


def test_a_document_arrives_made_up_or_as_given(company: Ax, inbox: Inbox) -> None:
    company.post(
        "/v1/company/notifications",
        {"destination_type": "WEBHOOK", "destination": inbox.url, "events": ["DOCUMENTS.*.RECEIVED"]},
    )
    path, given = f"/companies/{company.company}/documents", base64.b64encode(order("O-9")).decode()

    company.simulator.control("POST", path, {"sender_name": "Fjord AS"})
    company.simulator.control("POST", path, {"xml": given})
    company.simulator.control("POST", path, {"type": "DESPATCH_ADVICE", "number": "D-1"})

    found = company.get(DOCUMENTS)
    assert {(document["type"], document["number"]) for document in found} == {
        ("ORDER", "O-0001"),
        ("ORDER", "O-9"),
        ("DESPATCH_ADVICE", "D-1"),
    }
    assert {body["event"] for body in inbox.wait_for(3)} == {
        "DOCUMENTS.ORDER.RECEIVED",
        "DOCUMENTS.DESPATCH_ADVICE.RECEIVED",
    }


def test_a_sent_document_is_moved_as_networks_would(company: Ax) -> None:
    form = {
        "file": ("order.xml", order()),
        "recipient_eia": (None, "0192:987654325"),
        "recipient_operator": (None, "PEPPOL"),
    }
    document = company.call("POST", "/v1/documents", files=form).json()["id"]
    company.until(lambda: company.get(f"/v1/documents/{document}")["status"] == "DELIVERED")

    company.simulator.control("POST", f"/documents/{document}/status", {"status": "FAILED", "message": "lost"})

    failed = company.get(f"/v1/documents/{document}")
    assert (failed["status"], failed["last_event"]["message"]) == ("FAILED", "lost")
    assert refused(company, f"/documents/{document}/status", {"status": "GONE"}) == 400
    assert refused(company, "/documents/nothing/status", {"status": "FAILED"}) == 404


def test_bank_messages_arrive_and_are_rejected_on_demand(company: Ax) -> None:
    bank = Ax(company.simulator, company.company, scope="fi_bank_message:send fi_bank_message:receive")
    window = "timestamp_start=2000-01-01T00:00:00Z&timestamp_end=2100-01-01T00:00:00Z"

    arrived = company.simulator.control("POST", f"/companies/{company.company}/bank_messages", {"ends": True})["id"]

    assert [item["id"] for item in bank.get(f"/v1/fi_bank_messages/ri_messages?{window}")] == [arrived]
    assert b"DELETE" in bank.call("GET", f"/v1/fi_bank_messages/ri_messages/{arrived}").content
    assert refused(company, f"/bank_messages/{arrived}/reject", {}) == 404
