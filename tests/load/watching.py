"""What a running stack is watched for: how late its work is, and what memory its programs hold."""

import os
import statistics
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.e2e.stack import Stack
from tests.load.truth import read_only

PROGRAMS = {"web": "gunicorn", "worker": " worker ", "beat": " beat ", "simulator": "portal.sandbox"}
_PAGE = os.sysconf("SC_PAGE_SIZE")
_MB = 1024 * 1024
# Work that could be done now and is not: since when the oldest of each kind waits.
_LATE = {
    "deliveries": "select min(not_before) from webhooks_delivery where state = 'STORED' and not_before <= :now",
    "operations": "select min(not_before) from operations_operation where state = 'QUEUED' and not_before <= :now"
    " and (batch_id is null or batch_id in (select id from operations_batch where state in ('FILLING', 'RUNNING')))",
    "looks at invoices": "select min(next_check_at) from invoices_invoice where next_check_at <= :now",
    "looks at companies": "select min(next_check_at) from companies_company where next_check_at <= :now",
    "lists": "select min(next_at) from sync_cursor where next_at <= :now and source <> 'sync.reconcile'"
    " and (leased_until is null or leased_until <= :now)",
}


@dataclass(frozen=True)
class Sample:
    at: float  # monotonic
    late: dict[str, float]  # seconds, by kind of work
    memory: dict[str, int]  # bytes, by program

    @property
    def lag(self) -> float:
        return max(self.late.values(), default=0.0)


class Watcher(threading.Thread):
    """Takes a sample every few seconds until it is told to stop."""

    def __init__(self, stack: Stack, every: float) -> None:
        super().__init__(name="Watcher", daemon=True)
        self.stack, self.every = stack, every
        self.samples: list[Sample] = []
        self._is_over = threading.Event()

    def run(self) -> None:
        while not self._is_over.wait(self.every):
            self.samples.append(Sample(time.monotonic(), lateness(self.stack), memory(self.stack)))

    def end(self) -> None:
        self._is_over.set()

    def between(self, begin: float, end: float) -> list[Sample]:
        return [sample for sample in self.samples if begin <= sample.at <= end]


def lateness(stack: Stack) -> dict[str, float]:
    """Return for each kind of work the seconds that the oldest piece of it waits."""
    now = datetime.now(UTC).replace(tzinfo=None)
    found = {}
    with closing(read_only(stack)) as database:
        for kind, query in _LATE.items():
            since = database.execute(query, {"now": f"{now:%Y-%m-%d %H:%M:%S.%f}"}).fetchone()[0]
            found[kind] = (now - datetime.fromisoformat(since)).total_seconds() if since else 0.0
    return found


def memory(stack: Stack) -> dict[str, int]:
    """Return the resident bytes of each program, its processes together."""
    found = dict.fromkeys(PROGRAMS, 0)
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # gone meanwhile, or not ours
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            name = next((name for name, word in PROGRAMS.items() if word in command), None)
            if name and str(stack.var) in command + (folder / "environ").read_bytes().decode(errors="replace"):
                found[name] += int((folder / "statm").read_text().split()[1]) * _PAGE
    return found


def grown(samples: list[Sample], later: list[Sample]) -> dict[str, tuple[float, float]]:
    """Return the median megabytes of each program in both stretches of time."""
    return {
        name: (_median([one.memory[name] for one in samples]), _median([one.memory[name] for one in later]))
        for name in PROGRAMS
    }


def _median(sizes: list[int]) -> float:
    known = [size for size in sizes if size]
    return statistics.median(known) / _MB if known else 0.0
