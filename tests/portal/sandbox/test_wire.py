"""How real clients write their requests (WIRE.md), and what they get back."""

import http.client
import json

import pytest

from tests.portal.sandbox.clients import Ax, refusal
from tests.sandbox import Sandbox


@pytest.mark.parametrize(
    "query",
    [
        "network[]=VISMA&network[]=PEPPOL",
        "network%5B%5D=VISMA&network%5B%5D=PEPPOL",
        "network=VISMA&network=PEPPOL",
        "network=VISMA,PEPPOL",
        "network=VISMA%2CPEPPOL",
    ],
)
def test_lists_in_a_query_are_read_in_every_style(ax: Ax, query: str) -> None:
    company = ax.verified("NO")
    company.on_network("VISMA")

    found = company.get(f"/v1/company/profiles?{query}")
    none = company.get("/v1/company/profiles?network[]=PEPPOL")

    assert [profile["network"] for profile in found] == ["VISMA"]
    assert none == []


@pytest.mark.parametrize("word", ["undefined", "null"])
def test_undefined_and_null_in_a_form_count_as_absent(ax: Ax, word: str) -> None:
    answer = ax.register_raw(address2=word, state=word)
    missing = ax.register_raw("SE", city=word)

    assert answer.status_code == 201
    assert refusal(missing) == (400, "invalid_parameters")
    assert missing.json()["details"] == ["'city' is a required property"]


def test_an_announced_but_empty_json_body_is_no_error(ax: Ax) -> None:
    answer = ax.call("POST", "/v1/company/vendors", headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["state"]) == (201, "linked")


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"text"', b"\xff\xfe"])
def test_a_body_that_is_no_json_object_is_a_bad_request(ax: Ax, body: bytes) -> None:
    answer = ax.call("POST", "/v1/users", data=body, headers={"Content-Type": "application/json"})

    assert refusal(answer) == (400, "invalid_parameters")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"--x\r\n"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nshort'),
        ("text/plain", b"name=Acme"),
    ],
)
def test_a_form_that_can_not_be_read_is_a_bad_request(ax: Ax, content_type: str, body: bytes) -> None:
    answer = ax.call("POST", "/v1/companies", data=body, headers={"Content-Type": content_type})

    assert refusal(answer) == (400, "invalid_parameters")


def test_every_fault_of_a_request_is_told_with_its_place(ax: Ax) -> None:
    answer = ax.call("POST", "/v1/companies/authorizations", json={"locale": "XX", "company_ids": []})

    assert refusal(answer) == (400, "invalid_parameters")
    assert sorted(answer.json()["details"]) == [
        "'auth_email' is a required property",
        "company_ids: at least 1 is needed",
        "locale: must be one of FI, NO, SE, EN, NL, BE, DK",
    ]


def test_a_doubled_slash_counts_as_one(simulator: Sandbox) -> None:
    connection = http.client.HTTPConnection(simulator.url.removeprefix("http://"), timeout=10)
    connection.request("POST", "/payslip//register", b"", {"Content-Type": "application/x-www-form-urlencoded"})

    answer = connection.getresponse()
    assert (answer.status, answer.read()[:7]) == (200, b"ERROR: ")
    connection.close()


def test_a_huge_form_field_is_taken(ax: Ax) -> None:
    answer = ax.call("POST", "/oauth2/token", data={"grant_type": "password", "license_data": "A" * 5_000_000})

    assert refusal(answer) == (400, "invalid_parameters")


def test_one_connection_serves_many_calls_and_every_answer_has_an_id(simulator: Sandbox) -> None:
    connection = http.client.HTTPConnection(simulator.url.removeprefix("http://"), timeout=10)
    ids = []

    for _ in range(3):
        connection.request("GET", "/ax/status/alb")
        answer = connection.getresponse()
        answer.read()
        ids.append(answer.headers["X-Request-Id"])

    assert len(set(ids)) == 3
    connection.close()


def test_numbers_and_times_have_their_documented_form(ax: Ax) -> None:
    profile = ax.verified("FI").on_network("VISMA")

    assert profile["last_event"]["created_at"].endswith("Z")
    assert isinstance(json.loads(ax.call("GET", "/status/authenticated").text)["expires_at"], str)


def test_a_list_tells_its_pages(ax: Ax) -> None:
    for number in range(8):
        receiver = {"scheme": "0088", "endpoint_id": f"642000000000{number}", "name": f"Paged {number}"}
        ax.simulator.control("POST", "/receivers", receiver)

    answer = ax.call("GET", "/v1/lookup/receivers?network=PEPPOL&name=paged&per_page=3&page=2")

    assert [entry["participant"]["name"] for entry in answer.json()] == ["Paged 3", "Paged 4", "Paged 5"]
    assert (answer.headers["X-Total"], answer.headers["X-Total-Pages"]) == ("8", "3")
    assert (answer.headers["X-Page"], answer.headers["X-Prev-Page"], answer.headers["X-Next-Page"]) == ("2", "1", "3")
    assert answer.headers["X-Per-Page"] == "3"
    assert 'page=3>; rel="next"' in answer.headers["Link"]


@pytest.mark.parametrize("query", ["per_page=101", "per_page=0", "page=0", "page=x"])
def test_a_page_outside_the_limits_is_a_bad_request(ax: Ax, query: str) -> None:
    answer = ax.call("GET", f"/v1/lookup/receivers?network=PEPPOL&{query}")

    assert refusal(answer) == (400, "invalid_parameters")
