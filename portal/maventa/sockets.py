"""
Sockets and connections that know the deadline of the call they serve.

Each receive and send may last no longer than what is left of the whole call, in the headers too, with TLS or without.
They also tell whether a byte of the request has left: what was never sent was surely not carried out.
"""

import socket
import ssl
import threading
import time
from functools import cache
from typing import Any

import certifi
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from portal.maventa.deadline import Deadline

# Seconds; servers close idle connections (some after 5 s), and a write that meets the closing is a lost answer.
IDLE_LIMIT = 4.0


class _Exchange(threading.local):
    """The exchange that this thread is in the middle of."""

    deadline: Deadline | None = None
    sent = False


exchange = _Exchange()


class _BoundedMixin:
    def _bound(self) -> None:
        if exchange.deadline is None:
            return
        left = exchange.deadline.remaining()
        if left <= 0:
            raise TimeoutError("the call's deadline is over")
        limit = self.gettimeout()  # type: ignore[attr-defined]
        if limit is None or limit > left:
            self.settimeout(left)  # type: ignore[attr-defined]

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self._bound()
        return super().recv_into(*args, **kwargs)  # type: ignore[misc, no-any-return]

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self._bound()
        exchange.sent = True
        super().sendall(*args, **kwargs)  # type: ignore[misc]


class BoundedSocket(_BoundedMixin, socket.socket):
    @classmethod
    def adopt(cls, sock: socket.socket) -> "BoundedSocket":
        """Take over an open socket with its time limit."""
        timeout = sock.gettimeout()
        bounded = cls(fileno=sock.detach())
        bounded.settimeout(timeout)
        return bounded


class BoundedTlsSocket(_BoundedMixin, ssl.SSLSocket):
    pass


class _BoundedHTTPConnection(HTTPConnection):
    last_used = 0.0

    def _new_conn(self) -> socket.socket:
        return BoundedSocket.adopt(super()._new_conn())


class _BoundedHTTPSConnection(HTTPSConnection):
    last_used = 0.0

    def _new_conn(self) -> socket.socket:
        return BoundedSocket.adopt(super()._new_conn())


class _FreshMixin:
    """Hands out a kept connection only while it was used a moment ago."""

    def _get_conn(self, timeout: float | None = None) -> Any:
        conn = super()._get_conn(timeout)  # type: ignore[misc]
        if conn.last_used and time.monotonic() - conn.last_used > IDLE_LIMIT:
            conn.close()  # it opens itself anew
        return conn

    def _put_conn(self, conn: Any) -> None:
        if conn is not None:
            conn.last_used = time.monotonic()
        super()._put_conn(conn)  # type: ignore[misc]


class _PlainPool(_FreshMixin, HTTPConnectionPool):
    ConnectionCls = _BoundedHTTPConnection


class _TlsPool(_FreshMixin, HTTPSConnectionPool):
    ConnectionCls = _BoundedHTTPSConnection


POOLS = {"http": _PlainPool, "https": _TlsPool}


@cache
def tls_context() -> ssl.SSLContext:
    """Return the process's TLS settings: verified always, the system's authorities (SSL_CERT_FILE) and certifi's."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    context.sslsocket_class = BoundedTlsSocket
    return context
