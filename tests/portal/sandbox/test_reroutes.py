"""PUT /v1/invoices/{id}/reroute/…"""

from typing import Any

import pytest

from portal.sandbox.delivery import carrying
from tests.portal.sandbox.invoice_bench import Bench, Reply
from tests.portal.sandbox.invoice_files import finvoice, transmission

POSTAL = {
    "recipient_name": "Rannan Rauta Oy",
    "recipient_address1": "Testitie 2",
    "recipient_post_code": "02100",
    "recipient_post_office": "Espoo",
    "recipient_country": "FI",
}


@pytest.fixture
def failed(bench: Bench, sender: str) -> str:
    """The id of an invoice that failed for its address."""
    content = finvoice(buyer_bid="", transmission=transmission("003799999999", "003721291126"))
    return str(bench.send(sender, content)["id"])


def reroute(bench: Bench, sender: str, invoice_id: str, route: str, body: dict[str, Any]) -> Reply:
    return bench.call(sender, "PUT", f"/v1/invoices/{invoice_id}/reroute/{route}", body=body)


ACCEPTED = [
    ("einvoice", {"recipient_eia": "0192:987654325", "recipient_operator": "PEPPOL"}, "DELIVERED", "PEPPOL"),
    ("einvoice", {"recipient_eia": "987654325", "recipient_operator": "PEPPOL"}, "DELIVERED", "PEPPOL"),
    ("einvoice", {"recipient_eia": "003715728600", "recipient_operator": "003721291126"}, "DELIVERED", "VISMA"),
    ("einvoice", {"recipient_eia": "003701120389", "recipient_operator": "003723327487"}, "DELIVERED", "OPERATOR"),
    ("einvoice", {"recipient_eia": "0192:987654325", "recipient_operator": "003721291126"}, "FAILED", "PEPPOL"),
    ("einvoice", {"recipient_eia": "003799999999", "recipient_operator": "003721291126"}, "FAILED", "PEPPOL"),
    ("email", {"recipient_email": "ostot@rauta.example"}, "DELIVERED", "EMAIL"),
    ("email", {"recipient_email": "nobody"}, "FAILED", "EMAIL"),
    ("print", POSTAL, "DELIVERED", "PRINT"),
]


@pytest.mark.parametrize(("route", "body", "status", "destination"), ACCEPTED)
def test_rerouted_invoice_is_pending_and_then_decided_anew(
    bench: Bench, sender: str, failed: str, route: str, body: dict[str, Any], status: str, destination: str
) -> None:
    bench.company("1572860-0", "Rannan Rauta Oy")

    reply = reroute(bench, sender, failed, route, body)
    before = bench.invoice(sender, failed)
    bench.run()

    after = bench.invoice(sender, failed)
    assert (reply.status, before["status"]) == (200, "PENDING")
    assert before["actions"][-1]["key"] == "action_notice"
    assert (after["status"], after["destination"]) == (status, destination)


def test_reroute_overrules_what_the_upload_disabled(bench: Bench, sender: str) -> None:
    routes = ["einvoice", "email", "print"]
    invoice_id = bench.send(sender, finvoice(), disabled_routes=routes)["id"]

    reroute(bench, sender, invoice_id, "email", {"recipient_email": "ostot@rauta.example"})
    bench.run()

    assert bench.invoice(sender, invoice_id)["destination"] == "EMAIL"


def test_reroute_to_print_fails_when_printing_is_off(bench: Bench, sender: str, failed: str) -> None:
    bench.settings(sender, send_invoice_print={"enabled": False})

    reroute(bench, sender, failed, "print", POSTAL)
    bench.run()

    assert bench.invoice(sender, failed)["actions"][-1]["message"] == "Printing service is not enabled"


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("einvoice", {"recipient_eia": "0192:987654325"}),
        ("einvoice", {"recipient_eia": " ", "recipient_operator": "PEPPOL"}),
        ("email", {}),
        ("email", {"recipient_email": ""}),
        *[("print", {name: value for name, value in POSTAL.items() if name != left_out}) for left_out in POSTAL],
        ("print", POSTAL | {"recipient_country": "XX"}),
    ],
)
def test_reroute_without_a_needed_field_is_refused(
    bench: Bench, sender: str, failed: str, route: str, body: dict[str, Any]
) -> None:
    reply = reroute(bench, sender, failed, route, body)

    assert (reply.status, reply.json["code"]) == (400, "invalid_parameters")
    assert bench.invoice(sender, failed)["status"] == "FAILED"


def test_only_a_failed_invoice_is_rerouted(bench: Bench, sender: str, failed: str) -> None:
    pending = bench.post(sender, finvoice()).json["id"]
    body = {"recipient_email": "ostot@rauta.example"}

    first, second = (reroute(bench, sender, failed, "email", body).status for _ in range(2))

    assert (first, second) == (200, 409)
    assert reroute(bench, sender, pending, "email", body).status == 409


def test_received_or_foreign_invoice_is_not_rerouted(bench: Bench, sender: str, failed: str) -> None:
    other = bench.company("1572860-0", "Rannan Rauta Oy")
    bench.send(sender)
    (received,) = bench.listed(other)
    body = {"recipient_email": "ostot@rauta.example"}

    assert reroute(bench, other, received["id"], "email", body).status == 409
    assert reroute(bench, other, failed, "email", body).status == 404


def test_failure_that_comes_late_does_not_hit_the_rerouted_invoice(bench: Bench, sender: str, receiver: str) -> None:
    invoice_id = bench.send(sender)["id"]
    for seconds in (10, 100):
        carrying.fail_later(bench.world, invoice_id, seconds=seconds)
    bench.run(10)

    reroute(bench, sender, invoice_id, "email", {"recipient_email": "ostot@rauta.example"})
    bench.run(200)

    after = bench.invoice(sender, invoice_id)
    assert after["status"] == "DELIVERED"
    assert [action["type"] for action in after["actions"]].count("ERROR") == 1
