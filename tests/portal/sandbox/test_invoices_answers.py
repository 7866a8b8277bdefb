"""GET /v1/invoices/{id}: every return_format, actions, files."""

import uuid

import pytest

from portal.sandbox.documents.convert import read
from tests.portal.sandbox.invoice_bench import Bench
from tests.portal.sandbox.invoice_files import finvoice, peppol, zipped

PDF = b"%PDF-1.4 the image"


@pytest.mark.parametrize(
    ("content", "own", "other"), [(finvoice(), "FINVOICE30", "PEPPOLBIS30"), (peppol(), "PEPPOLBIS30", "FINVOICE30")]
)
def test_xml_comes_back_as_it_was_or_converted(bench: Bench, sender: str, content: bytes, own: str, other: str) -> None:
    path = f"/v1/invoices/{bench.post(sender, content).json['id']}"

    same = bench.call(sender, "GET", path, return_format=own)
    converted = bench.call(sender, "GET", path, return_format=other)

    assert (same.content, same.content_type) == (content, "application/xml")
    document = read(converted.content)
    assert (document.format, document.number) == (other, read(content).number)


def test_attachments_of_a_zip_travel_inside_a_converted_peppol(bench: Bench, sender: str) -> None:
    posted = bench.post(sender, zipped({"a.xml": finvoice(), "terms.pdf": PDF})).json

    reply = bench.call(sender, "GET", f"/v1/invoices/{posted['id']}", return_format="PEPPOLBIS30")

    assert [attachment.content for attachment in read(reply.content).attachments] == [PDF]


def test_format_without_a_converter_is_not_simulated(bench: Bench, sender: str) -> None:
    path = f"/v1/invoices/{bench.post(sender, finvoice()).json['id']}"

    reply = bench.call(sender, "GET", path, return_format="TEAPPS30")

    assert (reply.status, reply.json["message"]) == (501, "conversion from FINVOICE30 to TEAPPS30 is not simulated")


def test_unknown_return_format_is_refused(bench: Bench, sender: str) -> None:
    path = f"/v1/invoices/{bench.post(sender, finvoice()).json['id']}"

    assert bench.call(sender, "GET", path, return_format="WORD").json["code"] == "invalid_parameters"


def test_image_is_drawn_only_when_asked_for(bench: Bench, sender: str) -> None:
    path = f"/v1/invoices/{bench.post(sender, finvoice()).json['id']}"

    original = bench.call(sender, "GET", path, return_format="ORIGINAL_IMAGE")
    drawn = [bench.call(sender, "GET", path, return_format=word)
             for word in ("GENERATED_IMAGE", "ORIGINAL_OR_GENERATED_IMAGE")]  # fmt: skip

    assert (original.status, original.json["code"]) == (404, "not_found")
    assert [(reply.content[:5], reply.content_type) for reply in drawn] == [(b"%PDF-", "application/pdf")] * 2


def test_extended_details_hold_lines_and_totals(bench: Bench, sender: str) -> None:
    path = f"/v1/invoices/{bench.post(sender, peppol()).json['id']}"

    details = bench.call(sender, "GET", path, return_format="EXTENDED_DETAILS").json

    assert (details["number"], details["totals"]["payable"]) == ("P-77", 500.0)
    assert [line["name"] for line in details["lines"]] == ["Tørrfisk", "Brød"]


def test_peppol_addresses_are_shown_with_their_scheme(bench: Bench, sender: str) -> None:
    posted = bench.post(sender, peppol()).json

    assert (posted["recipient"]["eia"], posted["sender"]["eia"]) == ("0192:987654325", "0192:923456783")


def test_invoice_of_another_company_is_not_found(bench: Bench, sender: str, receiver: str) -> None:
    invoice_id = bench.post(sender, zipped({"a.xml": finvoice(), "b.txt": b"x"})).json["id"]
    file_id = bench.invoice(sender, invoice_id)["files"][0]["id"]

    for path in ("", "/actions", f"/files/{file_id}"):
        assert bench.call(receiver, "GET", f"/v1/invoices/{invoice_id}{path}").status == 404


def test_unknown_file_is_not_found(bench: Bench, sender: str) -> None:
    invoice_id = bench.post(sender, finvoice()).json["id"]

    assert bench.call(sender, "GET", f"/v1/invoices/{invoice_id}/files/{uuid.uuid4()}").status == 404


def test_actions_are_filtered_by_type_and_tell_more_when_asked(bench: Bench, sender: str, receiver: str) -> None:
    path = f"/v1/invoices/{bench.send(sender)['id']}/actions"

    every = bench.call(sender, "GET", path).json
    sent = bench.call(sender, "GET", path, type=["SENT"], channel_details_version=1).json

    assert [action["type"] for action in every] == ["CREATED", "SENT", "DELIVERED"]
    assert "channel_details" not in every[1]
    assert [(action["channel"], action["channel_details"]["destination"]) for action in sent] == [("EINVOICE", "VISMA")]
    assert bench.call(sender, "GET", path, type="FLOWN").status == 400
