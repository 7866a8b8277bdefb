"""What a call looks like on the wire."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum

import pytest

from portal import maventa
from portal.maventa import Api, sockets
from portal.maventa.sessions import session_for
from tests.portal.maventa.conftest import COMPANY
from tests.portal.maventa.fake_api import says

PATH = "/ax/v1/things"


class Word(StrEnum):
    SENT = "SENT"


def test_query_is_written_as_autoinvoice_reads_it(api, client):
    api.on("GET", PATH, says(body=[]))
    params = {
        "status": [Word.SENT, "ERROR"],
        "flag": True,
        "absent": None,
        "from": datetime(2026, 3, 1, 12, 0, tzinfo=timezone(timedelta(hours=2))),
        "text": "a b&c",
    }

    client.call(Api.AX, "GET", "/v1/things", params=params)

    assert api.heard[0].query == (
        "status%5B%5D=SENT&status%5B%5D=ERROR&flag=true&from=2026-03-01T10%3A00%3A00Z&text=a+b%26c"
    )


def test_json_numbers_stay_exact_and_keys_are_written_when_sent(api, client):
    api.on("POST", PATH, says(201))
    body = {"sum": Decimal("99999999999999.99"), "id": COMPANY, "vendor_key": maventa.VENDOR_KEY}

    client.call(Api.AX, "POST", "/v1/things", json=body)

    assert api.heard[0].body == (
        b'{"sum":99999999999999.99,"id":"11111111-1111-4111-8111-111111111111","vendor_key":"vendor-key-9876543210"}'
    )
    assert api.heard[0].headers["Content-Type"] == "application/json"


def test_form_repeats_lists_under_their_bare_name(api, client):
    api.on("POST", PATH, says())

    client.call(Api.AX, "POST", "/v1/things", form={"a": [1, 2], "b": False, "c": None, "k": maventa.USER_KEY})

    assert api.heard[0].form == {"a": ["1", "2"], "b": ["false"], "k": ["user-key-0123456789"]}


def test_call_speaks_for_its_company(api, client):
    api.on("GET", PATH, says(body=[]))

    client.call(Api.AX, "GET", "/v1/things", scope="invoice:send company")

    token, call = api.heard
    assert token.form == {
        "grant_type": ["client_credentials"],
        "client_id": [str(COMPANY)],
        "client_secret": ["user-key-0123456789"],
        "vendor_api_key": ["vendor-key-9876543210"],
        "scope": ["invoice:send company"],
    }
    assert call.headers["Authorization"] == "Bearer token-1"


def test_another_key_has_tokens_of_its_own_and_the_same_company_and_log(api, make_client):
    api.on("GET", PATH, says(body=[]))
    records = []
    client = make_client(log=records.append)

    client.call(Api.AX, "GET", "/v1/things", scope="company")
    client.with_key("new-key", version=2).call(Api.AX, "GET", "/v1/things", scope="company")
    client.call(Api.AX, "GET", "/v1/things", scope="company")

    tokens_asked = [heard.form for heard in api.calls("/ax/oauth2/token")]
    assert [form["client_secret"] for form in tokens_asked] == [["user-key-0123456789"], ["new-key"]]
    assert {form["client_id"][0] for form in tokens_asked} == {str(COMPANY)}
    used = [heard.headers["Authorization"] for heard in api.calls(PATH)]
    assert used == ["Bearer token-1", "Bearer token-2", "Bearer token-1"]
    assert len(records) == 5


def test_open_call_carries_no_token(api, make_client):
    api.on("GET", PATH, says(body=[]))

    make_client(company=None).call(Api.AX, "GET", "/v1/things")

    assert "Authorization" not in api.heard[0].headers
    assert api.tokens == 0


def test_call_with_a_scope_needs_a_company(make_client):
    with pytest.raises(maventa.ConfigurationError):
        make_client(company=None).call(Api.AX, "GET", "/v1/things", scope="company")


def test_mass_printing_is_entered_with_keys_instead_of_a_token(api, client):
    api.on("POST", "/payslip/file_status", says(body=b"OK"))

    text = client.call(Api.PAYSLIP, "POST", "/file_status", form={"a": 1}, scope="keys", answer=str, reads=True)

    assert text == "OK"
    assert api.heard[0].headers["COMPANY-UUID"] == str(COMPANY)
    assert api.heard[0].headers["USER-API-KEY"] == "user-key-0123456789"
    assert "Authorization" not in api.heard[0].headers


def test_path_values_are_quoted(api, client):
    api.on("GET", "/ax/v1/things/a%2F..%3Fb", says(body=[]))

    client.call(Api.AX, "GET", "/v1/things/{id}", id="a/..?b")

    assert len(api.heard) == 1


@pytest.mark.parametrize("values", [{}, {"id": ""}, {"id": ".."}, {"id": 1, "more": 2}, {"other": 1}])
def test_path_that_would_lead_elsewhere_is_not_called(api, client, values):
    with pytest.raises(maventa.ConfigurationError):
        client.call(Api.AX, "GET", "/v1/things/{id}", **values)
    assert api.heard == []


def test_observer_is_told_of_every_exchange(api, make_client):
    api.on("GET", "/ax/v1/things/3", lambda heard, line: line.reset(), says(body=[]))
    records = []

    make_client(log=records.append).call(Api.AX, "GET", "/v1/things/{id}", id=3, params={"bid": "1"}, scope="company")

    shown = [(r.method, r.path_template, r.path, r.status, r.company) for r in records]
    assert shown == [
        ("POST", "/oauth2/token", "/oauth2/token", 200, COMPANY),
        ("GET", "/v1/things/{id}", "/v1/things/3", None, COMPANY),
        ("GET", "/v1/things/{id}", "/v1/things/3", 200, COMPANY),
    ]
    assert records[1].error
    assert [r.request_id for r in records] == [heard.headers["X-Request-Id"] for heard in api.heard]
    assert all(r.at.tzinfo is UTC for r in records)


def test_observer_never_learns_a_value_that_may_name_a_person(api, make_client):
    api.on("GET", "/receivables/v1/service_levels/8001019876", says(body=[]))
    records = []

    make_client(log=records.append).call(
        Api.RECEIVABLES, "GET", "/v1/service_levels/{customer_bid}", customer_bid="8001019876"
    )

    assert records[0].path == "/v1/service_levels/•••"


def test_cookies_of_one_call_are_not_sent_with_the_next(api, client):
    api.on("GET", PATH, says(body=[], Set_Cookie="who=me; Path=/"))

    client.call(Api.AX, "GET", "/v1/things")
    client.call(Api.AX, "GET", "/v1/things")

    assert "Cookie" not in api.heard[1].headers


def test_api_without_address_is_a_configuration_error(client):
    with pytest.raises(maventa.ConfigurationError):
        client.call(Api.BILLING, "GET", "/api/billing/v2/actions")


def test_download_goes_to_the_file_with_its_digest(api, client, tmp_path):
    content = bytes(range(256)) * 1000
    api.on("GET", "/ax/v1/files/9", says(body=content, Content_Type="application/pdf"))

    with (tmp_path / "file").open("wb") as target:
        download = client.download(Api.AX, "/v1/files/{id}", id=9, to=target, scope="invoice:receive")

    assert (tmp_path / "file").read_bytes() == content
    assert (download.content_type, download.size) == ("application/pdf", 256_000)
    assert download.sha256 == hashlib.sha256(content).hexdigest()


def test_download_leaves_the_file_alone_when_it_is_refused(api, client, tmp_path):
    with (tmp_path / "file").open("wb") as target, pytest.raises(maventa.RejectedError):
        client.download(Api.AX, "/v1/files/{id}", id=1, to=target)

    assert (tmp_path / "file").read_bytes() == b""


def test_connection_is_kept_between_calls_and_renewed_when_it_lay_idle(api, client, monkeypatch):
    """A server that closes an idle connection meets no write on it."""
    ports = []

    def answer(heard, line):
        ports.append(line.handler.client_address[1])
        line.answer(body=[])

    api.on("POST", PATH, answer)

    client.call(Api.AX, "POST", "/v1/things", json={})
    client.call(Api.AX, "POST", "/v1/things", json={})
    monkeypatch.setattr(sockets, "IDLE_LIMIT", -1.0)
    client.call(Api.AX, "POST", "/v1/things", json={})

    assert ports[0] == ports[1] != ports[2]


def test_forked_child_opens_connections_of_its_own(api, client):
    ports = []

    def answer(heard, line):
        ports.append(line.handler.client_address[1])
        line.answer(body=[])

    api.on("GET", PATH, answer)
    client.call(Api.AX, "GET", "/v1/things")

    child = os.fork()
    if child == 0:
        try:
            client.call(Api.AX, "GET", "/v1/things")
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    client.call(Api.AX, "GET", "/v1/things")

    assert status == 0
    assert ports[0] == ports[2] != ports[1]


def test_sessions_belong_to_one_thread():
    mine = session_for("http://127.0.0.1:8001/ax")

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(session_for, "http://127.0.0.1:8001/ax").result()

    assert session_for("http://127.0.0.1:8001/ax") is mine
    assert other is not mine
