"""Nothing that we log tells a key, a token, a body or a query."""

import logging
import traceback

import pytest

from portal import maventa
from portal.maventa import Api, FilePart, records
from tests.portal.maventa.fake_api import says

SECRETS = ("user-key-0123456789", "vendor-key-9876543210", "token-1", "token-2", "800101-9876", "8001019876", "Matti")


def calls(client: maventa.Client) -> list[str]:
    """Make calls of every outcome; return what their errors say, with tracebacks."""
    said = []
    for method, path, options in (
        ("GET", "/v1/good", {"params": {"bid": "800101-9876"}}),
        ("GET", "/v1/reset", {"params": {"bid": "800101-9876"}}),
        ("POST", "/v1/reset", {"json": {"name": "Matti", "key": maventa.USER_KEY}}),
        ("POST", "/v1/refused", {"form": {"name": "Matti", "key": maventa.VENDOR_KEY}}),
        ("POST", "/v1/401", {"files": [FilePart("file", "a", b"Matti")]}),
        ("GET", "/v1/html", {"params": {"bid": "800101-9876"}, "answer": list[int]}),
        ("GET", "/v1/bids/{bid}", {"bid": "800101-9876"}),
    ):
        try:
            client.call(Api.AX, method, path, scope="company", **options)
        except maventa.MaventaError as exc:
            said.append("".join(traceback.format_exception(exc)) + exc.staff_text + repr(exc))
    return said


def test_logs_errors_and_records_keep_every_secret(api, make_client, caplog):
    caplog.set_level(logging.DEBUG)
    echo = {"code": "x", "message": "your key user-key-0123456789 and vendor-key-9876543210"}
    api.on("GET", "/ax/v1/good", says(body=[]))
    api.on("GET", "/ax/v1/reset", lambda heard, line: line.reset())
    api.on("POST", "/ax/v1/reset", lambda heard, line: line.reset())
    api.on("POST", "/ax/v1/refused", says(422, echo))
    api.on("POST", "/ax/v1/401", says(401, echo))
    api.on("GET", "/ax/v1/html", says(body=b"<html>Matti</html>"))
    told = []

    def observe(record: maventa.CallRecord) -> None:
        told.append(repr(record))
        records.to_logger(record)

    client = make_client(log=observe)
    said = calls(client)

    everything = "\n".join([caplog.text, *told, *said, repr(client), repr(client.credentials)])
    assert len(said) == 6
    assert len(told) >= 9
    assert "GET /v1/good -> 200" in caplog.text
    assert [secret for secret in SECRETS if secret in everything] == []


@pytest.mark.parametrize("secret", [maventa.USER_KEY, maventa.VENDOR_KEY])
def test_key_marks_show_no_key(secret):
    assert "key-" not in repr(secret)


def test_key_cannot_be_put_into_an_address(api, client):
    with pytest.raises(maventa.ConfigurationError):
        client.call(Api.AX, "GET", "/v1/things", params={"key": maventa.USER_KEY})
    assert api.heard == []
