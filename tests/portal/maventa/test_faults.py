"""What each way of failing means for the caller."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from portal import maventa
from portal.maventa import Api
from tests.portal.maventa.fake_api import says

PATH = "/ax/v1/things"


def read(client: maventa.Client) -> bytes:
    return client.call(Api.AX, "GET", "/v1/things", answer=bytes, scope="company")


def write(client: maventa.Client, **options: object) -> bytes:
    return client.call(Api.AX, "POST", "/v1/things", answer=bytes, scope="company", json={"a": 1}, **options)


def test_read_is_sent_once_more_when_the_connection_is_reset(api, client):
    api.on("GET", PATH, lambda heard, line: line.reset(), says(body=[1]))

    assert read(client) == b"[1]"


def test_read_is_temporary_when_it_is_reset_twice(api, client):
    api.on("GET", PATH, lambda heard, line: line.reset())

    with pytest.raises(maventa.TemporaryError):
        read(client)
    assert len(api.calls(PATH)) == 2


@pytest.mark.parametrize("repeatable", [False, True])
def test_write_is_unknown_and_not_repeated_when_its_answer_is_reset(api, client, repeatable):
    api.on("POST", PATH, lambda heard, line: line.reset())

    with pytest.raises(maventa.OutcomeUnknownError) as caught:
        write(client, repeatable=repeatable)
    assert caught.value.repeatable is repeatable
    assert len(api.calls(PATH)) == 1


def test_write_without_effect_is_treated_as_a_read(api, client):
    api.on("POST", PATH, lambda heard, line: line.reset(), says(body=[1]))

    assert write(client, reads=True) == b"[1]"


def test_write_is_unknown_when_the_answer_breaks_off(api, client):
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n[1, 2"
    api.on("POST", PATH, lambda heard, line: line.raw(answer))

    with pytest.raises(maventa.OutcomeUnknownError):
        write(client)


def test_write_is_temporary_when_nobody_listens(api, client):
    assert api.tokens == 0
    with pytest.raises(maventa.RejectedError):
        write(client)  # a 404: fetches the token
    api.stop()
    time.sleep(0.02)

    with pytest.raises(maventa.TemporaryError) as caught:
        maventa.Client(client.credentials, client.company, deadline=2).call(
            Api.RECEIVABLES, "POST", "/v1/things", json={}
        )
    assert "efused" in caught.value.reason


@pytest.mark.parametrize("status", [500, 502, 504, 503])
def test_server_error_is_unknown_for_a_write_and_temporary_for_a_read(api, client, status):
    api.on("POST", PATH, says(status))
    api.on("GET", PATH, says(status))

    with pytest.raises(maventa.OutcomeUnknownError):
        write(client)
    with pytest.raises(maventa.TemporaryError):
        read(client)


def test_write_is_temporary_when_503_says_when_to_come_back(api, client):
    api.on("POST", PATH, says(503, Retry_After="7"))

    with pytest.raises(maventa.TemporaryError) as caught:
        write(client)
    assert caught.value.retry_after == 7


@pytest.mark.parametrize("status", [408, 425, 429])
def test_request_that_was_not_taken_up_is_temporary(api, client, status):
    api.on("POST", PATH, says(status))

    with pytest.raises(maventa.TemporaryError):
        write(client)


def test_retry_after_may_be_a_date(api, client):
    moment = datetime.now(UTC) + timedelta(seconds=90)
    api.on("POST", PATH, says(429, Retry_After=format_datetime(moment, usegmt=True)))

    with pytest.raises(maventa.TemporaryError) as caught:
        write(client)
    assert 85 < caught.value.retry_after <= 90


@pytest.mark.parametrize(("header", "seconds"), [("soon", None), ("-5", None), ("", None), ("999999999", 86_400)])
def test_broken_retry_after_is_not_believed(api, client, header, seconds):
    api.on("POST", PATH, says(429, Retry_After=header))

    with pytest.raises(maventa.TemporaryError) as caught:
        write(client)
    assert caught.value.retry_after == seconds


def test_refusal_carries_code_text_and_details(api, client):
    api.on("POST", PATH, says(422, {"code": "bid_taken", "message": "BID ALREADY TAKEN", "details": ["bid", 7]}))

    with pytest.raises(maventa.RejectedError) as caught:
        write(client)
    error = caught.value
    assert (error.status, error.code, error.text, error.details) == (
        422,
        "bid_taken",
        "BID ALREADY TAKEN",
        ("bid", "7"),
    )
    assert "BID ALREADY TAKEN" in error.staff_text


@pytest.mark.parametrize("body", [b"<html>gone</html>", b"\xff\xfe", b"[]", b'{"details": null}', b""])
def test_refusal_in_another_form_is_still_a_refusal(api, client, body):
    api.on("POST", PATH, says(400, body))

    with pytest.raises(maventa.RejectedError) as caught:
        write(client)
    assert caught.value.status == 400
    assert "html" not in caught.value.staff_text


def test_refusal_never_repeats_our_keys(api, client):
    api.on("POST", PATH, says(400, {"code": "x", "message": "bad key vendor-key-9876543210"}))

    with pytest.raises(maventa.RejectedError) as caught:
        write(client)
    assert "vendor-key" not in str(caught.value)


def test_function_that_does_not_exist_is_a_refusal(api, client):
    api.on("POST", PATH, says(501, {"code": "not_implemented", "message": "no"}))

    with pytest.raises(maventa.RejectedError):
        write(client)


def test_redirect_is_not_followed_and_takes_no_token_along(api, client):
    api.on("GET", PATH, says(302, Location=f"{api.url}/ax/v1/elsewhere"))

    with pytest.raises(maventa.UnexpectedResponseError):
        read(client)
    assert api.calls("/ax/v1/elsewhere") == []


def test_429_pauses_every_worker_of_the_account(api, client, make_client):
    api.on("GET", PATH, says(429, Retry_After="30"))
    with pytest.raises(maventa.TemporaryError):
        read(client)
    heard = len(api.heard)

    with pytest.raises(maventa.TemporaryError) as caught:
        read(make_client())
    assert 25 < caught.value.retry_after <= 30
    assert len(api.heard) == heard
