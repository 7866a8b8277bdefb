"""A file of companies brought in on the running stack, and what became of it on both sides."""

import json
import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any
from uuid import UUID

import requests

from tests.companies.csv_files import finnish_ids, sheet
from tests.e2e.stack import Stack
from tests.faults.killing import WORKER, kill, wait_for_turn

SECONDS = 60.0  # the machine may be busy with other tests
PROGRESS = 10.0  # seconds between two lines
NETWORKS = ("VISMA", "PEPPOL")
_MOST = 10_000  # companies of a batch
_first_numbers = count(2_100_000, _MOST)  # of the simulator's own companies none has such a number
STEPS = 2 + len(NETWORKS)  # of each company: registered, authorized, in each network
Fact = tuple[str, str]  # AutoInvoice's id of the company, and the name of the event
_READY = """
    select count(*) from companies_company c where c.business_id in ({ids}) and c.state = 'VERIFIED' and (
        select count(distinct p.network) from companies_networkprofile p
        where p.company_id = c.id and p.status = 'active' and p.network in ('VISMA', 'PEPPOL')
    ) = 2
"""


class Batch:
    """
    Companies that are onboarded together, by the partner's own proof of who they are, so that nobody has to sign.

    What is counted is counted from the making of this object on: earlier batches of the same stack don't matter.
    """

    def __init__(
        self,
        stack: Stack,
        companies: int | list[str],
        seconds: float = SECONDS,
        tell: Callable[[str], None] = lambda _line: None,
    ) -> None:
        """
        :param companies: how many, which no other batch of the process has; or business ids
        :param seconds: patience with every single condition
        :param tell: is given a line every now and then that says how far it is
        """
        self.stack, self.seconds, self.tell = stack, seconds, tell
        new = isinstance(companies, int)
        self.ids = finnish_ids(companies, first=next(_first_numbers)) if new else companies
        self._made_at = self._told_at = time.monotonic()
        self._database = sqlite3.connect(
            f"file:{stack.var / 'portal.sqlite3'}?mode=ro", uri=True, check_same_thread=False
        )
        self.eventually(self._is_stack_ready, "the stack to be ready")
        self._wait_until_quiet()
        self._calls_before = self._one("select coalesce(max(id), 0) from partners_apicall")
        self._deliveries_before = self._one("select coalesce(max(id), 0) from webhooks_delivery")
        self._done_before = self.operations("DONE")
        self._remote_before, self._status_before = stack.simulator.state(), self._status()
        self._registered_before = self._registered()

    def onboard(self) -> None:
        """Queue everything; the workers are at it when this returns."""
        rows = [
            {"bid": bid, "name": f"{bid} Oy", "method": "own", "authorization_id": f"proof-{bid}"} for bid in self.ids
        ]
        file = self.stack.var / f"companies-{self.ids[0]}.csv"
        file.write_bytes(sheet(*rows).read())
        done = self.stack.manage("onboard", str(file))
        assert done.returncode == 0, done.stdout + done.stderr

    def operations(self, state: str, kind: str = "companies.%") -> int:
        """Count operations of this stack; kinds may hold SQL's `%`."""
        return self._one("select count(*) from operations_operation where state = ? and kind like ?", state, kind)

    def calls(self, method: str = "%", path: str = "%", status: str = "%") -> int:
        """Count calls since this batch was made, as the portal's own log has them."""
        return self._one(
            "select count(*) from partners_apicall"
            " where id > ? and method like ? and path like ? and coalesce(status, 0) like ?",
            *(self._calls_before, method, path, status),
        )

    def deliveries(self) -> Counter[str]:
        """Count deliveries since this batch was made, by state; the last ones of an earlier batch may be among them."""
        query = "select state, count(*) from webhooks_delivery where id > ? group by state"
        return Counter(dict(self._database.execute(query, (self._deliveries_before,)).fetchall()))

    def told(self) -> dict[Fact, list[str]]:
        """Return the states of all deliveries about this batch's companies, by what they tell."""
        query = "select company_uuid, event, state from webhooks_delivery where id > ?"
        ours, told = self._remote_ids(), defaultdict(list)
        for company, event, state in self._database.execute(query, (self._deliveries_before,)):
            told[str(UUID(company)), event].append(state)
        return {fact: states for fact, states in told.items() if fact[0] in ours}

    def posted(self) -> dict[Fact, list[dict[str, Any]]]:
        """Return the simulator's events about this batch's companies, by what they tell: state, attempts, copies."""
        ours, posted = self._remote_ids(), defaultdict(list)
        for event in self.stack.simulator.webhooks(limit=100_000):
            if event["company_id"] in ours:
                posted[event["company_id"], event["event"]].append(event)
        return dict(posted)

    def _remote_ids(self) -> set[str]:
        """Return AutoInvoice's ids of this batch's companies."""
        ids = {bid.replace("-", "") for bid in self.ids}
        return {one["id"] for one in self.stack.simulator.control("GET", "/companies") if one["bid"] in ids}

    def eventually(self, is_true: Callable[[], bool], what: str) -> None:
        give_up_at = time.monotonic() + self.seconds
        while not is_true():
            assert time.monotonic() < give_up_at, f"waited for {what}; {self._describe()}"
            time.sleep(0.05)
            self._tell_now_and_then(what)

    def age(self) -> float:
        """Return the seconds since this batch was made."""
        return time.monotonic() - self._made_at

    def _tell_now_and_then(self, what: str) -> None:
        if time.monotonic() - self._told_at >= PROGRESS:
            self._told_at = time.monotonic()
            states = {state: self.operations(state) for state in ("WAITING", "QUEUED", "SENDING", "UNKNOWN", "DONE")}
            self.tell(f"{self.age():.0f} s: {states}, {self.calls()} calls; waiting for {what}")

    def wait_until_half_done(self, kind: str = "companies.register") -> None:
        """Wait for a moment at which some operations of a kind are done and others on their way to the simulator."""
        done_before = self.operations("DONE", kind)
        self.eventually(
            lambda: self.operations("DONE", kind) > done_before and self.operations("SENDING", kind) > 0,
            f"some of {kind} to be done and others under way",
        )

    def kill_worker_amid(self, kind: str) -> None:
        """End the worker while some operations of a kind are done and others are on their way."""
        wait_for_turn(self.stack, WORKER)
        self.wait_until_half_done(kind)
        kill(self.stack, WORKER)

    def wait_until_done(self, share: float) -> None:
        """Wait until a share of the steps of this batch is done."""
        wanted = self._done_before + share * STEPS * len(self.ids)
        self.eventually(lambda: self.operations("DONE") >= wanted, f"{share:.0%} of all steps to be done")

    def wait_until_ready(self) -> None:
        """Wait until every company may send and receive, and nothing is under way any more."""
        ids = [business_id.replace("-", "") for business_id in self.ids]
        ready = _READY.format(ids=", ".join("?" * len(ids)))
        self.eventually(lambda: self._one(ready, *ids) == len(ids), "all companies to be ready")
        self._wait_until_quiet()

    def _wait_until_quiet(self) -> None:
        """Wait until nothing is under way; at the start that is what another proof has left."""
        states = ("QUEUED", "SENDING", "UNKNOWN")
        self.eventually(lambda: sum(self.operations(state, "%") for state in states) == 0, "operations to end")
        stored = "select count(*) from webhooks_delivery where state = 'STORED'"
        self.eventually(lambda: self._one(stored) == 0, "deliveries to be processed")

    def check(self, turned_away: Sequence[str] = ("401",)) -> None:
        """
        Hold both sides to it: each company once, with its two networks, and nothing that needs a human.

        :param turned_away: statuses below 500 of calls that were not taken up and were made again
        """
        new = self._registered() - self._registered_before
        assert new == Counter(bid.replace("-", "") for bid in self.ids)
        state = self.stack.simulator.state()
        for network in NETWORKS:
            assert self._grown(state, self._remote_before, "profiles", f"{network} active") == len(self.ids)
            assert state["profiles"].get(f"{network} pending", 0) == 0
        assert state["jobs_failed"] == []
        self._check_status(self._status())
        refused = self.calls(method="POST", status="4%")
        assert refused == sum(self.calls(method="POST", status=one) for one in turned_away), "nothing sent twice"

    def _registered(self) -> Counter[str]:
        """Count the simulator's companies by business id."""
        return Counter(company["bid"] for company in self.stack.simulator.control("GET", "/companies"))

    def _check_status(self, status: dict[str, Any]) -> None:
        before, count = self._status_before, len(self.ids)
        assert self._grown(status, before, "companies", "total") == count
        assert self._grown(status, before, "companies", "verified") == count
        for network in NETWORKS:
            assert self._grown(status, before, "companies", "active_profiles", network) == count
        assert self.operations("DONE") - self._done_before == STEPS * count, "steps of the chain"
        for bad in ("UNKNOWN", "FAILED", "REFUSED"):
            assert self._grown(status, before, "operations", "by_state", bad) == 0, bad
        assert self._grown(status, before, "operations", "named_cases") == 0
        assert self._grown(status, before, "deliveries", "by_state", "FAILED") == 0

    def _status(self) -> dict[str, Any]:
        answer = self.stack.manage("status", "--json")
        assert answer.returncode == 0, answer.stderr
        return dict(json.loads(answer.stdout))

    @staticmethod
    def _grown(now: Any, before: Any, *keys: str) -> int:
        """Return by how much a figure, found under these keys, is higher than before; an absent one is 0."""
        for key in keys:
            now, before = now.get(key, 0) if now else 0, before.get(key, 0) if before else 0
        return int(now) - int(before)

    def number(self, query: str, *values: Any) -> int:
        """Return the one number that a query of the portal's database gives."""
        return self._one(query, *values)

    def rows(self, query: str, *values: Any) -> list[Any]:
        """Return what a query of the portal's database gives."""
        return self._database.execute(query, values).fetchall()

    def _is_stack_ready(self) -> bool:
        try:
            return requests.get(f"{self.stack.url}/health/ready", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def _one(self, query: str, *values: Any) -> int:
        return int(self._database.execute(query, values).fetchone()[0])

    def _describe(self) -> str:
        query = "select kind, state, count(*), max(error_text) from operations_operation group by kind, state"
        return f"{self._database.execute(query).fetchall()} {self.deliveries()} {self.stack.simulator.state()}"
