"""Where sent invoices go: one test for each row of the table in `portal.sandbox.delivery`."""

from decimal import Decimal
from typing import Any

import pytest

from portal.sandbox.api import companies
from portal.sandbox.delivery import arrivals, carrying
from portal.sandbox.documents.convert import read
from tests.portal.sandbox.invoice_bench import Bench
from tests.portal.sandbox.invoice_files import finvoice, peppol, transmission, zipped

NOWHERE = transmission("003799999999", "003721291126")


def last_action(invoice: dict[str, Any]) -> tuple[str, str | None, str]:
    action = invoice["actions"][-1]
    return action["type"], action["key"], action["message"]


def test_invoice_is_pending_until_the_delivery_delay_is_over(bench: Bench, sender: str, receiver: str) -> None:
    posted = bench.post(sender, finvoice()).json
    bench.run(29)
    before = bench.invoice(sender, posted["id"])["status"]
    bench.run(1)

    assert (posted["status"], before) == ("PENDING", "PENDING")
    assert bench.invoice(sender, posted["id"])["status"] == "DELIVERED"


def test_invoice_arrives_at_a_company_here_when_its_visma_is_active(bench: Bench, sender: str, receiver: str) -> None:
    sent = bench.send(sender)

    (received,) = bench.listed(receiver)
    assert (sent["status"], sent["destination"]) == ("DELIVERED", "VISMA")
    assert (received["number"], received["origin"], received["sender"]["bid"]) == ("1001", "INTERNAL", "2345678-0")
    assert received["id"] != sent["id"]
    assert [action["key"] for action in sent["actions"]] == [
        "action_created", "action_internal_sent", "action_delivered",
    ]  # fmt: skip


def test_company_here_gets_nothing_when_it_lost_its_verification(bench: Bench, sender: str, receiver: str) -> None:
    companies.update(bench.world, receiver, company_state="UNVERIFIED")

    sent = bench.send(sender, disabled_routes=["email", "print"])

    assert last_action(sent)[2] == "Receiver does not receive e-invoices at the moment"


def test_both_sides_are_told_when_an_invoice_arrives(bench: Bench, sender: str, receiver: str) -> None:
    bench.subscribe(sender)
    bench.subscribe(receiver)

    sent = bench.send(sender)

    told = {event["event"]: event for event in bench.events()}
    (received,) = bench.listed(receiver)
    assert told["DOCUMENTS.INVOICE.DELIVERED"]["company_id"] == sender
    assert told["DOCUMENTS.INVOICE.DELIVERED"]["event_data"] == {
        "invoice_id": sent["id"],
        "invoice_number": "1001",
        "destination": "VISMA",
        "recipient_name": "Rannan Rauta Oy",
        "recipient_bid": "1572860-0",
    }
    assert told["DOCUMENTS.INVOICE.RECEIVED"]["company_id"] == receiver
    assert told["DOCUMENTS.INVOICE.RECEIVED"]["event_data"] == {
        "invoice_id": received["id"],
        "invoice_number": "1001",
        "origin": "VISMA",
        "sender_name": "Pohjolan Puu Öljy Oy",
        "sender_bid": "2345678-0",
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"buyer_bid": "FI15728600"},
        {"buyer_bid": "15728600"},
        {"buyer_bid": "", "transmission": transmission("003715728600", "003721291126")},
        {"buyer_bid": "", "transmission": transmission("003715728600", "003723327487", scheme="0216")},
        {"buyer_bid": "", "transmission": transmission("003715728600ABC", "003721291126")},
    ],
)
def test_company_here_is_found_by_every_spelling_of_its_number(
    bench: Bench, sender: str, receiver: str, fields: dict[str, str]
) -> None:
    sent = bench.send(sender, finvoice(**fields))

    assert sent["destination"] == "VISMA"
    assert len(bench.listed(receiver)) == 1


def test_company_here_is_found_by_a_peppol_address_of_its_own(bench: Bench, sender: str) -> None:
    norwegian = bench.company("923609016", "Kyst AS", country="NO", networks=("VISMA", "PEPPOL"))

    sent = bench.send(sender, peppol(endpoint="923609016"))

    assert sent["destination"] == "VISMA"
    assert len(bench.listed(norwegian)) == 1


def test_address_given_with_the_call_wins_over_the_file(bench: Bench, sender: str, receiver: str) -> None:
    other = bench.company("0112038-9", "Toinen Oy")

    bench.send(sender, finvoice(), recipient_eia="003701120389", recipient_operator="003721291126")

    assert (len(bench.listed(other)), len(bench.listed(receiver))) == (1, 0)


def test_exact_address_at_another_operator_passes_a_company_here_by(bench: Bench, sender: str, receiver: str) -> None:
    sent = bench.send(sender, finvoice(), recipient_eia="003715728600", recipient_operator="003723327487")

    assert sent["destination"] == "OPERATOR"
    assert bench.listed(receiver) == []


FAILURES = [
    ("no address at all", finvoice(buyer_bid="", address=""), {}, "Not enough information about the recipient"),
    ("company not active", finvoice(buyer_bid="0112038-9"), {"disabled_routes": ["email", "print"]},
     "Receiver does not receive e-invoices at the moment"),
    ("Peppol address unknown", peppol(scheme="0088", endpoint="9482348239847"), {}, "Receiver address not known"),
    ("OVT unknown", finvoice(buyer_bid="", transmission=NOWHERE), {}, "Receiver address not known"),
    ("bank, network closed", finvoice(transmission=transmission("FI2112345600000785", "NDEAFIHH"), buyer_bid=""), {},
     "Bank network is not open for the sender"),
    ("operator of the call unknown", finvoice(), {"recipient_eia": "003715728600", "recipient_operator": "E999999"},
     "Operator not known"),
    ("operator does not know it", finvoice(buyer_bid="", transmission=transmission("003799999999", "003723327487")), {},
     "Receiver address not known"),
    ("e-mail malformed", finvoice(buyer_bid="", transmission=NOWHERE),
     {"recipient_email": "nobody.example", "disabled_routes": ["einvoice", "print"]},
     "Recipient e-mail address is not valid"),
    ("e-mail of no domain", finvoice(), {"recipient_email": "a@b.invalid", "disabled_routes": ["einvoice", "print"]},
     "Recipient e-mail address is not valid"),
    ("forced e-mail without address", finvoice(), {"email_settings[xml_format]": "FINVOICE30"},
     "Recipient e-mail address is not valid"),
    ("postal address incomplete", finvoice(address="<BuyerTownName>Espoo</BuyerTownName>"),
     {"disabled_routes": ["einvoice"]}, "Recipient postal address is incomplete"),
    ("everything disabled", finvoice(), {"disabled_routes": ["einvoice", "email", "print"]}, "No routing found"),
    ("consumer, other routes disabled", finvoice(),
     {"recipient_type": "consumer", "disabled_routes": ["email", "print"]},
     "The consumer does not receive e-invoices"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "fields", "message"), [case[1:] for case in FAILURES], ids=[c[0] for c in FAILURES]
)
def test_invoice_fails_with_its_reason(
    bench: Bench, sender: str, content: bytes, fields: dict[str, Any], message: str
) -> None:
    bench.company("0112038-9", "Vielä Kiinni Oy", networks=())
    bench.subscribe(sender)

    sent = bench.send(sender, content, **fields)

    kind, key, text = last_action(sent)
    (event,) = [event for event in bench.events() if event["event"] == "DOCUMENTS.INVOICE.FAILED"]
    assert (sent["status"], kind, text) == ("FAILED", "ERROR", message)
    assert key is not None
    assert event["event_data"]["error_message"] == message


DELIVERIES = [
    ("Peppol participant", peppol(), {}, "PEPPOL"),
    ("Peppol by GLN range", peppol(scheme="0088", endpoint="6419999000004"), {}, "PEPPOL"),
    ("other operator", finvoice(buyer_bid="", transmission=transmission("003701120389", "003723327487")), {},
     "OPERATOR"),
    ("e-mail where no e-address is named", finvoice(buyer_email="ostot@rauta.example"), {}, "EMAIL"),
    ("e-mail of the call after a wrong address", finvoice(transmission=NOWHERE), {"recipient_email": "a@rauta.example"},
     "EMAIL"),
    ("forced e-mail", finvoice(buyer_email="ostot@rauta.example"), {"email_settings[xml_format]": "FINVOICE30"},
     "EMAIL"),
    ("print where nothing else is known", finvoice(), {}, "PRINT"),
    ("print to a consumer", finvoice(), {"recipient_type": "consumer"}, "PRINT"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "fields", "where"), [case[1:] for case in DELIVERIES], ids=[c[0] for c in DELIVERIES]
)
def test_invoice_is_delivered_by_its_route(
    bench: Bench, sender: str, content: bytes, fields: dict[str, Any], where: str
) -> None:
    sent = bench.send(sender, content, **fields)

    assert (sent["status"], sent.get("destination")) == ("DELIVERED", where)


def test_wrong_address_is_not_printed_instead(bench: Bench, sender: str) -> None:
    sent = bench.send(sender, finvoice(buyer_bid="", transmission=NOWHERE, buyer_email="ostot@rauta.example"))

    assert sent["status"] == "FAILED"


def test_bank_delivers_when_the_network_of_the_sender_is_open(bench: Bench, sender: str) -> None:
    bench.open_network(sender, "BANK")

    sent = bench.send(sender, finvoice(buyer_bid="", transmission=transmission("FI2112345600000785", "NDEAFIHH")))

    assert sent["destination"] == "BANK"


def test_pending_bank_network_is_not_open(bench: Bench, sender: str) -> None:
    bench.open_network(sender, "BANK", status="pending")

    sent = bench.send(sender, finvoice(buyer_bid="", transmission=transmission("FI2112345600000785", "NDEAFIHH")))

    assert last_action(sent)[2] == "Bank network is not open for the sender"


def test_print_is_refused_when_the_setting_is_off(bench: Bench, sender: str) -> None:
    bench.settings(sender, send_invoice_print={"enabled": False}, send_invoice_email={"enabled": False})

    sent = bench.send(sender, finvoice(), disabled_routes=["einvoice"])

    assert last_action(sent) == ("ERROR", "action_send_fail", "Printing service is not enabled")


def test_repeated_number_fails_when_the_setting_says_so(bench: Bench, sender: str, receiver: str) -> None:
    bench.settings(sender, send_invoice_general={"stop_duplicate_numbers": True})

    first, second = bench.send(sender), bench.send(sender)

    assert (first["status"], second["status"]) == ("DELIVERED", "FAILED")
    assert last_action(second)[2] == "Invoice number has been used before"


def test_prevented_invoice_goes_nowhere(bench: Bench, sender: str, receiver: str) -> None:
    bench.subscribe(sender)

    sent = bench.send(sender, prevent_routing=True)

    assert (sent["status"], "destination" in sent, last_action(sent)[0]) == ("DELIVERED", False, "SENT")
    assert bench.listed(receiver) == []
    assert bench.events() == []


@pytest.mark.parametrize(
    ("content", "fields", "key"),
    [
        (peppol(scheme="0088", endpoint="6419998000005"), {}, "action_delivery_failed"),
        (finvoice(), {"recipient_email": "bounce@rauta.example"}, "action_sent_email_failed"),
    ],
)
def test_delivered_invoice_fails_later_for_training_addresses(
    bench: Bench, sender: str, content: bytes, fields: dict[str, Any], key: str
) -> None:
    bench.subscribe(sender)

    sent = bench.send(sender, content, **fields)
    bench.run(300)

    later = bench.invoice(sender, sent["id"])
    assert (sent["status"], later["status"], last_action(later)[1]) == ("DELIVERED", "FAILED", key)
    assert [event["event"] for event in bench.events()] == ["DOCUMENTS.INVOICE.DELIVERED", "DOCUMENTS.INVOICE.FAILED"]


def test_confirming_receiver_confirms_the_delivery(bench: Bench, sender: str) -> None:
    bench.subscribe(sender)

    sent = bench.send(sender, peppol(scheme="0088", endpoint="6419997000006"))
    bench.run(300)

    assert bench.invoice(sender, sent["id"])["status"] == "DELIVERED"
    assert bench.events()[-1]["event"] == "DOCUMENTS.INVOICE.DELIVERY_CONFIRMED"


def test_fail_later_turns_a_delivered_invoice_when_told(bench: Bench, sender: str, receiver: str) -> None:
    sent = bench.send(sender)

    carrying.fail_later(bench.world, sent["id"], "Mailbox gone", seconds=60)
    bench.run(59)
    before = bench.invoice(sender, sent["id"])["status"]
    bench.run(1)

    assert before == "DELIVERED"
    assert last_action(bench.invoice(sender, sent["id"]))[2] == "Mailbox gone"


def test_fail_later_refuses_received_and_unknown_invoices(bench: Bench, sender: str, receiver: str) -> None:
    bench.send(sender)
    (received,) = bench.listed(receiver)

    for invoice_id in (received["id"], "unknown"):
        with pytest.raises(LookupError):
            carrying.fail_later(bench.world, invoice_id)


def test_attachments_that_cannot_be_printed_are_dropped_and_told(bench: Bench, sender: str) -> None:
    content = finvoice()
    sent = bench.send(sender, zipped({"a.xml": content, "prices.xlsx": b"sheet"}))

    assert "action_send_without_attachments" in [action["key"] for action in sent["actions"]]


@pytest.mark.parametrize("network", arrivals.NETWORKS)
def test_made_up_invoice_arrives_with_real_content(bench: Bench, receiver: str, network: str) -> None:
    bench.subscribe(receiver)

    invoice_id = arrivals.receive(bench.world, receiver, network=network, net=Decimal("99.90"), with_attachment=True)

    received = bench.invoice(receiver, invoice_id)
    xml = bench.call(receiver, "GET", f"/v1/invoices/{invoice_id}", return_format="PEPPOLBIS30").content
    assert read(xml).number == received["number"]
    assert (received["sum"], received["recipient"]["bid"], received["currency"]) == (99.9, "1572860-0", "EUR")
    assert [file["mimetype"] for file in received["files"]] == ["application/pdf"]
    assert bench.events()[0]["event_data"]["origin"] == network


def test_made_up_invoices_differ_from_each_other(bench: Bench, receiver: str) -> None:
    first, second = (arrivals.receive(bench.world, receiver) for _ in range(2))

    assert bench.invoice(receiver, first)["number"] != bench.invoice(receiver, second)["number"]


def test_own_file_arrives_as_it_is(bench: Bench, receiver: str) -> None:
    content = peppol(number="X-9")

    invoice_id = arrivals.receive(bench.world, receiver, xml=content)

    reply = bench.call(receiver, "GET", f"/v1/invoices/{invoice_id}", return_format="PEPPOLBIS30")
    assert reply.content == content


def test_nothing_arrives_for_a_company_that_does_not_receive(bench: Bench) -> None:
    closed = bench.company("1572860-0", "Kiinni Oy", networks=())

    with pytest.raises(arrivals.NotReceivingError):
        arrivals.receive(bench.world, closed)
    with pytest.raises(LookupError):
        arrivals.receive(bench.world, "unknown")
