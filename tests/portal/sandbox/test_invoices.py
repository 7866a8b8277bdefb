"""POST /v1/invoices: what is taken, what is refused, XML and ZIP."""

import uuid
from typing import Any

import pytest

from portal.sandbox.api import companies
from tests.portal.sandbox.invoice_bench import Bench
from tests.portal.sandbox.invoice_files import finvoice, transmission, zipped

PDF = b"%PDF-1.4 the image"


def test_uploaded_invoice_is_described_from_its_content(bench: Bench, sender: str) -> None:
    reply = bench.post(sender, finvoice(transmission=transmission("003715728600", "NDEAFIHH")), sender_comment="Kiitos")

    invoice = reply.json
    assert reply.status == 201
    assert invoice | {"id": "", "created_at": "", "actions": []} == {
        "id": "",
        "status": "PENDING",
        "reference": "1232",
        "number": "1001",
        "sender": {"eia": "003723456780", "bid": "2345678-0", "name": "Pohjolan Puu Öljy Oy", "country": "FI"},
        "recipient": {
            "eia": "003715728600",
            "bid": "1572860-0",
            "name": "Rannan Rauta Oy",
            "country": "FI",
            "operator": "NDEAFIHH",
        },
        "received_at": None,
        "created_at": "",
        "date": "2026-03-02",
        "date_due": "2026-03-16",
        "source_format": "FINVOICE30",
        "sum": 200.0,
        "sum_tax": 251.0,
        "currency": "EUR",
        "origin_type": None,
        "comment": "Kiitos",
        "files": [],
        "actions": [],
    }


def test_our_uuid_becomes_the_id(bench: Bench, sender: str) -> None:
    own = "5F3F4D0E-7C57-4C8E-8B0F-3A2CE1D5B901"

    posted = bench.post(sender, finvoice(), uuid=own).json

    assert posted["id"] == own.lower()
    assert bench.invoice(sender, own)["number"] == "1001"


def test_repeated_uuid_says_so_and_keeps_the_first_invoice(bench: Bench, sender: str, receiver: str) -> None:
    own = str(uuid.uuid4())
    bench.post(sender, finvoice(), uuid=own)

    again = bench.post(sender, finvoice(number="2002"), uuid=own.upper())
    by_another = bench.post(receiver, finvoice(), uuid=own)

    assert (again.status, again.json["code"]) == (409, "invoice_already_exists")
    assert "invoice with this uuid already exists" in again.json["message"]
    assert by_another.status == 409
    assert [invoice["number"] for invoice in bench.listed(sender, direction="SENT")] == ["1001"]


def test_uploads_with_one_uuid_at_the_same_time_make_one_invoice(bench: Bench, sender: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    own = str(uuid.uuid4())
    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(lambda _: bench.post(sender, finvoice(), uuid=own).status, range(4)))

    assert sorted(statuses) == [201, 409, 409, 409]


def test_missing_content_is_refused_with_the_words_of_the_service(bench: Bench, sender: str) -> None:
    content = finvoice().replace(b'<InvoiceDate Format="CCYYMMDD">20260302</InvoiceDate>', b"")

    reply = bench.post(sender, content)

    assert (reply.status, reply.json["code"]) == (400, "invoice_create_api_error")
    assert reply.json["details"] == ["ERROR: INVOICE DATE NOT FOUND"]
    assert bench.listed(sender, direction="SENT") == []


@pytest.mark.parametrize(
    "content", [b"<!DOCTYPE a><a/>", finvoice()[:500], b"<note/>", b"PK\x03\x04 broken", b"just text"]
)
def test_file_that_is_no_invoice_is_refused(bench: Bench, sender: str, content: bytes) -> None:
    reply = bench.post(sender, content)

    assert (reply.status, reply.json["code"]) == (400, "invoice_create_api_error")
    assert reply.json["details"][0].startswith("ERROR: ")


def test_recognised_format_without_a_reader_is_not_simulated(bench: Bench, sender: str) -> None:
    reply = bench.post(sender, b"<InterchangeFile/>")

    assert (reply.status, reply.json["code"]) == (501, "not_implemented")
    assert "E2B" in reply.json["message"]


@pytest.mark.parametrize(("stated", "status"), [("FINVOICE20", 201), ("PEPPOLBIS30", 400), ("WORD97", 400)])
def test_stated_format_must_be_of_the_same_family(bench: Bench, sender: str, stated: str, status: int) -> None:
    assert bench.post(sender, finvoice(), format=stated).status == status


@pytest.mark.parametrize(
    "fields",
    [{"uuid": "not-a-uuid"}, {"disabled_routes": ["pigeon"]}, {"recipient_type": "b2g"}, {"sender_comment": "x" * 1025},
     {"lang": "FR"}, {"prevent_routing": "maybe"}],
)  # fmt: skip
def test_field_against_the_contract_is_refused(bench: Bench, sender: str, fields: dict[str, Any]) -> None:
    reply = bench.post(sender, finvoice(), **fields)

    assert (reply.status, reply.json["code"]) == (400, "invalid_parameters")


def test_every_field_of_the_contract_is_taken(bench: Bench, sender: str) -> None:
    reply = bench.post(
        sender, finvoice(), format="FINVOICE30", recipient_type="b2b", recipient_eia="", recipient_email="",
        recipient_operator="", disabled_routes=["print", "email"], sender_comment="", uuid=str(uuid.uuid4()), lang="FI",
        route_order=["email", "print"], recipient_phone_number="1", recipient_date_of_birth="1980-01-01",
        recipient_ssn="1", recipient_efaktura_id="1", b2cno_document_type="INVOICE", payment_instruction_identifier="1",
        prevent_routing=False, **{"print_settings[color]": True, "print_settings[letter_class]": "ECONOMY",
        "print_settings[prevent_digital_post]": False, "print_settings[print_own_image]": True,
        "print_settings[allow_kivra_fi]": False},
    )  # fmt: skip

    assert reply.status == 201


def test_empty_file_is_refused(bench: Bench, sender: str) -> None:
    assert bench.post(sender, b"").status == 400


def test_unverified_company_neither_sends_nor_reads(bench: Bench, sender: str) -> None:
    invoice_id = bench.post(sender, finvoice()).json["id"]
    companies.update(bench.world, sender, company_state="UNVERIFIED")

    replies = [
        bench.post(sender, finvoice()),
        bench.call(sender, "GET", "/v1/invoices"),
        bench.call(sender, "GET", f"/v1/invoices/{invoice_id}"),
    ]

    assert [(reply.status, reply.json["message"]) for reply in replies] == [(401, "Unauthorized")] * 3


def test_sending_needs_the_right_to_send(bench: Bench, sender: str) -> None:
    from tests.portal.sandbox.invoice_bench import multipart

    form = multipart(finvoice(), "a.xml", {})

    assert bench.call(sender, "POST", "/v1/invoices", form=form, scope="invoice:receive").status == 401
    assert bench.call(sender, "POST", "/v1/invoices", form=form, scope="eui").status == 201


def test_zip_gives_image_and_attachments_back_byte_for_byte(bench: Bench, sender: str) -> None:
    files = {"Invoice.xml": finvoice(), "invoice.PDF": PDF, "terms.pdf": b"%PDF terms", "prices.xlsx": b"sheet"}

    invoice = bench.post(sender, zipped(files), "package.zip").json

    path = f"/v1/invoices/{invoice['id']}"
    images = [bench.call(sender, "GET", path, return_format=word).content
              for word in ("ORIGINAL_IMAGE", "ORIGINAL_OR_GENERATED_IMAGE")]  # fmt: skip
    downloads = {file["filename"]: bench.call(sender, "GET", f"{path}/files/{file['id']}") for file in invoice["files"]}
    assert images == [PDF, PDF]
    assert {name: reply.content for name, reply in downloads.items()} == {
        "terms.pdf": b"%PDF terms",
        "prices.xlsx": b"sheet",
    }
    assert downloads["terms.pdf"].content_type == "application/pdf"
    assert bench.call(sender, "GET", path, return_format="FINVOICE30").content == files["Invoice.xml"]


def test_receiver_gets_image_and_attachments_too(bench: Bench, sender: str, receiver: str) -> None:
    bench.send(sender, zipped({"a.xml": finvoice(), "a.pdf": PDF, "b.txt": b"hello"}))

    (received,) = bench.listed(receiver)
    path = f"/v1/invoices/{received['id']}"
    assert bench.call(receiver, "GET", path, return_format="ORIGINAL_IMAGE").content == PDF
    assert bench.call(receiver, "GET", received["files"][0]["href"]).content == b"hello"


BAD_ZIPS = {
    "no XML": {"a.pdf": PDF},
    "two XML": {"a.xml": finvoice(), "b.xml": finvoice()},
    "up and out": {"../a.xml": finvoice()},
    "absolute": {"/etc/a.xml": finvoice()},
    "backslash": {"..\\a.xml": finvoice()},
    "drive": {"c:a.xml": finvoice()},
    "program": {"a.xml": finvoice(), "run.exe": b"MZ"},
    "bomb": {"a.xml": finvoice(), "b.txt": b"0" * 5_000_000},
    "many": {"a.xml": finvoice()} | {f"{number}.txt": b"" for number in range(60)},
    "long name": {"a.xml": finvoice(), "x" * 130 + ".txt": b""},
    "same name": {"a.xml": finvoice(), "A.txt": b"", "a.txt": b""},
}


@pytest.mark.parametrize("files", BAD_ZIPS.values(), ids=BAD_ZIPS.keys())
def test_zip_against_the_rules_is_refused(bench: Bench, sender: str, files: dict[str, bytes]) -> None:
    reply = bench.post(sender, zipped(files), "package.zip")

    assert (reply.status, reply.json["code"]) == (400, "invoice_create_api_error")


def test_zip_that_lies_about_its_size_is_refused(bench: Bench, sender: str) -> None:
    content = bytearray(zipped({"a.xml": finvoice()}))
    directory = content.rindex(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (100).to_bytes(4, "little")

    assert bench.post(sender, bytes(content), "package.zip").json["code"] == "invoice_create_api_error"
