"""
The intake as a process of its own, for rates that the whole web stack does not reach:

    uvicorn portal.webhooks.asgi:application --http httptools --loop uvloop --lifespan off --no-access-log --workers 2

It serves /hooks/… and /health/live and nothing else: no sessions, no middleware, no pages. Rows, checks and answers are
those of the portal's own view. A proxy sends it what begins with /hooks/. An access log would hold their secrets.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from uuid import UUID

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from portal.webhooks import door, intake, keys, together  # noqa: E402  models need Django to be set up
from portal.webhooks.models import WebhookSecret  # noqa: E402

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_known = keys.Known()
_deliveries = together.Awaited(together.insert)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request: ASGI."""
    if scope["type"] != "http":
        return
    status, headers = await _answer(scope, receive)
    told = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    if status != 204:
        told.append((b"content-length", b"0"))
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": b""})


async def _answer(scope: Scope, receive: Receive) -> door.Answer:
    parts = scope["path"].strip("/").split("/")
    if parts == ["health", "live"]:
        return 200, {}
    if len(parts) != 3 or parts[0] != "hooks":
        return 404, {}
    try:
        account_key = UUID(parts[1])
    except ValueError:
        return 404, {}
    if scope["method"] != "POST":
        return door.ONLY_POST
    try:
        return await _keep(_environ(scope), account_key, parts[2], receive)
    except ImproperlyConfigured:
        return door.AGAIN
    except (together.NotStoredError, DatabaseError) as exc:
        return door.come_again(exc)


async def _keep(environ: dict[str, str], account_key: UUID, secret: str, receive: Receive) -> door.Answer:
    loop = asyncio.get_running_loop()
    known = _known.recall(account_key, secret)
    if known is None:
        known = await loop.run_in_executor(None, _recognise, account_key, secret)
    admitted = door.knock(environ, known)
    if not isinstance(admitted, WebhookSecret):
        return admitted
    body = await _body(receive)
    if body is None:
        return 400, {}
    row = door.admit(environ, admitted, body)
    if isinstance(row, tuple):
        return row
    await _deliveries.store(row)
    intake.nudge(lambda wait: loop.run_in_executor(None, intake.send, wait))
    return 204, {}


def _recognise(account_key: UUID, secret: str) -> WebhookSecret | None:
    try:
        return _known.recognise(account_key, secret)
    finally:
        connection.close()  # back to the pool


def _environ(scope: Scope) -> dict[str, str]:
    """Return the request as WSGI names it, which the door reads."""
    environ = {"REQUEST_METHOD": scope["method"], "REMOTE_ADDR": (scope.get("client") or ("",))[0]}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value.decode("latin-1")
    return environ


async def _body(receive: Receive) -> bytes | None:
    """Return the body, of one that is too long only as much as shows it; None: its sender has gone."""
    parts, length = [], 0
    while length <= settings.WEBHOOK_MAX_BYTES:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        length += len(parts[-1])
        if not message.get("more_body"):
            break
    return b"".join(parts)
