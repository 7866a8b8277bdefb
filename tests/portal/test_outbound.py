"""Calls that leave the house: where they may go, what they carry, and how they end."""

import hashlib
import hmac
import io
import socket
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from portal import maventa, outbound
from portal.outbound import addresses

SECRET = "a shared secret of some length"


@pytest.fixture
def allowed(settings: Any) -> None:
    settings.OUTBOUND_HOSTS = ["localhost", "*.customer.example"]
    settings.OUTBOUND_PRIVATE = True


def post(url: str, body: bytes = b"bundle", seconds: float = 5) -> outbound.Posted:
    stream = io.BytesIO(body)
    return outbound.post(url, stream, content_type="application/zip", secret=SECRET, key="k-1", seconds=seconds)


def leads_to(monkeypatch: pytest.MonkeyPatch, *ips: str) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ips]
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *_args, **_kwargs: found)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://evil.example/in", "may call"),
        ("https://customer.example.evil.example/", "may call"),
        ("http://erp.customer.example/in", "https://"),
        ("https://user:pass@erp.customer.example/", "holds a password"),
        ("ftp://erp.customer.example/", "not an address"),
        ("https://", "not an address"),
        ("https://erp.customer.example:99999/", "not an address"),
        ("https://erp.customer.example/a b", "not an address"),
        ("", "not an address"),
    ],
)
def test_address_that_must_not_be_called_says_why(settings: Any, url: str, why: str) -> None:
    settings.OUTBOUND_HOSTS = ["*.customer.example"]

    with pytest.raises(outbound.AddressRefusedError, match=why):
        outbound.check(url)


@pytest.mark.parametrize(
    "ips",
    [
        ("10.0.0.1",), ("192.168.1.1",), ("127.0.0.1",), ("169.254.169.254",), ("100.64.0.1",), ("0.0.0.0",),
        ("::1",), ("fe80::1%eth0",), ("fc00::1",), ("::ffff:10.0.0.1",), ("2002:0a00:0001::",), ("224.0.0.1",),
        ("93.184.216.34", "10.0.0.1"),
    ],
)  # fmt: skip
def test_private_address_is_never_called_even_as_one_of_several(
    settings: Any, monkeypatch: pytest.MonkeyPatch, ips: tuple[str, ...]
) -> None:
    settings.OUTBOUND_HOSTS = ["*.customer.example"]
    leads_to(monkeypatch, *ips)

    with pytest.raises(outbound.AddressRefusedError, match="private network"):
        addresses.resolve("https://erp.customer.example/in")


def test_public_address_is_looked_up_once_and_then_connected_to(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTBOUND_HOSTS = ["*.customer.example"]
    leads_to(monkeypatch, "93.184.216.34")

    target = addresses.resolve("https://erp.customer.example/in?a=b")

    assert (target.ip, target.port, target.path) == ("93.184.216.34", 443, "/in?a=b")


def test_body_is_signed_and_carries_its_key(httpserver: HTTPServer, allowed: None) -> None:
    seen: list[Request] = []

    def answer(request: Request) -> Response:
        seen.append(request)
        request.get_data()
        return Response(status=202)

    httpserver.expect_request("/in", method="POST").respond_with_handler(answer)

    posted = post(httpserver.url_for("/in"), b"x" * 200_000)

    headers, body = seen[0].headers, seen[0].get_data()
    expected = hmac.new(SECRET.encode(), f"{headers['X-Portal-Timestamp']}.".encode() + body, hashlib.sha256)
    assert posted.status == 202
    assert headers["X-Portal-Signature"] == f"v1={expected.hexdigest()}"
    assert (headers["Idempotency-Key"], len(body)) == ("k-1", 200_000)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, maventa.RejectedError), (404, maventa.RejectedError), (302, maventa.RejectedError),
        (429, maventa.TemporaryError), (500, maventa.TemporaryError), (503, maventa.TemporaryError),
    ],
)  # fmt: skip
def test_answer_says_whether_trying_again_helps(
    httpserver: HTTPServer, allowed: None, status: int, error: type[Exception]
) -> None:
    elsewhere = {"Location": httpserver.url_for("/elsewhere")}
    httpserver.expect_request("/in").respond_with_data("no room here", status=status, headers=elsewhere)
    httpserver.expect_request("/elsewhere").respond_with_data("followed")

    with pytest.raises(error):
        post(httpserver.url_for("/in"))

    assert [request.path for request, _answer in httpserver.log] == ["/in"]


def test_nobody_listening_and_a_server_that_hangs_are_tried_again(allowed: None) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        with pytest.raises(maventa.TemporaryError):
            post(f"http://localhost:{port}/")  # nobody listens yet
        silent.listen()
        with pytest.raises(maventa.TemporaryError):
            post(f"http://localhost:{port}/", seconds=0.5)
