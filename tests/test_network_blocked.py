import socket

import pytest
import requests

from tests.network import NetworkBlockedError


def test_connecting_to_another_machine_is_refused() -> None:
    with socket.socket() as outside, pytest.raises(NetworkBlockedError):
        outside.connect(("192.0.2.1", 80))


def test_connecting_without_exceptions_is_refused_too() -> None:
    with socket.socket() as outside, pytest.raises(NetworkBlockedError):
        outside.connect_ex(("192.0.2.1", 80))


def test_looking_up_another_machine_is_refused() -> None:
    with pytest.raises(NetworkBlockedError):
        requests.get("https://ax.example.org/", timeout=1)


def test_loopback_is_reachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as client:
        client.connect(server.getsockname())

        assert client.getpeername() == server.getsockname()
