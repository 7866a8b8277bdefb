"""
The runner: sends what is due, until nothing is.

One loop on the drainer's own thread reads and writes the database; only the calls themselves run on pool threads, so
that many of them are settled in one transaction and none of them holds one open.
"""

import logging
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from datetime import timedelta
from itertools import count

from django.db import connection
from django.utils import timezone

from portal.operations import counting, filling, leases, sending, sweeping, waking
from portal.operations.claiming import claim
from portal.operations.enums import State
from portal.operations.models import Operation
from portal.operations.resolving import resolve_due
from portal.operations.sending import Answer
from portal.operations.settling import AWAY, settle
from portal.operations.sweeping import sweep
from portal.partners.models import PartnerAccount

__all__ = ["drain", "resolve_due", "run_until_idle", "sweep", "work"]

logger = logging.getLogger("portal.operations")
LONGEST = 60.0  # seconds of claiming; then another message goes on, so that one account holds no worker for ever
LISTEN = 0.25  # seconds between looks for new work while calls are under way
QUICK = 500  # milliseconds of a call
LINE = 4  # calls that may stand in line for each that is under way,
LINE_LASTS = 1.0  # but no more than go out in so many seconds
GATHER = 0.1  # seconds in which answers are gathered while a line keeps all places busy
PATIENCE = 90.0  # seconds that answers are kept while the database is away


def work(account_id: int) -> None:
    """Send what is due for an account, as a worker: unless enough others do, and for so long as is fair to them."""
    until = time.monotonic() + LONGEST
    while True:
        with leases.drainer(account_id) as lease:
            if lease is None:
                return None  # whoever holds it looks again after giving it back
            drain(account_id, longest=until - time.monotonic(), lease=lease)
        if account_id not in sweeping.due_accounts(State.QUEUED):
            return None
        if time.monotonic() >= until:
            return waking.send("operations.drain", account_id)


def drain(account_id: int, longest: float = LONGEST, lease: leases.Lease | None = None) -> int:
    """
    Send what is due for an account; returns the number of calls. Two at once are harmless.

    :param longest: seconds after which nothing more is claimed
    """
    account = PartnerAccount.objects.active().filter(pk=account_id).first()
    if account is None:
        return 0
    with waking.draining(account_id):
        return _Drain(account, longest, lease).run()


class _Drain:
    def __init__(self, account: PartnerAccount, longest: float, lease: leases.Lease | None) -> None:
        self.account, self.stop_at, self.lease = account, time.monotonic() + longest, lease
        self.under_way: set[Future[Answer]] = set()
        self.turns = count()
        self.is_quick = False  # the last calls came back so soon that others may stand in line behind them
        self.calls = 0

    def run(self) -> int:
        """Return the number of calls made."""
        while True:
            if self.lease is not None:
                self.lease.renew()
            idle_until = self._claim()
            if self.under_way:
                self._settle([future.result() for future in self._come_back()])
            elif idle_until is None or time.monotonic() >= self.stop_at:
                return self.calls
            else:
                time.sleep(min(max(idle_until, 0.005), LISTEN))

    def _claim(self) -> float | None:
        """Have as many calls under way as may be; return how soon a held group may go (None: none is held)."""
        width = self.account.parallel_calls
        free, ahead = width - len(self.under_way), self._line() if self.is_quick else 0
        # A claim costs about the same for one call as for many: while others stand in line there is time to gather.
        if free + ahead < (width // 2 if ahead else 1) or time.monotonic() >= self.stop_at:
            return None
        try:
            claimed = claim(self.account, max(free, 0), next(self.turns), ahead + min(free, 0))
        except AWAY as exc:
            if not self.under_way:
                raise
            _reconnect(exc)  # what is under way comes back all the same, and has to be settled
            return None
        for dispatch in claimed.dispatches:
            self.under_way.add(sending.pool(self.account).submit(sending.send, dispatch))
        self.calls += len(claimed.dispatches)
        if claimed.dispatches or claimed.turned_back:
            return 0.0
        return None if claimed.next_at is None else (claimed.next_at - timezone.now()).total_seconds()

    def _line(self) -> int:
        """Return how many calls may stand in line: a lost worker leaves as many to be looked up in vain."""
        return int(min(LINE * self.account.parallel_calls, LINE_LASTS * self.account.calls_per_second))

    def _come_back(self) -> set[Future[Answer]]:
        """Return calls that have ended; while enough others stand in line, those of a moment together."""
        done, self.under_way = wait(self.under_way, LISTEN, FIRST_COMPLETED)
        keep, until = self.account.parallel_calls + self._line() // 2, time.monotonic() + GATHER
        while len(self.under_way) > keep and time.monotonic() < until:
            more, self.under_way = wait(self.under_way, GATHER / 5)
            done |= more
        return done

    def _settle(self, answers: Sequence[Answer]) -> None:
        took = [record.ms for answer in answers for record in answer.records]
        self.is_quick = max(took, default=QUICK) < QUICK
        _settle_patiently(self.account, answers)


def _settle_patiently(account: PartnerAccount, answers: Sequence[Answer]) -> None:
    """Settle; while the database is away keep the answers and try again. What is lost in the end is looked up later."""
    give_up_at, pause = time.monotonic() + PATIENCE, 0.1
    while answers:
        try:
            return settle(account, answers)
        except AWAY as exc:
            if time.monotonic() >= give_up_at:
                raise
            _reconnect(exc)
            time.sleep(pause)
            pause = min(pause * 2, 5.0)
    return None


def _reconnect(error: Exception) -> None:
    """Drop the broken connection; the next statement opens a new one."""
    logger.warning("the database is away, answers wait: %s", type(error).__name__)
    if not connection.in_atomic_block:
        connection.close()


def run_until_idle(account: PartnerAccount | None = None, timeout: float = 60.0) -> bool:
    """
    Do in this process what the workers do, until no operation can go on by itself; for commands, tests and the demo.

    What waits for a fact or for a person stays. Returns false when the time was up first.
    """
    give_up_at = time.monotonic() + timeout
    accounts = PartnerAccount.objects.active() if account is None else PartnerAccount.objects.filter(pk=account.pk)
    while time.monotonic() < give_up_at:
        sweeping.tidy()
        for one in accounts.all():
            filling.fill(one.pk)
            counting.count_due(one.pk)
            drain(one.pk, longest=max(give_up_at - time.monotonic(), 0.1))
            resolve_due(one)
        pause = _until_next(accounts.values_list("pk", flat=True))
        if pause is None:
            sweeping.end_batches()
            return True
        time.sleep(min(pause, max(give_up_at - time.monotonic(), 0)))
    return False


def _until_next(accounts: Iterable[int]) -> float | None:
    """Return the seconds until something can go on by itself; None: never."""
    movable = Operation.objects.filter(account__in=accounts, named_case="", state__in=(State.QUEUED, State.UNKNOWN))
    live = movable.exclude(batch__state__in=("PAUSED", "DRAFT"))
    first = live.order_by("not_before").values_list("not_before", flat=True).first()
    others = Operation.objects.filter(account__in=accounts)
    looked_at = others.filter(state=State.WAITING, not_before__lte=timezone.now())
    if first is None and not others.filter(state=State.SENDING).exists() and not looked_at.exists():
        return None
    wait_for = (first or timezone.now()) - timezone.now()
    return max(min(wait_for, timedelta(seconds=0.2)).total_seconds(), 0.01)
