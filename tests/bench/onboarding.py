"""
Onboarding 2,000 companies into three networks at 50 ms a call and 16 parallel calls.

Against the ideal: calls (with tokens) times latency by sixteen. Waiting for a network to open, and hearing that it
has, goes at AutoInvoice's pace: its time does not count here.

On PostgreSQL two processes send, as two workers do: they share the account's pace and its sixteen calls. SQLite has one
writer, and one worker in the demo. Simulator, database and Valkey run on the same cores; the second line says what each
took.
"""

import csv
import io
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.bench import processes, sender
from tests.bench.figures import Figure, prepare, report

COMPANIES, LATENCY, PARALLEL = 2000, 0.05, 16
NETWORKS = ("VISMA", "PEPPOL", "SCAN")
SENDERS = {"sqlite": 1, "postgres": 2}  # processes
BARE_CALLS = 800
HEAD = "name,bid,country,address1,post_code,post_office,city,email,auth_email,locale,networks,method,authorization_id"


def companies_file(count: int, first: int = 90_000_000) -> bytes:
    """Return a file of Dutch companies, whose ids have no check digit, verified by the partner's own process."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEAD.split(","))
    for number in range(count):
        place = ["Zuiddijk 1", "1505 HG", "Zaandam", "Zaandam", f"c{number}@example.test", f"s{number}@example.test"]
        own = ["NL", " ".join(NETWORKS), "own", f"KYC-{number}"]
        writer.writerow([f"Company {number}", first + number, "NL", *place, *own])
    return text.getvalue().encode()


def planned(account: Any, content: bytes, name: str) -> Any:
    """Take a file in, read and plan it without look-ups; return it ready to be carried out."""
    from companies.files import storing
    from companies.planning import doors, start_planning

    file = storing.take_in(account, name, content)
    storing.decide(file, storing.columns_of(file), remember=False)
    assert storing.read_rows(file), file.problem
    start_planning(file, asks=False)
    doors.finish(file)
    return file


@dataclass
class Cost:
    """Seconds of carrying out, without polling; CPU seconds in them: ours, the simulator's, the whole machine's."""

    folder: str  # the simulator's
    others: Sequence[int] = ()  # processes that send beside this one
    seconds: float = 0.0
    cpu: float = 0.0
    simulated: float = 0.0
    machine: float = 0.0
    calls: int = 0

    def of(self, act: Callable[[], object]) -> None:
        began = self._clocks()
        act()
        took = [now - then for now, then in zip(self._clocks(), began, strict=True)]
        self.seconds, self.cpu = self.seconds + took[0], self.cpu + took[1]
        self.simulated, self.machine = self.simulated + took[2], self.machine + took[3]

    def _clocks(self) -> tuple[float, float, float, float]:
        own = time.process_time() + sum(map(processes.seconds_of_process, self.others))
        return time.perf_counter(), own, processes.seconds_of(self.folder), processes.seconds_of_machine()


def carry_out(
    account: Any, file: Any, simulator: Any, folder: str, ready: Callable[[], bool], others: Sequence[int] = ()
) -> Cost:
    """Do in this process what the workers do, until all is ready; `others` are at it already."""
    from companies.planning import start
    from portal.celery import settle
    from portal.operations import runner
    from portal.partners.models import ApiCall

    settle()  # as a worker does when it is ready
    cost, before = Cost(folder, others), ApiCall.objects.count()
    cost.of(lambda: (start(file), _carry_and_send(account, file)))
    for _ in range(2 * len(NETWORKS)):
        cost.of(lambda: runner.run_until_idle(account, timeout=900))
        if ready():
            cost.calls = ApiCall.objects.count() - before
            return cost
        simulator.settle(timeout=60)
        _hear()
    raise SystemExit("networks stayed closed")


def _carry_and_send(account: Any, file: Any) -> None:
    """Queue the file's rows, and send what is queued meanwhile: in a worker these are two tasks at the same time."""
    from django.db import connection

    from companies.planning import doors
    from portal.operations import runner

    def carry() -> None:
        try:
            doors.finish(file)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        carrying = pool.submit(carry)
        while not carrying.done():
            runner.run_until_idle(account, timeout=900)
            time.sleep(0.01)
        carrying.result()


def _hear() -> None:
    """Write that all registrations are open, as the handler of AutoInvoice's messages does when they come."""
    from django.db import transaction
    from django.utils import timezone

    from companies import mirrors
    from companies.enums import ProfileStatus
    from companies.models import NetworkProfile
    from portal.operations import causes

    opening = NetworkProfile.objects.filter(status=ProfileStatus.PENDING).select_related("company__account")
    for profile in opening:
        with transaction.atomic(), causes.gathered():
            mirrors.write_profile_status(profile.company, profile, ProfileStatus.ACTIVE, timezone.now())


def bare_cpu(url: str) -> float:
    """Return the CPU seconds of one call by `requests.Session`, with as many threads and the same latency."""
    own = threading.local()

    def call(_number: int) -> None:
        session = own.session = getattr(own, "session", None) or requests.Session()
        session.get(f"{url}/ax/status/alb", timeout=30).raise_for_status()

    with ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(call, range(PARALLEL)))  # connections are open then
        before = time.process_time()
        list(pool.map(call, range(BARE_CALLS)))
        return (time.process_time() - before) / BARE_CALLS


def main(database: str, count: int = COMPANIES, senders: int = 0) -> None:
    senders = senders or SENDERS[database]
    prepare(database)
    from companies.enums import ProfileStatus
    from companies.models import Company, NetworkProfile
    from portal.demo.setup import ensure_account
    from tests import sandbox

    with tempfile.TemporaryDirectory() as folder, sandbox.start(Path(folder), check_answers=False) as simulator:
        account = ensure_account(Path(folder) / "sandbox-credentials.json")
        account.parallel_calls, account.calls_per_second = PARALLEL, 1000
        account.save()
        simulator.latency(LATENCY)
        file = planned(account, companies_file(count), "bench.csv")
        wanted = NetworkProfile.objects.filter(network__in=NETWORKS, status=ProfileStatus.ACTIVE)
        with sender.running(senders - 1, account.pk) as others:
            done = count * len(NETWORKS)
            cost = carry_out(account, file, simulator, folder, lambda: wanted.count() >= done, others)
        bare = bare_cpu(simulator.url)
    assert Company.objects.count() >= count
    ideal, name = cost.calls * LATENCY / PARALLEL, {"sqlite": "SQLite", "postgres": "PostgreSQL"}[database]
    how = f"{PARALLEL} parallel" if senders == 1 else f"{PARALLEL} parallel, {senders} processes"
    own, simulated = cost.cpu / cost.calls, cost.simulated / cost.calls
    rest = (cost.machine - cost.cpu - cost.simulated) / cost.calls
    shared = f"simulator's {simulated * 1000:.2f} ms, database's and the machine's {rest * 1000:.2f} ms"
    report(
        Figure(
            f"{count} companies onboarded into {len(NETWORKS)} networks, {LATENCY * 1000:.0f} ms a call, {how}, {name}",
            f"{cost.seconds:.1f} s for {cost.calls} calls",
            f"{ideal:.1f} s, calls × latency / {PARALLEL}",
            cost.seconds / ideal,
        ),
        Figure(
            f"own CPU of each of these calls, {name} (beside it the {shared})",
            f"{own * 1000:.2f} ms",
            f"{bare * 1000:.2f} ms, `requests.Session`",
            own / bare,
        ),
    )


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
