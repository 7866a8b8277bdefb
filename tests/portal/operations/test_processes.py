"""Workers as processes of their own: two at once, one killed in mid-call."""

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from portal.operations import queueing, sweeping
from portal.operations.enums import State
from portal.operations.models import Attempt, Operation
from portal.operations.runner import drain, run_until_idle
from portal.partners.models import PartnerAccount
from tests.portal.operations.conftest import Queue, states
from tests.portal.operations.kinds import remote

QueueMany = Callable[..., queueing.Queued]


class Counting(ThreadingHTTPServer):
    """Counts what it was asked for; answers when it is let."""

    daemon_threads = True

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.lock, self.may_answer = threading.Lock(), threading.Event()
        self.may_answer.set()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Counting

    def do_GET(self) -> None:
        with self.server.lock:
            self.server.seen[self.path.strip("/")] += 1
        self.server.may_answer.wait(30)
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Stay silent."""


@pytest.fixture
def server() -> Iterator[Counting]:
    with Counting() as counting:
        threading.Thread(target=counting.serve_forever, daemon=True).start()
        yield counting
        counting.may_answer.set()
        counting.shutdown()


def start_drainer(account: PartnerAccount, server: Counting) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.portal.operations.drainer", str(account.pk), server.address],
        env={**os.environ, "DATABASE_URL": _database_url(), "PYTHONPATH": str(Path.cwd()), "PYTHONWARNINGS": "ignore"},
    )


def _database_url() -> str:
    """Return the address of the test's own database, which is not the one that settings name."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    server, _slash, _name = os.environ["DATABASE_URL"].rpartition("/")
    return f"{server}/{settings['NAME']}"


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, "it took too long"
        time.sleep(0.02)


@pytest.mark.slow
def test_two_drainers_at_once_send_each_operation_once(
    account: PartnerAccount, queue_many: QueueMany, server: Counting
) -> None:
    queue_many([f"g{number}" for number in range(400)])

    drainers = [start_drainer(account, server) for _ in range(2)]
    codes = [drainer.wait(60) for drainer in drainers]

    assert codes == [0, 0]
    assert set(server.seen.values()) == {1}
    assert len(server.seen) == 400
    assert set(Operation.objects.values_list("state", flat=True)) == {State.DONE}


@pytest.mark.slow
def test_worker_killed_in_mid_call_leaves_one_effect_and_no_human(
    account: PartnerAccount, queue: Queue, server: Counting
) -> None:
    server.may_answer.clear()
    operation = queue("north")
    drainer = start_drainer(account, server)
    wait_until(lambda: server.seen["north"] == 1)
    drainer.kill()
    drainer.wait()
    assert states(operation) == [State.SENDING]

    remote.effects["north"] = 1  # the call that was under way had its effect
    Attempt.objects.update(deadline_at=timezone.now())
    sweeping.tidy()
    assert states(operation) == [State.UNKNOWN]
    assert run_until_idle(account, timeout=5)

    assert states(operation) == [State.DONE]
    assert remote.effects == {"north": 1}
    assert remote.calls == [], "it was looked up, not sent again"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server that could go away")
def test_database_that_restarts_in_mid_call_loses_no_answer(
    account: PartnerAccount, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    act, names = remote.act, {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password", "NAME": "dbname"}
    address = {
        ours: connection.settings_dict[django] for django, ours in names.items() if connection.settings_dict[django]
    }

    def act_while_every_connection_breaks(*names: str) -> None:
        act(*names)
        with psycopg.connect(**address, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"  # other workers have their own
            )

    monkeypatch.setattr(remote, "act", act_while_every_connection_breaks)
    operation = queue("north", "tests.invite")

    drain(account.pk)

    assert states(operation) == [State.DONE], "a kind without look-up would otherwise need a person"
    assert remote.effects == {"north": 1}
