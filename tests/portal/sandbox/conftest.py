"""One simulator a worker, reset for every test; a destination for webhooks; a client for the AX API."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests import sandbox
from tests.portal.sandbox.clients import Ax, Inbox
from tests.portal.sandbox.invoice_bench import Bench
from tests.sandbox import Sandbox


@pytest.fixture(scope="session")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with sandbox.start(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture(scope="session")
def _standing_still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with sandbox.start(tmp_path_factory.mktemp("sandbox"), pace="manual") as running:
        yield running


@pytest.fixture
def simulator(_running: Sandbox) -> Sandbox:
    """At the fast pace, with the partner company alone in it."""
    _running.reset()
    return _running


@pytest.fixture
def manual(_standing_still: Sandbox) -> Sandbox:
    """At the manual pace: nothing happens until the clock is moved."""
    _standing_still.reset()
    return _standing_still


@pytest.fixture
def ax(simulator: Sandbox) -> Ax:
    return Ax(simulator)


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """A server that takes webhooks."""
    received = Inbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(received.take(self.path, dict(self.headers), body))
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    received.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield received
    server.shutdown()
    server.server_close()


@pytest.fixture
def manual_ax(manual: Sandbox) -> Ax:
    return Ax(manual)


@pytest.fixture
def bench() -> Iterator[Bench]:
    """A world of its own to post invoices into, without HTTP."""
    bench = Bench()
    yield bench
    bench.close()


@pytest.fixture
def sender(bench: Bench) -> str:
    return bench.company("2345678-0", "Pohjolan Puu Öljy Oy")


@pytest.fixture
def receiver(bench: Bench) -> str:
    return bench.company("1572860-0", "Rannan Rauta Oy")
