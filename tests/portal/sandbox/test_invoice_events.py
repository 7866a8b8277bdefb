"""What partners poll, under both names of each path."""

import pytest

from portal.sandbox import partner
from portal.sandbox.clock import stamp
from tests.portal.sandbox.invoice_bench import Bench, Reply
from tests.portal.sandbox.invoice_files import finvoice, transmission

RECEIVED = ("/v1/partner/invoice_events/received", "/v1/partner/invoice_delivery_actions/inbound")
ERRORS = ("/v1/partner/invoice_events/sent_errors", "/v1/partner/invoice_delivery_actions/outbound_errors")
SCOPE = "partner:invoice_delivery_actions"
UNKNOWN = finvoice(buyer_bid="", transmission=transmission("003799999999", "003721291126"))


def poll(bench: Bench, path: str, **params: object) -> Reply:
    return bench.call(partner.keys(bench.world.db)["company_uuid"], "GET", path, scope=SCOPE, **params)


def mark(bench: Bench, company_id: str, invoice_id: str, state: str) -> int:
    return bench.call(company_id, "PATCH", f"/v1/invoices/{invoice_id}/invoice_events", body={"state": state}).status


@pytest.mark.parametrize("path", RECEIVED)
def test_received_invoices_of_all_companies_are_listed_until_handled(
    bench: Bench, sender: str, receiver: str, path: str
) -> None:
    bench.send(sender)
    (received,) = bench.listed(receiver)

    before = poll(bench, path)
    status = mark(bench, receiver, received["id"], "HANDLED")

    assert before.json == [
        {"company_id": receiver, "invoice_id": received["id"], "state": "CREATED", "created_at": received["created_at"]}
    ]
    assert before.headers["X-Total"] == "1"
    assert (status, poll(bench, path).json) == (204, [])
    assert [row["state"] for row in poll(bench, path, state="HANDLED").json] == ["HANDLED"]


def test_handled_invoice_can_be_listed_again(bench: Bench, sender: str, receiver: str) -> None:
    bench.send(sender)
    (received,) = bench.listed(receiver)
    mark(bench, receiver, received["id"], "HANDLED")

    mark(bench, receiver, received["id"], "CREATED")

    assert len(poll(bench, RECEIVED[0]).json) == 1


def test_received_invoices_come_in_pages_oldest_first(bench: Bench, sender: str, receiver: str) -> None:
    for number in range(3):
        bench.send(sender, finvoice(number=str(number)))
    ids = [invoice["id"] for invoice in bench.listed(receiver)]

    pages = [[row["invoice_id"] for row in poll(bench, RECEIVED[0], page=page, per_page=2).json] for page in (1, 2)]

    assert pages == [ids[:2], ids[2:]]


def test_company_without_a_link_to_the_partner_is_left_out(bench: Bench, sender: str, receiver: str) -> None:
    bench.send(sender)
    with bench.world.write() as db:
        db.execute("delete from vendor_links where company_id = ?", (receiver,))

    assert poll(bench, RECEIVED[0]).json == []


@pytest.mark.parametrize("path", ERRORS)
def test_failed_invoices_are_listed_by_the_time_of_failure(bench: Bench, sender: str, path: str) -> None:
    start = stamp(bench.world.now())
    failed = bench.send(sender, UNKNOWN)
    moment = stamp(bench.world.now())
    bench.run(60)

    assert poll(bench, path, happened_after=start).json == [{"company_id": sender, "invoice_id": failed["id"]}]
    assert len(poll(bench, path, happened_after=moment, happened_before=moment).json) == 1
    assert poll(bench, path, happened_after=stamp(bench.world.now())).json == []
    assert poll(bench, path, happened_after="2020-01-01T00:00:00Z", happened_before=start).json == []


def test_invoice_that_failed_twice_is_listed_once(bench: Bench, sender: str) -> None:
    start = stamp(bench.world.now())
    failed = bench.send(sender, UNKNOWN)["id"]
    bench.call(sender, "PUT", f"/v1/invoices/{failed}/reroute/email", body={"recipient_email": "nobody"})
    bench.run()

    reply = poll(bench, ERRORS[0], happened_after=start)

    assert (len(reply.json), reply.headers["X-Total"]) == (1, "1")


@pytest.mark.parametrize("path", ERRORS)
def test_errors_need_a_start(bench: Bench, path: str) -> None:
    assert poll(bench, path).json["code"] == "invalid_parameters"
    assert poll(bench, path, happened_after="soon").json["code"] == "invalid_parameters"


@pytest.mark.parametrize("path", RECEIVED + ERRORS)
def test_feeds_need_the_right_of_partners(bench: Bench, sender: str, path: str) -> None:
    assert bench.call(sender, "GET", path, scope="eui", happened_after="2026-01-01T00:00:00Z").status == 401


def test_unknown_state_and_foreign_invoice_are_refused(bench: Bench, sender: str, receiver: str) -> None:
    sent = bench.send(sender)["id"]
    (received,) = bench.listed(receiver)

    assert mark(bench, receiver, received["id"], "LOST") == 400
    assert mark(bench, receiver, sent, "HANDLED") == 404
