"""
Leases of drainers: how many workers may send for one account at a time.

Without them every message and every sweep would bind one more worker to a busy account. They live in the cache with a
time to live, so that a killed worker leaks nothing; without a cache everybody may send, which the claims make harmless.
A process holds one at most: two drainers of one process would only wait for each other's turn with the interpreter.
"""

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger("portal.operations")
DRAINERS = 2  # for each account
TTL, RENEW_EVERY = 15, 3.0  # seconds


class _Process:
    """The accounts that this process sends for; a forked child begins anew."""

    def __init__(self) -> None:
        self._lock, self._accounts = threading.Lock(), set[int]()

    def enter(self, account_id: int) -> bool:
        with self._lock:
            is_free = account_id not in self._accounts
            self._accounts.add(account_id)
            return is_free

    def leave(self, account_id: int) -> None:
        with self._lock:
            self._accounts.discard(account_id)


_process = _Process()


def _begin_anew() -> None:
    global _process
    _process = _Process()


os.register_at_fork(after_in_child=_begin_anew)


class Lease:
    """The right to send for an account; renewed from time to time by its holder."""

    def __init__(self, key: str) -> None:
        self._key, self._renewed_at = key, time.monotonic()

    def renew(self) -> None:
        if time.monotonic() - self._renewed_at < RENEW_EVERY:
            return
        self._renewed_at = time.monotonic()
        try:
            cache.set(self._key, 1, TTL)
        except (RedisError, OSError) as exc:
            logger.warning("a drainer's lease could not be renewed: %s", type(exc).__name__)


@contextmanager
def drainer(account_id: int) -> Iterator[Lease | None]:
    """Take a lease for the account, or give None when this process has one, or enough others."""
    if not _process.enter(account_id):
        yield None
        return
    key = None
    try:
        key = _take(account_id)
        yield None if key is None else Lease(key)
    finally:
        if key is not None:
            _give_back(key)
        _process.leave(account_id)


def _take(account_id: int) -> str | None:
    try:
        keys = [f"operations.drainer:{account_id}:{number}" for number in range(DRAINERS)]
        return next((key for key in keys if cache.add(key, 1, TTL)), None)
    except (RedisError, OSError) as exc:
        logger.warning("sending without a lease: %s", type(exc).__name__)
        return f"operations.drainer:{account_id}:none"


def _give_back(key: str) -> None:
    try:
        cache.delete(key)
    except (RedisError, OSError) as exc:
        logger.warning("a drainer's lease runs out by itself: %s", type(exc).__name__)
