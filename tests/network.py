"""Tests may speak to this machine and to nobody else."""

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit


class NetworkBlockedError(RuntimeError):
    """A test tried to leave this machine."""


_connect, _connect_ex, _getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo


def _is_local(host: str | bytes | None) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(name).split("%")[0]).is_loopback
    except ValueError:
        return False


def block(*allowed_urls: str) -> None:
    """Refuse every connection and name look-up but loopback, unix sockets and the hosts of `allowed_urls`."""
    allowed = {urlsplit(url).hostname for url in allowed_urls}
    addresses = {str(found[4][0]) for host in allowed - {None, ""} for found in _getaddrinfo(host, None)}

    def check(host: str | bytes | None) -> None:
        if not (_is_local(host) or host in allowed or host in addresses):
            raise NetworkBlockedError(f"tests may not reach {host!r}")

    def connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX:
            check(address[0])
        _connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        if self.family != socket.AF_UNIX:
            check(address[0])
        return _connect_ex(self, address)

    def getaddrinfo(host: str | bytes | None, *arguments: Any, **options: Any) -> Any:
        check(host)
        return _getaddrinfo(host, *arguments, **options)

    socket.socket.connect = connect  # type: ignore[method-assign]
    socket.socket.connect_ex = connect_ex  # type: ignore[method-assign]
    socket.getaddrinfo = getaddrinfo  # type: ignore[assignment]
