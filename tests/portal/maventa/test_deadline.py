"""The deadline holds over the whole call, wherever the time goes."""

import ssl
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from portal import maventa
from portal.maventa import Api, sockets
from tests.portal.maventa.fake_api import FakeApi, says

PATH = "/ax/v1/things"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
LIMIT = 0.4
MUCH_LATER = 5  # a drip never ends by itself; the machine may be busy
# Each drips faster than any read times out, in another part of the answer.
DRIPS = {
    "status line": (b"HTTP/1.1 ", b"2"),
    "headers": (HEAD + b"X-Long: ", b"a"),
    "body": (HEAD + b"Content-Length: 100000\r\n\r\n[", b" "),
    "body without length": (HEAD + b"Connection: close\r\n\r\n[", b" "),
    "chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
}


@pytest.mark.parametrize("part", DRIPS)
def test_slow_drip_ends_with_the_deadline(api, make_client, part):
    start, piece = DRIPS[part]
    api.on("GET", PATH, lambda heard, line: line.drip(start, piece, 0.02))
    began = time.monotonic()

    with pytest.raises(maventa.TemporaryError):
        make_client(deadline=LIMIT).call(Api.AX, "GET", "/v1/things", answer=bytes)
    assert LIMIT * 0.9 < time.monotonic() - began < MUCH_LATER


def test_write_is_unknown_when_the_deadline_runs_out(api, make_client):
    api.on("POST", PATH, lambda heard, line: line.drip(HEAD, b"X: y\r\n", 0.02))

    with pytest.raises(maventa.OutcomeUnknownError) as caught:
        make_client(deadline=LIMIT).call(Api.AX, "POST", "/v1/things", json={})
    assert "0.4 s" in caught.value.reason


def test_deadline_of_one_call_does_not_touch_the_next(api, make_client):
    api.on("GET", PATH, lambda heard, line: line.drip(HEAD, b"X: y\r\n", 0.02), says(body=[1]))
    client = make_client(deadline=5)
    with pytest.raises(maventa.TemporaryError):
        client.call(Api.AX, "GET", "/v1/things", answer=bytes, deadline=0.2)

    assert client.call(Api.AX, "GET", "/v1/things", answer=bytes) == b"[1]"


def test_token_call_is_inside_the_deadline_and_nothing_was_sent(api, make_client):
    api.on("POST", "/ax/oauth2/token", lambda heard, line: line.drip(HEAD, b"X: y\r\n", 0.02))

    with pytest.raises(maventa.TemporaryError):
        make_client(deadline=LIMIT).call(Api.AX, "POST", "/v1/things", scope="company", json={})
    assert api.calls(PATH) == []


def test_deadline_holds_with_tls(make_credentials, monkeypatch, tmp_path):
    server, context = _tls(tmp_path)
    api = FakeApi()
    api.use_tls(server)
    api.start()
    monkeypatch.setattr(sockets, "tls_context", lambda: context)
    api.on("GET", PATH, says(body=[1]), lambda heard, line: line.drip(HEAD + b"X-Long: ", b"a", 0.02))
    credentials = make_credentials(urls=maventa.hosts("SANDBOX", {"ax": f"{api.url}/ax"}))
    client = maventa.Client(credentials, deadline=LIMIT)
    assert client.call(Api.AX, "GET", "/v1/things", answer=bytes, deadline=5) == b"[1]"
    began = time.monotonic()

    with pytest.raises(maventa.TemporaryError):
        client.call(Api.AX, "GET", "/v1/things", answer=bytes)
    assert time.monotonic() - began < MUCH_LATER
    api.stop()


def test_certificate_that_nobody_signed_is_refused_before_a_byte_is_sent(make_credentials, tmp_path):
    server, _ = _tls(tmp_path)
    api = FakeApi()
    api.use_tls(server)
    api.start()
    credentials = make_credentials(urls=maventa.hosts("SANDBOX", {"ax": f"{api.url}/ax"}))

    with pytest.raises(maventa.TemporaryError):
        maventa.Client(credentials, deadline=3).call(Api.AX, "POST", "/v1/things", json={})
    assert api.heard == []
    api.stop()


def _tls(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the settings of a server with a certificate of its own, and of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    client = ssl.create_default_context(cafile=str(pem))
    client.sslsocket_class = sockets.BoundedTlsSocket
    return server, client
