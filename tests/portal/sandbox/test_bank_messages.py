"""Finnish bank messages: sender infos and receiver proposals out, receiver infos and errors in."""

from typing import Any

import pytest
from lxml import etree

from tests.portal.sandbox.invoice_bench import Bench, Reply, multipart

SCOPE = "fi_bank_message:send fi_bank_message:receive"
WINDOW = {"timestamp_start": "2000-01-01T00:00:00Z", "timestamp_end": "2100-01-01T00:00:00Z"}
BASE = "/v1/fi_bank_messages"


def sender_info(account: str = "FI2112345600000785", bid: str = "2345678-0", kind: str = "SENDERINFO") -> bytes:
    return f"""<?xml version="1.0" encoding="ISO-8859-15"?>
<FinvoiceSenderInfo Version="2.0"><MessageDetails><MessageTypeCode>{kind}</MessageTypeCode></MessageDetails>
<SellerPartyDetails><SellerPartyIdentifier>{bid}</SellerPartyIdentifier>
<SellerOrganisationName>Pohjolan Puu</SellerOrganisationName></SellerPartyDetails>
<SellerAccountDetails><SellerAccountID IdentificationSchemeName="IBAN">{account}</SellerAccountID>
</SellerAccountDetails>
</FinvoiceSenderInfo>""".encode("iso-8859-15")


def send(bench: Bench, company: str, content: bytes) -> Reply:
    return bench.call(company, "POST", BASE, scope=SCOPE, form=multipart(content, "message.xml", {}))


def ask(bench: Bench, company: str, path: str, method: str = "GET", **params: Any) -> Reply:
    return bench.call(company, method, BASE + path, scope=SCOPE, **params)


@pytest.fixture
def banked(bench: Bench, sender: str) -> str:
    bench.open_network(sender, "BANK")
    return sender


def test_a_sender_info_is_taken_and_accepted_later(bench: Bench, banked: str) -> None:
    sent = send(bench, banked, sender_info())
    path = sent.headers["Location"].removeprefix(BASE)
    before = ask(bench, banked, path).json
    bench.run(3600)

    [listed] = ask(bench, banked, "/sent_messages", message_type="SENDERINFO", **WINDOW).json
    assert (sent.status, before, ask(bench, banked, path).json) == (204, {}, {"status": "OK"})
    assert listed["id"] == path.removeprefix("/")
    assert ask(bench, banked, f"/sent_messages/{listed['id']}").content == sender_info()
    assert ask(bench, banked, "/sent_messages", message_type="RECEIVERPROPOSAL", **WINDOW).json == []


def test_a_consumer_answers_an_accepted_sender_info(bench: Bench, banked: str) -> None:
    send(bench, banked, sender_info())
    bench.run(7200)

    [listed] = ask(bench, banked, "/ri_messages", **WINDOW).json
    message = etree.fromstring(ask(bench, banked, f"/ri_messages/{listed['id']}").content)
    deleted = [ask(bench, banked, f"/ri_messages/{listed['id']}", "DELETE").status for _ in range(2)]

    assert message.findtext("MessageDetails/MessageTypeCode") == "RECEIVERINFO"
    assert message.findtext("SellerPartyDetails/SellerPartyIdentifier") == "2345678-0"
    assert deleted == [204, 404]
    assert ask(bench, banked, "/ri_messages", **WINDOW).json == []


def proposal(consumer: str = "Maija M", identifier: str = "4711") -> bytes:
    said = f"""<BuyerPartyDetails><BuyerOrganisationName>{consumer}</BuyerOrganisationName></BuyerPartyDetails>
<InvoiceRecipientDetails><InvoiceRecipientIntermediatorAddress>OKOYFIHH</InvoiceRecipientIntermediatorAddress>
<SellerInvoiceIdentifier>{identifier}</SellerInvoiceIdentifier></InvoiceRecipientDetails></FinvoiceSenderInfo>"""
    return sender_info(kind="RECEIVERPROPOSAL").replace(b"</FinvoiceSenderInfo>", said.encode("iso-8859-15"))


def test_who_was_proposed_to_answers_through_the_bank_that_was_named(bench: Bench, banked: str) -> None:
    send(bench, banked, proposal())
    bench.run(7200)

    [listed] = ask(bench, banked, "/ri_messages", **WINDOW).json
    message = etree.fromstring(ask(bench, banked, f"/ri_messages/{listed['id']}").content)
    assert message.findtext("BuyerPartyDetails/BuyerOrganisationName") == "Maija M"
    recipient = "InvoiceRecipientDetails/"
    assert message.findtext(recipient + "InvoiceRecipientIntermediatorAddress") == "OKOYFIHH"
    assert message.findtext(recipient + "SellerInvoiceIdentifier") == "4711"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (proposal(consumer=""), "CONSUMER NOT FOUND"),
        (proposal(identifier=""), "INVOICE IDENTIFIER NOT FOUND"),
        (sender_info(account="FI2112345600000786"), "ACCOUNT FI2112345600000786 IS NOT VALID"),
        (sender_info(account=""), "NO ACCOUNT FOUND"),
        (sender_info(bid="1572860-0"), "SELLER 1572860-0 IS NOT THE SENDER"),
    ],
)
def test_a_wrong_message_ends_in_an_error_message(bench: Bench, banked: str, content: bytes, text: str) -> None:
    path = send(bench, banked, content).headers["Location"].removeprefix(BASE)
    bench.run(3600)

    status = ask(bench, banked, path).json
    error = etree.fromstring(ask(bench, banked, f"/error_messages/{status['error_message_id']}").content)

    assert status["status"] == "ERROR"
    assert error.findtext("ErrorText") == text
    assert [item["id"] for item in ask(bench, banked, "/error_messages", **WINDOW).json] == [status["error_message_id"]]


def test_without_the_bank_network_a_message_is_an_error(bench: Bench, sender: str) -> None:
    path = send(bench, sender, sender_info()).headers["Location"].removeprefix(BASE)
    bench.run(3600)

    assert ask(bench, sender, path).json["status"] == "ERROR"


@pytest.mark.parametrize("content", [b"", b"text", b"<a/>", sender_info(kind="RECEIVERINFO")])
def test_what_is_no_message_to_send_is_refused(bench: Bench, banked: str, content: bytes) -> None:
    reply = send(bench, banked, content)

    assert (reply.status, reply.json["code"]) == (400, "invalid_parameters")


def test_a_window_is_needed_and_kept(bench: Bench, banked: str) -> None:
    send(bench, banked, sender_info())
    past = WINDOW | {"timestamp_end": "2001-01-01T00:00:00+02:00"}

    assert ask(bench, banked, "/sent_messages", message_type="SENDERINFO", **past).json == []
    assert ask(bench, banked, "/sent_messages", message_type="SENDERINFO").status == 400


def test_messages_of_others_and_the_usual_scopes_are_kept_apart(bench: Bench, banked: str, receiver: str) -> None:
    path = send(bench, banked, sender_info()).headers["Location"].removeprefix(BASE)

    assert ask(bench, receiver, path).status == 404
    assert bench.call(banked, "GET", BASE + path, scope="eui").status == 401
