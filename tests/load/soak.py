"""
`make soak`: a long mixed load over the whole stack on loopback, with everything going wrong that may go wrong.

    python -m tests.load.soak [MINUTES]     30 unless said; 0 as exit code when the verdict is good

Staff look at pages and press things twice, companies are brought in, invoices arrive and are sent by the dozen, while
answers are lost, AutoInvoice is busy, webhooks are lost, doubled, late and forged, and the worker is killed. At the end
every row on both sides is compared.
"""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.companies.csv_files import finnish_ids
from tests.e2e.stack import Stack
from tests.faults.killing import WORKER, kill, process_of
from tests.load import checks
from tests.load.clients import Arrivals, Client, Forger, Looker, Registrar, Sender, Staff, bring_in
from tests.load.truth import Truth
from tests.load.watching import Watcher, grown, lateness

SETTINGS = {"CALL_DEADLINE": "3", "RESOLVE_GRACE": "5"}  # lost answers are looked up soon, as in the other proofs
FAULTS: tuple[tuple[str, dict[str, object]], ...] = (
    ("drop_after", {"method": "POST", "path": "/v1/*", "share": 0.03}),
    ("drop_before", {"path": "/v1/*", "share": 0.01}),
    ("503", {"path": "/v1/*", "share": 0.01, "seconds": 1.0}),
    ("429", {"path": "/v1/*", "share": 0.005, "seconds": 0.5}),
    ("expired_token", {"path": "/v1/compan*/*", "share": 0.005}),
    ("webhook_lost", {"share": 0.1}),
    ("webhook_doubled", {"share": 0.1}),
    ("webhook_reordered", {"share": 0.3}),
)
FIRST_COMPANIES, SENDING_COMPANIES = 8, 2
KILLS = (0.1, 0.25, 0.4)  # parts of the time; memory is compared after the last of them
SETTLED, LATE_ON = (0.5, 0.65), (0.85, 1.0)
MOST_LAG = 60.0  # seconds, at the end of the load
MORE_MEMORY, SLACK = 1.2, 24.0  # times, and megabytes that do not count
PATIENCE = 300.0  # seconds until everything that was begun must have ended
_RAISE_THE_PACE = (
    "from portal.partners.models import PartnerAccount\nPartnerAccount.objects.update(calls_per_second=200)"
)

Tell = Callable[[str], None]


@dataclass
class Verdict:
    """What was found: figures for people, and problems, of which there must be none."""

    figures: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        shown = [f"  PROBLEM {problem}" for problem in self.problems[:50]]
        more = len(self.problems) - len(shown)
        shown += [f"  … and {more} more"] if more > 0 else []
        word = "nothing lost, memory flat, in step" if not self.problems else f"{len(self.problems)} problems"
        return [*(f"  {figure}" for figure in self.figures), *shown, f"VERDICT: {word}"]


class Soak:
    """One run against a stack of its own, which must be running without a story."""

    def __init__(self, stack: Stack, minutes: float, tell: Tell = lambda _line: None) -> None:
        self.stack, self.seconds, self.tell = stack, minutes * 60, tell
        self.verdict = Verdict()
        first = finnish_ids(FIRST_COMPANIES, first=2_790_000)
        self._first = first
        self.arrivals, self.registrar, self.forger = Arrivals(stack), Registrar(stack), Forger(stack)
        self.senders = [Sender(stack, bid) for bid in first[:SENDING_COMPANIES]]
        self.staff = [Staff(stack), Staff(stack)]
        everybody: list[Client] = [self.arrivals, self.registrar, self.forger, Looker(stack)]
        self.clients = [*everybody, *self.senders, *self.staff]
        self._told = Counter[Client]()  # problems of each that were told
        self.watcher = Watcher(stack, every=min(10.0, self.seconds / 60))

    def run(self) -> Verdict:
        """Prepare, load, let it come to rest, and hold both sides against each other."""
        self._prepare()
        began = time.monotonic()
        with self._faults():
            self._load(began)
            hits = {rule["kind"]: rule["hits"] for rule in self.stack.simulator.state()["faults"]}
        self._judge_lag()
        self._judge_memory(began)
        self._judge_clients(hits)
        self._come_to_rest()
        self._judge_rows()
        return self.verdict

    def _prepare(self) -> None:
        raised = self.stack.manage("shell", "--no-imports", "-c", _RAISE_THE_PACE)
        assert raised.returncode == 0, raised.stderr
        bring_in(self.stack, self._first)
        wanted = len(self._first)
        checks.wait(lambda: checks.ready_companies(self.stack) >= wanted, 300, "the first companies to be ready")

    @contextmanager
    def _faults(self) -> Iterator[None]:
        for kind, rule in FAULTS:
            self.stack.simulator.fault(kind, **rule)
        try:
            yield
        finally:
            self.stack.simulator.clear_faults()

    def _load(self, began: float) -> None:
        self.watcher.start()
        for client in self.clients:
            client.start()
        kills, told = list(KILLS), began
        while (passed := time.monotonic() - began) < self.seconds:
            if kills and passed >= kills[0] * self.seconds and process_of(self.stack, WORKER):
                kill(self.stack, WORKER)
                del kills[0]
                self.tell(f"{passed:.0f} s: killed the worker")
            if time.monotonic() - told >= 30:
                told = time.monotonic()
                late = {kind: round(seconds) for kind, seconds in lateness(self.stack).items() if seconds >= 1}
                acts = Counter[str]()
                for client in self.clients:
                    acts[client.name] += client.acts
                self.tell(f"{passed:.0f} s: {dict(acts)}, late: {late or 'nothing'}")
                for client in self.clients:
                    self.tell_problems(client)
            time.sleep(0.2)
        for client in self.clients:
            client.end()
        for client in self.clients:
            client.join(120)

    def tell_problems(self, client: Client) -> None:
        """Say at once what went wrong since the last time: a run is long."""
        known = len(self.verdict.problems)
        self.verdict.problems += client.problems[self._told[client] :]
        self._told[client] = len(client.problems)
        for problem in self.verdict.problems[known:]:
            self.tell(f"PROBLEM {problem}")

    def _judge_lag(self) -> None:
        late = lateness(self.stack)
        worst = max(late, key=lambda kind: late[kind])
        most = max((sample.lag for sample in self.watcher.samples), default=0.0)
        self.verdict.figures.append(f"lag at the end {late[worst]:.1f} s ({worst}), at most {most:.0f} s on the way")
        if late[worst] >= MOST_LAG:
            self.verdict.problems.append(f"{worst} are {late[worst]:.0f} s late at the end of the load")

    def _judge_memory(self, began: float) -> None:
        self.watcher.end()
        early, late_on = (
            self.watcher.between(began + part[0] * self.seconds, began + part[1] * self.seconds)
            for part in (SETTLED, LATE_ON)
        )
        for name, (before, after) in grown(early, late_on).items():
            self.verdict.figures.append(f"memory of {name}: {before:.0f} MB, at the end {after:.0f} MB")
            if name != "simulator" and after > before * MORE_MEMORY + SLACK:
                self.verdict.problems.append(f"{name} grew from {before:.0f} to {after:.0f} MB")

    def _judge_clients(self, hits: dict[str, int]) -> None:
        took = sorted(seconds for staff in self.staff for seconds in staff.took)
        worst = took[int(len(took) * 0.95)] if took else 0.0
        self.verdict.figures.append(f"{len(took)} pages looked at, 95 % within {worst:.2f} s")
        self.verdict.figures.append(
            f"{len(self.arrivals.ids)} invoices came, {sum(sender.sent for sender in self.senders)} sent,"
            f" {len(self.registrar.business_ids)} companies brought in, {len(self.forger.victims)} events forged"
        )
        self.verdict.figures.append("faults: " + ", ".join(f"{kind} {count}" for kind, count in hits.items()))
        for client in self.clients:
            self.tell_problems(client)
            if client.is_alive():
                self.verdict.problems.append(f"{client.name} does not end")
            if not client.acts:
                self.verdict.problems.append(f"{client.name} did nothing")

    def _come_to_rest(self) -> None:
        began = time.monotonic()
        problem = checks.wait_for_rest(self.stack, self.arrivals.ids, PATIENCE)
        self.verdict.figures.append(f"everything at rest {time.monotonic() - began:.0f} s after the load")
        self.verdict.problems += problem

    def _judge_rows(self) -> None:
        done = self.stack.manage("reconcile", seconds=900)
        last = (done.stdout.strip().splitlines() or [done.stderr])[-1]
        self.verdict.figures.append(f"comparison with AutoInvoice: {last}")
        if done.returncode:
            self.verdict.problems.append(f"the comparison failed: {done.stderr.strip()[-500:]}")
        truth = Truth(self.stack)
        self.verdict.figures.append(f"{len(truth.ours())} rows compared on both sides")
        self.verdict.problems += truth.differences()
        self.verdict.problems += checks.lost_deliveries(truth)
        self.verdict.problems += checks.of_senders(truth, self.senders)
        self.verdict.problems += checks.of_companies(self.stack, self.registrar.business_ids)
        self.verdict.problems += checks.of_operations(self.stack)
        self.verdict.problems += checks.of_forgeries(self.stack, self.forger.victims)


def main(minutes: float = 30.0) -> int:
    """Run it on a stack of its own; return the exit code."""

    def tell(line: str) -> None:
        print(line, flush=True)

    stack = Stack(settings=SETTINGS)
    tell(f"soak: {minutes:g} minutes")
    stack.start(seconds=500)
    try:
        verdict = Soak(stack, minutes, tell).run()
    finally:
        stack.stop()
    for line in verdict.lines():
        tell(line)
    return 1 if verdict.problems else 0


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:])))
