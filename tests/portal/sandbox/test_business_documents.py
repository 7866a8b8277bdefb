"""Documents other than invoices: sent, routed, received, confirmed, listed."""

from typing import Any

import pytest

from tests.portal.sandbox.document_files import invoice_response, order
from tests.portal.sandbox.invoice_bench import Bench, Reply, multipart

SCOPE = "document:send document:receive"
OUTSIDE = {"recipient_eia": "0192:987654325", "recipient_operator": "PEPPOL"}


def post(bench: Bench, company: str, content: bytes | None = None, **fields: Any) -> Reply:
    form = multipart(content if content is not None else order(), "order.xml", fields)
    return bench.call(company, "POST", "/v1/documents", scope=SCOPE, form=form)


def ask(bench: Bench, company: str, path: str, **params: Any) -> Reply:
    return bench.call(company, "GET", path, scope=SCOPE, **params)


def confirm(bench: Bench, company: str, document_id: str) -> Reply:
    body = {"status": "CONFIRMED_DELIVERY"}
    return bench.call(company, "PATCH", f"/v1/documents/{document_id}", scope=SCOPE, body=body)


def codes(bench: Bench, company: str, document_id: str) -> list[str]:
    return [event["code"] for event in ask(bench, company, f"/v1/documents/{document_id}/events").json]


def orders_open(bench: Bench, company: str) -> None:
    """Register the company for orders, as a network would have it."""
    bench.open_network(company, "PEPPOL")
    with bench.world.write() as db:
        db.execute(
            "update profiles set profiles = '[\"ORDER\"]' where company_id = ? and network = 'PEPPOL'", (company,)
        )


def test_a_document_is_described_from_its_content(bench: Bench, sender: str) -> None:
    reply = post(bench, sender, **OUTSIDE, external_id="erp-9", transmission_id="t-1")

    document = reply.json
    assert reply.status == 201
    assert {name: document[name] for name in ("type", "status", "number", "reference", "external_id")} == {
        "type": "ORDER",
        "status": "PROCESSING",
        "number": "O-77",
        "reference": "Site 4",
        "external_id": "erp-9",
    }
    assert document["recipient"]["operator"] == "PEPPOL"
    assert document["sender"]["eia"] == "0216:003723456780"
    assert document["process_identifier"] == "urn:fdc:peppol.eu:poacc:bis:ordering:3"
    assert [file["type"] for file in document["files"]] == ["PRIMARY_FILE"]
    assert document["last_event"]["code"] == "CREATED"


def test_a_document_for_a_participant_outside_is_reserved_and_then_delivered(bench: Bench, sender: str) -> None:
    bench.subscribe(sender)
    document_id = post(bench, sender, **OUTSIDE).json["id"]

    bench.run(30)
    reserved = ask(bench, sender, f"/v1/documents/{document_id}").json["status"]
    bench.run(30)

    delivered = ask(bench, sender, f"/v1/documents/{document_id}").json
    assert (reserved, delivered["status"], delivered["network"]) == ("RESERVED", "DELIVERED", "PEPPOL")
    assert delivered["delivered_at"]
    assert codes(bench, sender, document_id) == ["CREATED", "RESERVED", "DELIVERED"]
    [event] = bench.events()
    assert event["event"] == "DOCUMENTS.ORDER.DELIVERED"
    assert event["event_data"]["document_id"] == document_id


@pytest.mark.parametrize(("gln", "status"), [("6419998000002", "FAILED"), ("6419997000003", "CONFIRMED_DELIVERY")])
def test_receivers_outside_may_refuse_or_confirm_afterwards(bench: Bench, sender: str, gln: str, status: str) -> None:
    target = {"recipient_eia": f"0088:{gln}", "recipient_operator": "PEPPOL"}
    document_id = post(bench, sender, **target).json["id"]

    bench.run(600)

    assert ask(bench, sender, f"/v1/documents/{document_id}").json["status"] == status


def test_a_company_here_receives_its_own_copy_and_its_confirmation_reaches_the_sender(
    bench: Bench, sender: str, receiver: str
) -> None:
    orders_open(bench, receiver)
    for company in (sender, receiver):
        bench.subscribe(company)
    target = {"recipient_eia": "0216:003715728600", "recipient_operator": "PEPPOL"}
    sent = post(bench, sender, **target).json["id"]
    bench.run()
    [received] = ask(bench, receiver, "/v1/documents", direction="INCOMING").json

    first = confirm(bench, receiver, received["id"])
    again = confirm(bench, receiver, received["id"])

    assert received["id"] != sent
    assert received["status"] == "DELIVERED"
    assert received["received_at"]
    assert (first.status, again.status, again.json["code"]) == (204, 409, "document_in_invalid_state")
    assert ask(bench, sender, f"/v1/documents/{sent}").json["status"] == "CONFIRMED_DELIVERY"
    told = [(event["event"], event["company_id"]) for event in bench.events()]
    assert told == [
        ("DOCUMENTS.ORDER.RECEIVED", receiver),
        ("DOCUMENTS.ORDER.DELIVERED", sender),
        ("DOCUMENTS.ORDER.DELIVERY_CONFIRMED", sender),
    ]


def test_a_company_without_the_profile_does_not_get_the_document(bench: Bench, sender: str, receiver: str) -> None:
    target = {"recipient_eia": "0216:003715728600", "recipient_operator": "PEPPOL"}
    document_id = post(bench, sender, **target).json["id"]

    bench.run()

    assert codes(bench, sender, document_id)[-1] == "DOCUMENT_TYPE_NOT_SUPPORTED"
    assert ask(bench, receiver, "/v1/documents").json == []


@pytest.mark.parametrize(
    ("eia", "operator", "code"),
    [
        ("0192:000000000", "PEPPOL", "ADDRESS_UNKNOWN"),
        ("0192:987654325", "NOBODY", "OPERATOR_UNKNOWN"),
        ("003723456789", "BAWCFI22", "ADDRESS_UNKNOWN"),
    ],
)
def test_no_look_up_is_made_so_a_wrong_address_fails(
    bench: Bench, sender: str, eia: str, operator: str, code: str
) -> None:
    document_id = post(bench, sender, recipient_eia=eia, recipient_operator=operator).json["id"]

    bench.run()

    assert ask(bench, sender, f"/v1/documents/{document_id}").json["status"] == "FAILED"
    assert codes(bench, sender, document_id)[-1] == code


def test_a_transmission_id_is_used_once_by_a_company(bench: Bench, sender: str, receiver: str) -> None:
    first = post(bench, sender, **OUTSIDE, transmission_id="t-1")
    again = post(bench, sender, **OUTSIDE, transmission_id="t-1")
    other = post(bench, receiver, **OUTSIDE, transmission_id="t-1")

    assert (first.status, other.status) == (201, 201)
    assert (again.status, again.json["code"]) == (422, "document_duplicate_transmission_id")
    assert len(ask(bench, sender, "/v1/documents").json) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"recipient_eia": "0192:987654325"},
        OUTSIDE | {"type": "LETTER"},
    ],
)
def test_receiver_operator_and_a_known_type_are_needed(bench: Bench, sender: str, fields: dict[str, str]) -> None:
    reply = post(bench, sender, **fields)

    assert (reply.status, reply.json["code"]) == (400, "invalid_parameters")
    assert reply.json["details"]


@pytest.mark.parametrize("content", [b"", b"<Order>", b'<!DOCTYPE a [<!ENTITY b "c">]><Order>&b;</Order>'])
def test_what_is_no_document_is_refused(bench: Bench, sender: str, content: bytes) -> None:
    assert post(bench, sender, content, **OUTSIDE).status == 400


def test_a_pdf_goes_out_under_the_type_that_the_call_names(bench: Bench, sender: str) -> None:
    form = multipart(b"%PDF-1.4 voucher", "voucher.pdf", OUTSIDE | {"type": "VOUCHER"})
    document = bench.call(sender, "POST", "/v1/documents", scope=SCOPE, form=form).json

    file = ask(bench, sender, f"/v1/files/{document['files'][0]['id']}")

    assert (document["type"], document["source_format"]) == ("VOUCHER", "PDF")
    assert (file.content, file.content_type) == (b"%PDF-1.4 voucher", "application/pdf")


def test_files_are_numbered_with_a_type_each_or_taken_from_another_document(bench: Bench, sender: str) -> None:
    earlier = post(bench, sender, **OUTSIDE).json["id"]
    parts = {
        "files[0][file_type]": "ATTACHMENT",
        "references[0][reference_id]": earlier,
        "references[0][reference_id_type]": "document_id",
        "references[0][file_type]": "PRIMARY_FILE",
    } | OUTSIDE
    body, content_type = multipart(b"%PDF-1.4 drawing", "drawing.pdf", parts)
    form = (body.replace(b'name="file"', b'name="files[0][file]"'), content_type)

    document = bench.call(sender, "POST", "/v1/documents", scope=SCOPE, form=form).json

    listed = ask(bench, sender, "/v1/files", document_id=document["id"]).json
    assert [(file["type"], file["filename"]) for file in listed] == [
        ("ATTACHMENT", "drawing.pdf"),
        ("PRIMARY_FILE", "order.xml"),
    ]
    assert document["number"] == "O-77"


def test_an_invoice_response_names_the_invoice_it_answers(bench: Bench, sender: str) -> None:
    document = post(bench, sender, invoice_response(invoice="88001"), **OUTSIDE).json

    assert (document["type"], document["reference"]) == ("INVOICE_RESPONSE", "88001")


def test_documents_are_filtered_sorted_and_paged(bench: Bench, sender: str) -> None:
    for number in ("X-1", "X-2", "Y-1"):
        post(bench, sender, order(number), **OUTSIDE)
        bench.run(1)

    newest_first = ask(bench, sender, "/v1/documents", per_page=2)
    by_number = ask(bench, sender, "/v1/documents", sort="number", fields=["number"]).json
    found = ask(bench, sender, "/v1/documents", query="X-", type=["ORDER", "CATALOGUE"], status="PROCESSING").json

    assert [document["number"] for document in newest_first.json] == ["Y-1", "X-2"]
    assert (newest_first.headers["X-Total"], newest_first.headers["X-Next-Page"]) == ("3", "2")
    assert by_number == [{"number": "X-1"}, {"number": "X-2"}, {"number": "Y-1"}]
    assert {document["number"] for document in found} == {"X-1", "X-2"}
    assert ask(bench, sender, "/v1/documents", direction="RECEIVED").json == []
    assert ask(bench, sender, "/v1/documents", sort="colour").status == 400


def test_documents_of_others_are_not_there(bench: Bench, sender: str, receiver: str) -> None:
    document = post(bench, sender, **OUTSIDE).json
    file_id = document["files"][0]["id"]

    paths = [f"/v1/documents/{document['id']}", f"/v1/documents/{document['id']}/events", f"/v1/files/{file_id}"]

    assert [ask(bench, receiver, path).status for path in paths] == [404, 404, 404]
    assert ask(bench, receiver, "/v1/files", document_id=document["id"]).status == 404
    assert confirm(bench, receiver, document["id"]).status == 404


def test_an_unverified_company_sends_no_documents(bench: Bench, sender: str) -> None:
    with bench.world.write() as db:
        db.execute("update companies set company_state = 'UNVERIFIED' where id = ?", (sender,))

    reply = post(bench, sender, **OUTSIDE)

    assert (reply.status, reply.json["code"]) == (401, "unauthorized")
