"""The portal as `make demo` starts it, on free ports, in a folder of its own: for browser tests and figures."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import requests

from tests.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]
# Settings of the test run itself must not reach the stack: it has servers and keys of its own.
_OWN = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(held.getsockname()[1]) for held in sockets]
    for held in sockets:
        held.close()
    return ports


class Stack:
    """
    Web, worker, beat, Valkey, SQLite and simulator, without a story unless asked for.

    :param settings: environment variables of its own, such as CALL_DEADLINE
    :ivar url: of the portal, :ivar sandbox_url: of the simulator; both without a final slash
    """

    username = "demo"

    def __init__(
        self, var: Path | None = None, *, story: bool = False, settings: Mapping[str, str] | None = None
    ) -> None:
        self._folder = None if var else tempfile.TemporaryDirectory(prefix="portal-e2e-")
        self.var = var or Path(self._folder.name)  # type: ignore[union-attr]
        port, sandbox_port = free_ports(2)
        self.url, self.sandbox_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{sandbox_port}"
        self.story = story
        own = {name: os.environ[name] for name in _OWN if name in os.environ}
        self.environment = {**own, "VAR_DIR": str(self.var), "PORT": str(port), "SANDBOX_PORT": str(sandbox_port)}
        self.environment.update(settings or {})
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, seconds: float = 120) -> None:
        """:raises RuntimeError: it did not come up; the text holds what it printed"""
        self.var.mkdir(parents=True, exist_ok=True)
        with (self.var / "stack.log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "demo", *([] if self.story else ["--no-story"])],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = (self.var / "stack.log").read_text(errors="replace")
                self.stop()
                raise RuntimeError(f"the portal did not start:\n{said}")
            time.sleep(0.2)

    def is_ready(self) -> bool:
        if self.story:
            return (self.var / "demo.json").exists()
        return "The portal runs" in (self.var / "stack.log").read_text(errors="replace")

    def stop(self) -> int | None:
        """Return the exit code; None when it had to be killed."""
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGINT)
        try:
            code: int | None = self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            code = None
        self._process = None
        if self._folder is not None:
            self._folder.cleanup()
        return code

    @property
    def password(self) -> str:
        lines = (self.var / "env").read_text().splitlines()
        return next(line.split("=", 1)[1] for line in lines if line.startswith("DEMO_PASSWORD="))

    def cookies(self) -> list[dict[str, str]]:
        """Return the cookies of a new session, made without a browser: a browser needs seconds for it."""
        with requests.Session() as session:
            address = f"{self.url}/admin/login/"
            session.get(address, timeout=30)
            form = {"username": self.username, "password": self.password, "next": "/admin/"}
            token = {"csrfmiddlewaretoken": session.cookies["portal_csrf"] or ""}
            answer = session.post(address, {**form, **token}, headers={"Referer": address}, timeout=30)
            assert answer.ok
            assert answer.url == f"{self.url}/admin/"
            return [{"name": one.name, "value": one.value or "", "url": self.url} for one in session.cookies]

    def manage(self, *arguments: str, seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a management command against the stack's database, as staff do in the root."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    @property
    def simulator(self) -> Sandbox:
        """The stack's simulator, to sign, receive, advance and spoil; the stack ends it."""
        assert self._process is not None
        credentials = json.loads((self.var / "sandbox" / "credentials.json").read_text())
        return Sandbox(self.sandbox_url, credentials, self._process, self.var / "logs" / "sandbox.log")
