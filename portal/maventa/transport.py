"""One request, one answer, inside a deadline. Besides `sessions` and `sockets` the only module with `requests`."""

import hashlib
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

import requests
import urllib3.exceptions
from django.utils import timezone

from portal.maventa import bodies, sockets
from portal.maventa.deadline import Deadline
from portal.maventa.environments import Api
from portal.maventa.errors import UnexpectedResponseError
from portal.maventa.sessions import session_for

_CONNECT_TIMEOUT = 5.0  # seconds, for one address of the host
_PIECE = 1 << 16
_LARGEST_ANSWER = 64 * 2**20  # bytes kept in memory
_LARGEST_DOWNLOAD = 1 << 30  # bytes written to a file


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is sent, without who sends it."""

    api: Api
    method: str
    template: str
    path: str = ""  # the template with its values; "": it has none
    shown_path: str = ""  # the same as a log may show it
    query: str = ""
    content: bodies.Content = bodies.NOTHING
    reads: bool = False  # has no effect there, so that a lost answer is harmless
    repeatable: bool = False
    scope: str = ""  # "": an open call


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]  # any case
    body: bytes  # b"" when it went to a sink
    size: int = 0
    sha256: str = ""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


class LostError(Exception):
    """No whole answer. `sent`: some of the request may have arrived; `dropped`: the connection broke (no timeout)."""

    def __init__(self, reason: str, *, sent: bool, dropped: bool) -> None:
        super().__init__(reason)
        self.reason, self.sent, self.dropped = reason, sent, dropped


def exchange(
    request: Request, base_url: str, headers: Mapping[str, str], deadline: Deadline, sink: BinaryIO | None = None
) -> Reply:
    """
    Send the request once and read the whole answer; a good answer's body goes to `sink` if there is one.

    :raises LostError: no whole answer came before the deadline
    :raises UnexpectedResponseError: an answer larger than any real one
    """
    running = sockets.exchange
    running.deadline, running.sent = deadline, False
    try:
        with request.content.open() as (body, content_type):
            given = {**headers, "Content-Type": content_type} if content_type else headers
            return _send(request, base_url, given, body, deadline, sink)
    except (requests.RequestException, urllib3.exceptions.HTTPError, TimeoutError, ConnectionError) as exc:
        raise LostError(_reason(exc, deadline), sent=running.sent, dropped=_is_drop(exc)) from None
    finally:
        running.deadline = None


def _send(
    request: Request,
    base_url: str,
    headers: Mapping[str, str],
    body: bodies.Body,
    deadline: Deadline,
    sink: BinaryIO | None,
) -> Reply:
    left = deadline.remaining()
    if left <= 0:
        raise TimeoutError
    session = session_for(base_url)
    url = f"{base_url}{request.path or request.template}{request.query}"
    prepared = requests.PreparedRequest()
    prepared.prepare(request.method, url, headers={**session.headers, **headers}, data=body)
    timeout = (min(_CONNECT_TIMEOUT, left), left)
    # By the session's adapter, not by the session, which would look for cookies, proxies and redirects: we take none.
    with session.get_adapter(url).send(prepared, stream=True, timeout=timeout, verify=True) as response:
        return _read(response, deadline, sink if 200 <= response.status_code < 300 else None)


def _read(response: requests.Response, deadline: Deadline, sink: BinaryIO | None) -> Reply:
    largest = _LARGEST_DOWNLOAD if sink else _LARGEST_ANSWER
    pieces: list[bytes] = []
    keep = sink.write if sink else pieces.append
    digest = hashlib.sha256() if sink else None
    size = 0
    for piece in response.iter_content(_PIECE):
        if deadline.is_over():
            raise TimeoutError
        size += len(piece)
        if size > largest:
            raise UnexpectedResponseError("an answer larger than any real one")
        keep(piece)
        if digest:
            digest.update(piece)
    sha256 = digest.hexdigest() if digest else ""
    return Reply(response.status_code, response.headers, b"".join(pieces), size, sha256)


def _is_drop(exc: Exception) -> bool:
    return not isinstance(exc, requests.Timeout | TimeoutError) and "timed out" not in str(exc).lower()


def _reason(exc: Exception, deadline: Deadline) -> str:
    """Name the failure without the address: its query may name a person."""
    if deadline.is_over():
        return f"no whole answer within {deadline.seconds:g} s"
    cause: BaseException | None = exc
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        cause = cause.__cause__ or cause.__context__ or _wrapped(cause)
    return type(exc).__name__


def _wrapped(exc: BaseException) -> BaseException | None:
    for inner in (getattr(exc, "reason", None), *exc.args):
        if isinstance(inner, BaseException):
            return inner
    return None


class Stopwatch:
    """When an exchange began, how long it took, and the id it is known by on both sides."""

    __slots__ = ("_began", "at", "request_id")

    def __init__(self) -> None:
        self.at = timezone.now()
        self._began = time.perf_counter()
        self.request_id = uuid.uuid4().hex

    def ms(self) -> int:
        return round((time.perf_counter() - self._began) * 1000)
