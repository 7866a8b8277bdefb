"""GET /v1/invoices: every filter, order, paging, speed."""

import uuid
from typing import Any

import pytest

from tests.portal.sandbox.invoice_bench import Bench
from tests.portal.sandbox.invoice_files import finvoice, transmission


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
