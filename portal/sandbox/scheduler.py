"""Jobs that run later by the simulator's clock: stored in SQLite, run by a thread that sleeps until the next is due."""

import json
import logging
import sqlite3
import threading
import traceback
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from portal.sandbox.clock import Clock
from portal.sandbox.store import Store, register_schema

logger = logging.getLogger(__name__)

register_schema(
    """
    create table if not exists jobs (
        id integer primary key autoincrement, due_at real not null, name text not null, kwargs text not null, error text
    );
    create index if not exists jobs_due on jobs (due_at) where error is null;
    """
)

Job = Callable[..., None]
JOBS: dict[str, Job] = {}


def job(name: str) -> Callable[[Job], Job]:
    """Register `run(world, **kwargs)` under a name for `world.later`; it runs inside one write transaction."""

    def register(run: Job) -> Job:
        JOBS[name] = run
        return run

    return register


class Scheduler:
    """Runs what is due. One job at a time, oldest first, each in its own transaction together with its deletion."""

    def __init__(self, store: Store, clock: Clock, subject: Any) -> None:
        """:param subject: what every job gets as its first argument: the world"""
        self._store = store
        self._clock = clock
        self._subject = subject
        self._wake = threading.Condition()
        self._turn = threading.RLock()
        self._stopping = False
        self._woken = False
        self._thread = threading.Thread(target=self._run, name="sandbox-scheduler", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(2)

    def later(self, delay: str | float | timedelta, name: str, kwargs: dict[str, Any]) -> None:
        """Store a job; it disappears again if the caller's transaction is rolled back."""
        if name not in JOBS:
            raise KeyError(f"no job is registered as {name}")
        with self._store.write() as db:
            db.execute(
                "insert into jobs (due_at, name, kwargs) values (?, ?, ?)",
                (self._clock.time() + self._clock.delay(delay), name, json.dumps(kwargs)),
            )
        self._store.after_commit(self.wake)

    def wake(self) -> None:
        with self._wake:
            self._woken = True
            self._wake.notify_all()

    def run_due(self) -> int:
        """Run everything due now, also what those jobs make due; returns how many ran."""
        count = 0
        while self._run_next(self._clock.time()):
            count += 1
        return count

    def advance(self, target: float) -> int:
        """Move the clock to `target`, stopping at every job on the way, so that each runs at its own time."""
        count = 0
        with self._turn:
            while (due := self.next_due()) is not None and due <= target:
                self._clock.move_to(max(due, self._clock.time()))
                count += self.run_due()
            self._clock.move_to(target)
        return count

    def next_due(self) -> float | None:
        row = self._store.connection.execute("select min(due_at) as due from jobs where error is null").fetchone()
        return None if row["due"] is None else float(row["due"])

    def _run(self) -> None:
        while not self._stopping:
            try:
                self.run_due()
                wait = self._seconds_to_next()
            except sqlite3.Error:
                if not self._stopping:
                    logger.exception("scheduled jobs could not be read")
                wait = 1.0
            with self._wake:
                if not self._stopping and not self._woken:
                    self._wake.wait(wait)
                self._woken = False

    def _seconds_to_next(self) -> float | None:
        due = self.next_due()
        if due is None or self._clock.stands_still:
            return None
        return min(max(due - self._clock.time(), 0.0), threading.TIMEOUT_MAX)

    def _run_next(self, now: float) -> bool:
        with self._turn:
            row = self._store.connection.execute(
                "select * from jobs where due_at <= ? and error is null order by due_at, id limit 1", (now,)
            ).fetchone()
            if row is None:
                return False
            self._run_one(row)
            return True

    def _run_one(self, row: sqlite3.Row) -> None:
        try:
            with self._store.write() as db:
                if db.execute("delete from jobs where id = ?", (row["id"],)).rowcount:
                    JOBS[row["name"]](self._subject, **json.loads(row["kwargs"]))
        except Exception:
            logger.exception("job %s failed", row["name"])
            with self._store.write() as db:
                db.execute("update jobs set error = ? where id = ?", (traceback.format_exc(), row["id"]))
