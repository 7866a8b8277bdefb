"""
Start the programs in order, keep them running, end them all.

INT, TERM and HUP are handled here even where they were inherited as ignored. Every wait looks at the same flag,
so that a signal ends a start just as it ends a running demo.
"""

import http.client
import json
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType

from portal.demo import programs
from portal.demo.place import DemoError, Place
from portal.demo.processes import Child, end_all

_TICK = 0.1  # seconds
_PATIENCE, _BROKER_PATIENCE = 6.5, 1.5  # seconds between asking and killing; together under ten
_RESTARTS, _RESTART_WINDOW = 5, 60.0  # more starts than this in a window of seconds end the demo
_ANEW = "Where the data of an earlier version is the reason, make demo-reset begins anew."
_LOOK, _SILENT_LOOKS = 5.0, 4  # seconds between looks at the parts; silent looks before a restart


class EndingError(Exception):
    """Somebody asked the demo to end."""


def say(text: str) -> None:
    with suppress(BrokenPipeError):
        print(text, flush=True)


class Supervisor:
    """One run of the demo; `run` returns when everything it started is gone."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.settings = place.write_settings()
        self.valkey, self.sandbox = programs.valkey(place), programs.sandbox(place)
        self.web = programs.web(place, self.settings)
        self.worker, self.beat = programs.worker(place, self.settings), programs.beat(place, self.settings)
        self.kept: list[Child] = []  # started, and started again when they end
        self.others: list[Child] = []  # started once: set-up and story
        self.is_ending = False
        self._silent_looks = {"worker": 0, "beat": 0}
        self._next_look = 0.0

    def run(self, then: Callable[["Supervisor"], None]) -> None:
        """
        Bring everything up, call `then`, and keep it up until a signal comes.

        :raises DemoError: something does not start, or keeps ending
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            self._start()
            then(self)
            self.wait_for(lambda: False, seconds=float("inf"), what="the end")
        except EndingError:
            say("Ending …")
        finally:
            self._end()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.is_ending = True

    def _start(self) -> None:
        say("Starting broker and simulator, preparing the database …")
        self._keep(self.valkey)
        self._keep(self.sandbox)
        # Neither needs the other, and together they are most of the time until the first page.
        static = self.begin("collectstatic", "--noinput", "--verbosity", "0")
        migrate = self.begin("migrate", "--noinput", "--verbosity", "0")
        self.finish(migrate, seconds=600)
        self.wait_for(self.place.credentials_file.exists, seconds=60, what="the simulator")
        self.wait_for(self.place.broker_socket.exists, seconds=20, what="the broker")
        self.finish(static, seconds=300)
        say("Starting web, worker and beat …")
        for child in (self.web, self.worker, self.beat):
            self._keep(child)
        self.finish(self.begin("demo_setup", str(self.place.credentials_file)), seconds=60)
        self.wait_for(lambda: self._missing_parts() == [], seconds=90, what="GET /health/ready", every=0.5)

    def _keep(self, child: Child) -> None:
        self.kept.append(child)
        child.start()

    def begin(self, *arguments: str, output: Path | None = None) -> Child:
        """Start a management command; `finish` or `wait_for` sees to its end."""
        child = programs.manage(self.place, self.settings, *arguments, output=output)
        self.others.append(child)
        child.start()
        return child

    def finish(self, child: Child, *, seconds: float) -> None:
        """:raises DemoError: it failed"""
        self.wait_for(lambda: not child.is_running, seconds=seconds, what=child.name)
        if child.exit_code != 0:
            raise DemoError(f"{child.name} failed; the end of {child.log}:\n{child.last_lines()}")

    def wait_for(self, is_true: Callable[[], bool], *, seconds: float, what: str, every: float = _TICK) -> None:
        """
        Keep the programs running until `is_true`, which is asked `every` so many seconds.

        :raises EndingError: a signal came
        :raises DemoError: it took longer than `seconds`, or a program keeps ending
        """
        deadline, next_question = time.monotonic() + seconds, 0.0
        while True:
            if time.monotonic() >= next_question:
                if is_true():
                    return
                next_question = time.monotonic() + every
            if self.is_ending:
                raise EndingError
            if time.monotonic() > deadline:
                raise DemoError(f"{what} took longer than {seconds:.0f} seconds; see {self.place.var / 'logs'}")
            self._restart_what_ended()
            self._restart_what_is_silent()
            time.sleep(_TICK)

    def _restart_what_ended(self) -> None:
        for child in self.kept:
            if child.is_running:
                continue
            if child.starts_within(_RESTART_WINDOW) > _RESTARTS:
                raise DemoError(f"{child.name} keeps ending; the end of {child.log}:\n{child.last_lines()}\n{_ANEW}")
            say(f"{child.name} ended with {child.exit_code}; starting it again")
            child.kill_group()
            child.start()

    def _restart_what_is_silent(self) -> None:
        """A worker that lost its broker at a bad moment lives on and takes nothing: only its heartbeat tells."""
        if time.monotonic() < self._next_look or self.beat not in self.kept:
            return
        self._next_look = time.monotonic() + _LOOK
        missing = self._missing_parts() or []
        for child in (self.worker, self.beat):
            # A dead broker silences both, and is restarted for itself.
            is_silent = child.name in missing and "broker" not in missing
            self._silent_looks[child.name] = self._silent_looks[child.name] + 1 if is_silent else 0
            if self._silent_looks[child.name] >= _SILENT_LOOKS:
                say(f"{child.name} gives no sign of life; starting it again")
                self._silent_looks[child.name] = 0
                child.kill_group()

    def _missing_parts(self) -> list[str] | None:
        """Return what `/health/ready` names; empty when all work, None when it cannot be asked."""
        connection = http.client.HTTPConnection("127.0.0.1", self.place.port, timeout=5)
        try:
            connection.request("GET", "/health/ready")
            answer = connection.getresponse()
            body = answer.read()
            return [] if answer.status == 200 else list(json.loads(body)["missing"])
        except (OSError, http.client.HTTPException, ValueError, KeyError):
            return None
        finally:
            connection.close()

    def _end(self) -> None:
        """What uses the broker ends before it."""
        started = [child for child in (*self.others, *self.kept) if child.starts]
        end_all([child for child in started if child is not self.valkey], patience=_PATIENCE)
        end_all([self.valkey], patience=_BROKER_PATIENCE)
        self.place.clean_up()
        sys.stdout.flush()
