"""Child processes of the demo: each leads a session of its own, so that Ctrl-C reaches only the supervisor."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

_PR_SET_PDEATHSIG = 1
# Python ignores this one and children would inherit it; INT and TERM may come ignored from our own parent.
_TO_DEFAULT = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE)


def _die_with_parent() -> Callable[[], None]:
    """Return what a child runs before it starts: no inherited handling, and TERM when the supervisor is killed."""
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def prepare() -> None:
        for number in _TO_DEFAULT:
            signal.signal(number, signal.SIG_DFL)
        if libc is not None:
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

    return prepare


@dataclass
class Child:
    """One program and its restarts; what it prints goes to `log`, its standard output to `output` if named."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    output: Path | None = None
    starts: list[float] = field(default_factory=list)  # monotonic times
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.starts.append(time.monotonic())
        with self.log.open("ab") as log, self.output.open("wb") if self.output else nullcontext(log) as out:
            self._process = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent(),
            )

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    @property
    def exit_code(self) -> int | None:
        """None while it runs; reaps it when it has ended."""
        return self._process.poll() if self._process is not None else None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def wait(self, seconds: float) -> bool:
        """Return whether it has ended within `seconds`."""
        if self._process is None:
            return True
        try:
            self._process.wait(timeout=max(seconds, 0))
        except subprocess.TimeoutExpired:
            return False
        return True

    def ask_to_end(self) -> None:
        """Tell the program alone: it ends its own children in order."""
        if self._process is not None and self.is_running:
            self._process.terminate()

    def kill_group(self) -> None:
        """End whatever is left of its session."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def starts_within(self, seconds: float) -> int:
        return sum(started > time.monotonic() - seconds for started in self.starts)

    def last_lines(self, count: int = 15) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])


def end_all(children: list[Child], *, patience: float) -> None:
    """Ask all at once, wait `patience` seconds in total, then kill and reap what is left."""
    for child in children:
        child.ask_to_end()
    deadline = time.monotonic() + patience
    for child in children:
        child.wait(deadline - time.monotonic())
        child.kill_group()
        child.wait(2)
