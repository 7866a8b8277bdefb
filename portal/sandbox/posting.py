"""One POST to a webhook destination, and which destinations are allowed."""

import base64
import http.client
import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from portal import contract


@dataclass(frozen=True, slots=True)
class Posted:
    acknowledged: bool
    text: str


def post(destination: str, body: bytes) -> Posted:
    """Send one event; any failure is an answer too. User and password of the address go as basic auth."""
    rules = contract.webhooks()["delivery"]
    parts = urlsplit(destination)
    try:
        connection = _connect(parts, rules["timeout_seconds"])
        try:
            connection.request("POST", _target(parts), body, _headers(parts))
            response = connection.getresponse()
            response.read(1024)
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Posted(acknowledged=False, text=f"{type(error).__name__}: {error}"[:200])
    return Posted(response.status in rules["success_statuses"], f"{response.status} {response.reason}")


def refusal_of(destination: str) -> str | None:
    """Why events are not sent there; None if they are. A training simulator reaches nothing but its own machine."""
    try:
        parts = urlsplit(destination)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return "destination is not an address"
    if parts.scheme not in ("http", "https") or not host:
        return "destination must be an http or https address"
    if host == "localhost" or host.endswith(".localhost"):
        return None
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    return None if loopback else "this simulator sends webhooks to the machine it runs on only (127.0.0.1 or localhost)"


def _connect(parts: SplitResult, timeout: float) -> http.client.HTTPConnection:
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=timeout)


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _headers(parts: SplitResult) -> dict[str, str]:
    headers = {"Content-Type": "application/json", "User-Agent": "AutoInvoice-Sandbox"}
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    return headers
