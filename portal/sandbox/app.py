"""The ASGI application: APIs by prefix, everything else (control, signing pages, Swagger UI) to the pages."""

import asyncio
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from portal import contract
from portal.sandbox.call import Answer
from portal.sandbox.gateway import Dropped, Gateway, error_answer
from portal.sandbox.server import drop_connection
from portal.sandbox.validation import Request

LARGEST_BODY = 256 * 1024 * 1024


class Application:
    """Routes requests to the gateway or to the pages."""

    def __init__(self, gateway: Gateway, pages: ASGIApp) -> None:
        self.gateway = gateway
        self.pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path = scope["path"].lstrip("/")
        if path.split("/")[0] not in contract.APIS:
            await self.pages(scope, receive, send)
            return
        body = await _read(receive)
        if body is None:
            await _send(send, error_answer("ax", 413, "invalid_parameters", "the body is too large"))
            return
        try:
            answer = await self.gateway.answer(_request(scope, body))
        except Dropped:
            drop_connection(scope)
            await _until_gone(receive)
            return
        await _send(send, answer)


def _request(scope: Scope, body: bytes) -> Request:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return Request(
        method=scope["method"],
        raw_path=scope["raw_path"].decode("ascii", "replace"),
        query_string=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=body,
        base_url=f"{scope['scheme']}://{headers.get('host', '')}",
    )


async def _read(receive: Receive) -> bytes | None:
    """The whole body; None if it is larger than any form the contract could mean."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise asyncio.CancelledError
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > LARGEST_BODY:
            return None
        if not message.get("more_body"):
            return b"".join(chunks)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(send: Send, answer: Answer) -> None:
    content = answer.content()
    headers: list[tuple[bytes, bytes]] = [
        (name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers.items()
    ]
    if content or answer.status != 204:
        headers.append((b"content-length", str(len(content)).encode()))
    if content:
        headers.append((b"content-type", _with_charset(answer.content_type).encode()))
    start: dict[str, Any] = {"type": "http.response.start", "status": answer.status, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": b"" if answer.status == 204 else content})


def _with_charset(content_type: str) -> str:
    return f"{content_type}; charset=utf-8" if content_type.startswith("text/") else content_type
