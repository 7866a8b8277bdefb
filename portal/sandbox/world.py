"""The simulated world: store, clock, jobs, webhooks and faults in one hand."""

import contextlib
import logging
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from portal.sandbox.clock import ZONE, Clock, Pace
from portal.sandbox.faults import Faults
from portal.sandbox.outbox import Outbox
from portal.sandbox.record import Record
from portal.sandbox.scheduler import Scheduler, job
from portal.sandbox.store import Store

__all__ = ["World", "job", "on_reset"]

logger = logging.getLogger(__name__)

SEEDS: list[Callable[["World"], None]] = []


def on_reset(seed: Callable[["World"], None]) -> Callable[["World"], None]:
    """Register what fills an empty world (after a reset, and in a new state file); runs inside one transaction."""
    SEEDS.append(seed)
    return seed


class World:
    """Everything a handler needs beside its call."""

    def __init__(self, state: Path | None = None, pace: Pace = "fast") -> None:
        """:raises portal.sandbox.store.StateFileError: the state file can't be used"""
        self.store = Store(state)
        self.clock = Clock(self.store, pace)
        self.faults = Faults(self.store)
        self.record = Record()
        self.outbox = Outbox(self.store, self.clock, self.faults)
        self.scheduler = Scheduler(self.store, self.clock, self)
        self.base_url = ""
        self.unsimulated: dict[str, int] = {}
        self._seed()

    @property
    def db(self) -> sqlite3.Connection:
        """This thread's connection, for reading."""
        return self.store.connection

    @contextlib.contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction; `later` and `emit` inside it belong to it."""
        with self.store.write() as db:
            yield db

    def now(self) -> datetime:
        """The simulator's time, UTC."""
        return self.clock.now()

    def day(self) -> date:
        """The day in Finland, as agencies, banks and bills count days."""
        return self.now().astimezone(ZONE).date()

    def later(self, delay: str | float | timedelta, name: str, **kwargs: Any) -> None:
        """Run a registered job after a delay (a key of `clock.DELAYS`, or seconds); kwargs must be JSON-able."""
        self.scheduler.later(delay, name, kwargs)

    def emit(self, event: str, company_id: str, event_data: dict[str, Any]) -> None:
        """Put an event into the outbox for every subscription that wants it."""
        self.outbox.emit(event, company_id, event_data)

    def advance(self, target: float) -> int:
        """Move the clock to `target`, running each job at its own time; returns how many ran."""
        count = self.scheduler.advance(target)
        self.clock_moved()
        return count

    def clock_moved(self) -> None:
        self.scheduler.wake()
        self.outbox.wake()

    def start(self) -> None:
        """Start the background threads."""
        self.outbox.start()
        self.scheduler.start()

    def stop(self) -> None:
        self.scheduler.stop()
        self.outbox.stop()
        self.store.close()

    def reset(self) -> None:
        """An empty world with the same partner, the same keys and the machine's time."""
        with self.write():
            self.store.empty()
            self._seed()
        self.clock.load()
        self.faults.load()
        self.unsimulated.clear()
        self.record.clear()
        self.clock_moved()

    def _seed(self) -> None:
        with self.write():
            for seed in SEEDS:
                seed(self)
