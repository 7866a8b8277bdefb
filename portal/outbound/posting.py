"""
One POST, signed, within a deadline; redirects are not followed, and of the answer only the beginning is read.

The receiver checks `X-Portal-Signature: v1=<hex>`: HMAC-SHA256 with the shared secret over the timestamp header, a
point, and the body. `Idempotency-Key` is the same whenever the same thing is posted.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import BinaryIO

import urllib3
import urllib3.exceptions
from django.utils import timezone

from portal.maventa import RejectedError, TemporaryError, sockets
from portal.maventa.deadline import Deadline
from portal.outbound.addresses import Target, resolve

_PIECE, _SHOWN = 2**16, 300  # bytes
_CONNECT_SECONDS = 5.0
_NOT_NOW = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Posted:
    status: int
    ms: int


def post(url: str, body: BinaryIO, *, content_type: str, secret: str, key: str, seconds: float) -> Posted:
    """
    Post a body that can be read twice: once to sign it, once to send it.

    :param key: goes as Idempotency-Key
    :raises AddressRefusedError: it must not go there
    :raises TemporaryError: later it may work; if it was taken after all, the same key says so to the receiver
    :raises RejectedError: the receiver says no
    """
    target, began = resolve(url), timezone.now()
    headers = {"Content-Type": content_type, "Idempotency-Key": key, "User-Agent": "AutoInvoice-Partner-Portal"}
    headers |= _signature(body, secret, str(int(began.timestamp())))
    headers["Content-Length"] = str(body.seek(0, 2))
    body.seek(0)
    running = sockets.exchange
    running.deadline, running.sent = Deadline(seconds), False
    try:
        status, said = _exchange(target, body, headers, seconds)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise TemporaryError(reason=f"{target.host}: {type(error).__name__}") from None
    finally:
        running.deadline = None
    _judge(status, said, target.host)
    return Posted(status, round((timezone.now() - began).total_seconds() * 1000))


def _exchange(target: Target, body: BinaryIO, headers: dict[str, str], seconds: float) -> tuple[int, str]:
    options = {"server_hostname": target.host, "assert_hostname": target.host, "ssl_context": sockets.tls_context()}
    pool = sockets.POOLS[target.scheme](target.ip, target.port, **(options if target.scheme == "https" else {}))
    standard = target.port == (443 if target.scheme == "https" else 80)
    headers["Host"] = target.host if standard else f"{target.host}:{target.port}"
    timeout = urllib3.Timeout(connect=min(_CONNECT_SECONDS, seconds), read=seconds)
    with pool:
        answer = pool.urlopen(
            "POST", target.path, body=iter(lambda: body.read(_PIECE), b""), headers=headers, timeout=timeout,
            retries=False, redirect=False, preload_content=False, assert_same_host=False,
        )  # fmt: skip
        try:
            said = answer.read(_SHOWN, decode_content=False).decode("utf-8", "replace")
            return int(answer.status), " ".join(said.split())
        finally:
            answer.close()


def _signature(body: BinaryIO, secret: str, at: str) -> dict[str, str]:
    signed = hmac.new(secret.encode(), f"{at}.".encode(), hashlib.sha256)
    body.seek(0)
    while piece := body.read(_PIECE):
        signed.update(piece)
    return {"X-Portal-Timestamp": at, "X-Portal-Signature": f"v1={signed.hexdigest()}"}


def _judge(status: int, said: str, host: str) -> None:
    if 200 <= status < 300:
        return
    if status in _NOT_NOW or status >= 500:
        raise TemporaryError(reason=f"{host}: status {status}")
    raise RejectedError(status, f"status_{status}", said or f"{host}: status {status}")
