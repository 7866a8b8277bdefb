"""What training does with invoices: let one arrive, let one fail later, add a receiver outside."""

import base64

import pytest
import requests

from tests.portal.sandbox.clients import Ax, Inbox


def receiving(ax: Ax) -> Ax:
    company = ax.verified("NO")
    company.on_network("VISMA")
    return company


def test_an_invoice_arrives_for_a_company(ax: Ax, inbox: Inbox) -> None:
    company = receiving(ax)
    company.post(
        "/v1/company/notifications",
        {"destination_type": "WEBHOOK", "destination": inbox.url, "events": ["DOCUMENTS.*.RECEIVED"]},
    )

    arrived = ax.simulator.receive(company.company, number="4711", sender_name="Nordlys AS", net="250.00")

    [invoice] = company.get("/v1/invoices?direction=RECEIVED")
    assert (invoice["id"], invoice["number"], invoice["sender"]["name"]) == (arrived["id"], "4711", "Nordlys AS")
    assert invoice["sum"] == 250
    assert inbox.wait_for(1)[0]["event_data"]["invoice_id"] == arrived["id"]


def test_a_given_file_arrives_as_it_is(ax: Ax) -> None:
    company = receiving(ax)
    made_up = ax.simulator.receive(company.company)
    xml = company.call("GET", f"/v1/invoices/{made_up['id']}?return_format=PEPPOLBIS30").content

    by_base64 = ax.simulator.receive(company.company, xml=base64.b64encode(xml).decode())
    by_form = requests.post(
        f"{ax.simulator.url}/_sandbox/companies/{company.company}/receive",
        files={"file": ("invoice.xml", xml)},
        timeout=10,
    ).json()

    numbers = {invoice["number"] for invoice in company.get("/v1/invoices?direction=RECEIVED")}
    assert len({made_up["id"], by_base64["id"], by_form["id"]}) == 3
    assert len(numbers) == 1


@pytest.mark.parametrize(
    "body", [{"network": "PIGEON"}, {"net": "much"}, {"xml": "###"}, {"xml": base64.b64encode(b"<a/>").decode()}]
)
def test_what_is_no_invoice_does_not_arrive(ax: Ax, body: dict[str, str]) -> None:
    company = receiving(ax)

    answer = requests.post(f"{ax.simulator.url}/_sandbox/companies/{company.company}/receive", json=body, timeout=10)

    assert answer.status_code == 400
    assert answer.json()["error"]
    assert company.get("/v1/invoices?direction=RECEIVED") == []


def test_nothing_arrives_for_a_company_that_does_not_receive(ax: Ax) -> None:
    company = ax.register("NO")

    answer = requests.post(f"{ax.simulator.url}/_sandbox/companies/{company}/receive", timeout=10)

    assert answer.status_code == 400
    assert "VISMA" in answer.json()["error"]


def test_a_delivered_invoice_fails_later_on_demand(ax: Ax) -> None:
    sender, receiver = receiving(ax), ax.verified("SE")
    receiver.on_network("VISMA")
    invoice = send_between(ax, sender, receiver)
    ax.until(lambda: sender.get(f"/v1/invoices/{invoice}")["status"] == "DELIVERED")

    ax.simulator.control("POST", f"/invoices/{invoice}/fail", {"message": "refused by the receiver"})

    ax.until(lambda: sender.get(f"/v1/invoices/{invoice}")["status"] == "FAILED")
    messages = [action["message"] for action in sender.get(f"/v1/invoices/{invoice}/actions")]
    assert any("refused by the receiver" in message for message in messages)


def test_a_receiver_that_was_added_outside_takes_invoices(ax: Ax) -> None:
    company = receiving(ax)
    address = {"recipient_eia": (None, "FR23342"), "recipient_operator": (None, "PEPPOL")}
    form = {"file": ("invoice.xml", example(ax, company))} | address
    unknown = company.call("POST", "/v1/invoices", files=form).json()["id"]
    ax.until(lambda: company.get(f"/v1/invoices/{unknown}")["status"] == "FAILED")

    ax.simulator.control("POST", "/receivers", {"scheme": "0002", "endpoint_id": "FR23342", "name": "Buyer SA"})

    known = company.call("POST", "/v1/invoices", files=form).json()["id"]
    ax.until(lambda: company.get(f"/v1/invoices/{known}")["status"] == "DELIVERED")


@pytest.mark.parametrize("path", ["/companies/nobody/receive", "/invoices/nothing/fail", "/companies/nobody/sign"])
def test_an_unknown_target_is_not_found(ax: Ax, path: str) -> None:
    assert requests.post(f"{ax.simulator.url}/_sandbox{path}", timeout=10).status_code == 404


def example(ax: Ax, receiver: Ax) -> bytes:
    """A Peppol invoice, addressed to the company."""
    arrived = ax.simulator.receive(receiver.company, number="9001")
    return receiver.call("GET", f"/v1/invoices/{arrived['id']}?return_format=PEPPOLBIS30").content


def send_between(ax: Ax, sender: Ax, receiver: Ax) -> str:
    """Send the example invoice with its parties replaced by two companies; its id."""
    company = receiver.get("/oauth2/current")["company"]
    form = {
        "file": ("invoice.xml", example(ax, receiver)),
        "format": (None, "PEPPOLBIS30"),
        "recipient_eia": (None, company["bid"]),
    }
    answer = sender.call("POST", "/v1/invoices", files=form)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])
