"""
The pace of a partner account, shared by all workers: calls a second, and calls at the same time.

A call in progress is a lease with a time to live, so a killed worker leaks nothing. A 429 pauses all workers.
"""

import random
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import redis

from portal.maventa import shared
from portal.maventa.credentials import Credentials
from portal.maventa.deadline import Deadline
from portal.maventa.errors import TemporaryError

# KEYS: leases, next slot, pause.
# ARGV: lease, parallel calls, microseconds between calls, the lease's time in ms, longest wait in microseconds.
# Answers {word, microseconds}: 0 granted after a wait, 1 too many at once, 2 paused, 3 the next slot comes too late.
_ACQUIRE = """
local pause = redis.call('PTTL', KEYS[3])
if pause > 0 then return {2, pause * 1000} end
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return {1, 0} end
local slot = math.max(tonumber(redis.call('GET', KEYS[2]) or '0'), now)
local wait = slot - now
if wait > tonumber(ARGV[5]) then return {3, wait} end
local lasts = wait + ARGV[4] * 1000
redis.call('SET', KEYS[2], string.format('%.0f', slot + ARGV[3]), 'PX', math.ceil((wait + ARGV[3]) / 1000) + 1000)
redis.call('ZADD', KEYS[1], string.format('%.0f', now + lasts), ARGV[1])
redis.call('PEXPIRE', KEYS[1], math.max(math.ceil(lasts / 1000), redis.call('PTTL', KEYS[1])))
return {0, wait}
"""
_GRANTED, _CROWDED, _PAUSED = 0, 1, 2

# Seconds that must be left for the call itself once it may go; sent at the last moment it ends as an unknown outcome.
_CALL_NEEDS = 10.0
# Seconds a lease outlives its call's deadline.
_LEASE_MARGIN = 2.0
_POLL = (0.01, 0.03)
_LONGEST_PAUSE = 300.0


@contextmanager
def lease(credentials: Credentials, deadline: Deadline) -> Iterator[None]:
    """
    Hold one of the account's places while a call is made.

    :raises TemporaryError: no place in time, or the shared store cannot be reached; nothing was sent
    """
    name = uuid.uuid4().hex
    try:
        _acquire(credentials, name, deadline)
    except redis.RedisError as exc:
        raise TemporaryError(5.0, f"shared store not reachable ({type(exc).__name__})") from None
    try:
        yield
    finally:
        _release(credentials, name)


def pause(credentials: Credentials, seconds: float) -> None:
    """Let no worker call for this account for a while; AutoInvoice asked for it."""
    milliseconds = int(min(seconds, _LONGEST_PAUSE) * 1000)
    if milliseconds > 0:
        try:
            shared.store().set(_keys(credentials)[2], "1", px=milliseconds)
        except redis.RedisError:
            return  # the caller hears of the 429 anyway; the others will meet their own


def _acquire(credentials: Credentials, name: str, deadline: Deadline) -> None:
    spare = min(_CALL_NEEDS, deadline.seconds / 2)
    acquire = _script(shared.store())
    interval = round(1_000_000 / credentials.calls_per_second)
    while True:
        left = deadline.remaining()
        patience = left - spare
        lasts = round((left + _LEASE_MARGIN) * 1000)
        arguments = [name, credentials.parallel_calls, interval, lasts, max(0, round(patience * 1_000_000))]
        word, wait = acquire(keys=_keys(credentials), args=arguments)
        seconds = wait / 1_000_000
        if word == _GRANTED:
            if seconds > 0:
                time.sleep(seconds)
            return
        if word == _CROWDED:
            seconds = random.uniform(*_POLL)  # noqa: S311  spreads the pollers, guards nothing
        if word not in (_CROWDED, _PAUSED) or seconds > patience:
            raise TemporaryError(max(seconds, 0.1), "the account's pace left no place in time")
        time.sleep(seconds)


@lru_cache(maxsize=4)
def _script(store: shared.Store) -> Any:
    return store.register_script(_ACQUIRE)


def _release(credentials: Credentials, name: str) -> None:
    try:
        shared.store().zrem(_keys(credentials)[0], name)
    except redis.RedisError:
        return  # the lease ends by itself; the call's own outcome counts


def _keys(credentials: Credentials) -> list[str]:
    account = f"portal:pace:{{{credentials.account_id}}}"
    return [f"{account}:leases", f"{account}:slot", f"{account}:pause"]
