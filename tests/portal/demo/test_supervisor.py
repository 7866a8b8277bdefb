"""The demo as a whole: real processes, without the story (which tests/e2e tells)."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.demo.place import Place
from tests.e2e.stack import ROOT, Stack, free_ports

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


def command_lines(var: Path) -> dict[int, str]:
    """Return the processes of the demo in `var`: they carry its folder in their environment or command."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            environment = (folder / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(var) in command + environment and int(folder.name) != os.getpid():
            found[int(folder.name)] = command
    return found


def eventually(is_true: Callable[[], object], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def is_free(url: str) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(url.rsplit(":", 1)[1])))
        except OSError:
            return False
        return True


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    made = Stack(tmp_path / "var")
    yield made
    made.stop()


def workers(stack: Stack) -> set[int]:
    return {pid for pid, command in command_lines(stack.var).items() if " worker " in command}


def test_a_worker_is_started_again_and_int_ends_all_even_where_it_was_inherited_as_ignored(stack: Stack) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    stack.start()
    signal.signal(signal.SIGINT, before)
    [first] = workers(stack)

    os.kill(first, signal.SIGKILL)

    assert eventually(lambda: workers(stack) - {first}, seconds=10)
    began = time.monotonic()
    assert stack.stop() == 0
    assert time.monotonic() - began < 10
    assert command_lines(stack.var) == {}
    assert is_free(stack.url)
    assert is_free(stack.sandbox_url)


def test_keys_stay_at_the_next_start_and_a_killed_supervisor_leaves_nothing_behind(stack: Stack) -> None:
    place = Place(stack.var, 1, 2)
    place.make()
    place.write_settings()
    password = stack.password
    stack.start()
    [supervisor] = [pid for pid, command in command_lines(stack.var).items() if "manage.py demo" in command]

    os.kill(supervisor, signal.SIGKILL)

    assert stack.password == password
    assert eventually(lambda: command_lines(stack.var) == {}, seconds=15)


def test_a_taken_port_ends_the_start_in_one_line_before_anything_runs(tmp_path: Path) -> None:
    [port, sandbox_port] = free_ports(2)
    environment = {**os.environ, "VAR_DIR": str(tmp_path / "var"), "PORT": str(port), "SANDBOX_PORT": str(sandbox_port)}
    with socket.create_server(("127.0.0.1", sandbox_port)):
        ended = subprocess.run(
            [sys.executable, "manage.py", "demo"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    assert ended.returncode == 2
    assert ended.stderr.splitlines() == [
        f"demo: port {sandbox_port} is taken (Address already in use); choose another: make demo SANDBOX_PORT=…"
    ]
    assert command_lines(tmp_path / "var") == {}
