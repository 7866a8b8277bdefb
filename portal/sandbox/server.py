"""Uvicorn as the simulator needs it: a socket bound beforehand, ends at once, and connections that can be dropped."""

import asyncio
import contextlib
import signal
import socket
import threading
import weakref
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

_open: "weakref.WeakValueDictionary[tuple[str, int], DroppableProtocol]" = weakref.WeakValueDictionary()


class DroppableProtocol(H11Protocol):
    """HTTP/1.1 whose connection can be cut by the application, for the faults that lose an answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # asyncio does this only for sockets made with an explicit protocol number; without it every answer waits 40 ms
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.client:
            _open[self.client] = self


def drop_connection(scope: Any) -> None:
    """Cut the connection of a request without an answer (the client sees a reset)."""
    protocol = _open.get(tuple(scope["client"]))
    if protocol is not None:
        protocol.transport.abort()


class Server(uvicorn.Server):
    """Says when it listens, and ends on INT and TERM even where INT was inherited as ignored."""

    def __init__(self, config: uvicorn.Config, on_listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_listening = on_listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_listening()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._leave)
        yield

    def _leave(self, _number: int, _frame: FrameType | None) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. :raises OSError: the port is taken or the host unknown"""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=1024)


def server(app: Any, on_listening: Callable[[], None] = lambda: None) -> Server:
    config = uvicorn.Config(
        app,
        http=DroppableProtocol,
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=75,
    )
    return Server(config, on_listening)
