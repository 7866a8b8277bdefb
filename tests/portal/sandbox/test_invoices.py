"""POST and GET /v1/invoices: uploads, lists with every filter, every kind of answer."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from portal.sandbox.api import companies
from portal.sandbox.documents.convert import read
from tests.portal.sandbox.invoice_bench import Bench
from tests.portal.sandbox.invoice_files import finvoice, peppol, transmission, zipped

PDF = b"%PDF-1.4 the image"


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.close()


@pytest.fixture
def sender(bench: Bench) -> str:
    return bench.company("2345678-0", "Pohjolan Puu Öljy Oy")


@pytest.fixture
def receiver(bench: Bench) -> str:
    return bench.company("1572860-0", "Rannan Rauta Oy")


# -- upload ------------------------------------------------------------------------------------------------------------


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
    reply = bench.post(sender, b"<INVOICE_CENTER/>")

    assert (reply.status, reply.json["code"]) == (501, "not_implemented")
    assert "TEAPPS30" in reply.json["message"]


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


# -- ZIP ---------------------------------------------------------------------------------------------------------------


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


# -- one invoice -------------------------------------------------------------------------------------------------------


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


# -- lists -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def three(bench: Bench, sender: str, receiver: str) -> list[str]:
    """A delivered, a failed and a pending invoice, one minute apart, numbered 1 to 3."""
    first = bench.send(sender, finvoice(number="1", reference="1232"))["id"]
    bench.run(30)
    unknown = transmission("003799999999", "003721291126")
    second = bench.send(sender, finvoice(number="2", buyer_bid="", transmission=unknown, reference="1245"))["id"]
    bench.run(30)
    third = bench.post(sender, finvoice(number="3")).json["id"]
    return [first, second, third]


def numbers(bench: Bench, company_id: str, **params: Any) -> list[str]:
    return [invoice["number"] for invoice in bench.listed(company_id, **({"direction": "SENT"} | params))]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ["1", "2", "3"]),
        ({"status": "PENDING"}, ["3"]),
        ({"status": "PROCESSING"}, ["3"]),
        ({"status": "DELIVERED,FAILED"}, ["1", "2"]),
        ({"status[]": ["FAILED", "PENDING"]}, ["2", "3"]),
        ({"number": "2"}, ["2"]),
        ({"number": "4"}, []),
        ({"reference": "1245"}, ["2"]),
        ({"number": "1", "status": "FAILED"}, []),
        ({"page": 2, "per_page": 2}, ["3"]),
        ({"per_page": 1}, ["1"]),
        ({"page": 9}, []),
    ],
)
def test_list_is_filtered(
    bench: Bench, sender: str, three: list[str], params: dict[str, Any], expected: list[str]
) -> None:
    assert numbers(bench, sender, **params) == expected


def test_list_is_of_received_invoices_unless_sent_ones_are_asked_for(
    bench: Bench, receiver: str, three: list[str]
) -> None:
    (received,) = bench.listed(receiver)

    assert (received["number"], received["status"]) == ("1", "DELIVERED")
    assert received["received_at"] == received["created_at"]


def test_list_finds_ids_in_any_case_and_keeps_other_companies_out(
    bench: Bench, sender: str, receiver: str, three: list[str]
) -> None:
    asked = [three[2].upper(), three[0], str(uuid.uuid4())]

    assert numbers(bench, sender, ids=",".join(asked)) == ["1", "3"]
    assert numbers(bench, receiver, ids=",".join(asked)) == []


def test_list_takes_a_hundred_ids_and_no_more(bench: Bench, sender: str, three: list[str]) -> None:
    ids = [three[0], *(str(uuid.uuid4()) for _ in range(99))]

    assert numbers(bench, sender, ids=ids) == ["1"]
    assert bench.call(sender, "GET", "/v1/invoices", ids=[*ids, three[1]]).json["code"] == "invalid_parameters"


@pytest.mark.parametrize(
    "spelling", ["{:%Y-%m-%dT%H:%M:%SZ}", "{:%Y-%m-%dT%H:%M:%S+00:00}", "{:%Y-%m-%dT%H:%M:%S.000Z}"]
)
def test_time_filters_include_their_instants(bench: Bench, sender: str, three: list[str], spelling: str) -> None:
    from datetime import datetime

    created = [datetime.fromisoformat(bench.invoice(sender, each)["created_at"]) for each in three]

    window = {"created_at_start": spelling.format(created[1]), "created_at_end": spelling.format(created[2])}
    assert numbers(bench, sender, **window) == ["2", "3"]


def test_time_filters_understand_other_zones(bench: Bench, sender: str, three: list[str]) -> None:
    from datetime import datetime, timedelta, timezone

    created = datetime.fromisoformat(bench.invoice(sender, three[1])["created_at"])

    start = created.astimezone(timezone(timedelta(hours=-5))).isoformat()
    assert numbers(bench, sender, created_at_start=start) == ["2", "3"]


def test_received_at_filters_and_sorts_received_invoices(bench: Bench, sender: str, receiver: str) -> None:
    for number in ("1", "2", "3"):
        bench.send(sender, finvoice(number=number))
        bench.run(60)
    moments = {invoice["number"]: invoice["received_at"] for invoice in bench.listed(receiver)}

    def listed(**params: Any) -> list[str]:
        return numbers(bench, receiver, direction="RECEIVED", **params)

    assert listed(sort="-received_at") == ["3", "2", "1"]
    assert listed(sort="received_at") == ["1", "2", "3"]
    assert listed(received_at_start=moments["2"]) == ["2", "3"]
    assert listed(received_at_end=moments["2"]) == ["1", "2"]
    assert listed(received_at_start=moments["2"], received_at_end=moments["2"]) == ["2"]


@pytest.mark.parametrize(
    "params",
    [{"status": "LOST"}, {"direction": "SIDEWAYS"}, {"created_at_start": "yesterday"}, {"per_page": 101}, {"page": 0},
     {"sort": "number"}],
)  # fmt: skip
def test_unknown_word_in_a_filter_is_refused(bench: Bench, sender: str, params: dict[str, Any]) -> None:
    reply = bench.call(sender, "GET", "/v1/invoices", **params)

    assert (reply.status, reply.json["code"]) == (400, "invalid_parameters")


def test_fields_cut_the_answer_down(bench: Bench, sender: str, three: list[str]) -> None:
    assert bench.listed(sender, direction="SENT", fields="id,status", per_page=1) == [
        {"id": three[0], "status": "DELIVERED"}
    ]


def test_list_tells_its_pages(bench: Bench, sender: str, three: list[str]) -> None:
    reply = bench.call(sender, "GET", "/v1/invoices", direction="SENT", per_page=2)

    assert [reply.headers[name] for name in ("X-Total", "X-Total-Pages", "X-Page", "X-Next-Page", "X-Per-Page")] == [
        "3", "2", "1", "2", "2",
    ]  # fmt: skip
    assert 'rel="next"' in reply.headers["Link"]
    assert len(reply.json) == 2


def test_list_shows_ten_unless_told_otherwise(bench: Bench, sender: str) -> None:
    for number in range(12):
        bench.post(sender, finvoice(number=str(number)))

    assert numbers(bench, sender) == [str(number) for number in range(10)]


@pytest.mark.slow
def test_list_stays_quick_among_a_hundred_thousand_invoices(bench: Bench, sender: str) -> None:
    from time import perf_counter

    invoice_id = bench.post(sender, finvoice()).json["id"]
    with bench.world.write() as db:
        columns = [
            row["name"]
            for row in db.execute("pragma table_info(invoices)")
            if row["name"] not in ("seq", "id", "number")
        ]
        names = ", ".join(columns)
        db.execute(
            f"with recursive n(i) as (select 1 union all select i + 1 from n where i < 100000)"
            f" insert into invoices (id, number, {names})"
            f" select 'copy-' || i, i, {names} from n, invoices where id = ?",
            (invoice_id,),
        )
    queries = [{}, {"page": 900, "per_page": 100}, {"number": "77777"}, {"status": "FAILED"}, {"sort": "-received_at"}]

    for params in queries:
        start = perf_counter()
        reply = bench.call(sender, "GET", "/v1/invoices", direction="SENT", **params)
        assert reply.status == 200
        assert perf_counter() - start < 0.5, params
