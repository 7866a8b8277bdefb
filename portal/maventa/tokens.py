"""
Access tokens: one per partner account, company, scope set and version of the keys, shared by all processes.

They lie encrypted in the shared store, are fetched under a lock that outlives the slowest fetch, and are renewed a
little before they end. Each process remembers what it used last, so that most look-ups cost one dict; a new token costs
two round trips to the store.
"""

import hashlib
import os
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
import redis
from cryptography.fernet import InvalidToken

from portal.maventa import shared
from portal.maventa.credentials import Credentials
from portal.maventa.deadline import Deadline
from portal.maventa.environments import Api
from portal.maventa.errors import TemporaryError

TOKEN_TIMEOUT = 15.0  # seconds, for one fetch with its pacing
LOCK_SECONDS = 20  # more than TOKEN_TIMEOUT: a lock that ends sooner lets two fetch
_LARGEST_MARGIN = 120.0
_MOST_REMEMBERED = 20_000
_POLL = (0.02, 0.05)

# KEYS: token, lock. ARGV: who asks, how long its lock lasts in ms, a stored token that is of no use.
# Answers {token, taken}: a token if another one is there, else whether the lock is the caller's now.
_TAKE = """
local stored = redis.call('GET', KEYS[1])
if stored and stored ~= ARGV[3] then return {stored, 0} end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return {'', 1} end
return {'', 0}
"""
# KEYS: token, lock. ARGV: whose lock it is, the token (empty: none was fetched), how long it serves in ms.
_GIVE = """
if ARGV[2] ~= '' then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
"""


class Token(msgspec.Struct, frozen=True):
    value: str
    renew_at: float  # seconds since the epoch

    def __repr__(self) -> str:
        return "<Token>"

    def serves(self, unwanted: str) -> bool:
        return self.value != unwanted and time.time() < self.renew_at


def granted(value: str, expires_in: float) -> Token:
    """Return the token for an answer that came just now; `expires_in` in seconds."""
    return Token(value, time.time() + expires_in - min(_LARGEST_MARGIN, expires_in * 0.1))


Fetch = Callable[[Deadline], Token]


class _Process:
    """What one process remembers; a forked child begins anew, for another thread may have held a lock."""

    def __init__(self) -> None:
        self.tokens: dict[str, Token] = {}
        self.locks = [threading.Lock() for _ in range(1024)]


_process = _Process()


def _begin_anew() -> None:
    global _process
    _process = _Process()


os.register_at_fork(after_in_child=_begin_anew)


def key_for(credentials: Credentials, company: UUID, scope: str) -> str:
    """Return the name of a token in the shared store; it tells nothing about the keys."""
    parts = (
        credentials.base_url(Api.AX), credentials.account_id, credentials.version, company,
        " ".join(sorted(set(scope.split()))), credentials.user_key, credentials.vendor_key,
    )  # fmt: skip
    return f"portal:token:{{{hashlib.sha256(chr(0).join(map(str, parts)).encode()).hexdigest()}}}"


def get(key: str, deadline: Deadline, fetch: Fetch, unwanted: str = "") -> Token:
    """
    Return a token that is good for a while; fetch one when nobody has.

    :param unwanted: a token that was refused: any other will do, so of many refused at once only the first fetches
    :raises TemporaryError: none in time, or the shared store cannot be reached
    """
    known = _process.tokens.get(key)
    if known is not None and known.serves(unwanted):
        return known
    try:
        with _one_thread(key, deadline):
            known = _process.tokens.get(key)
            if known is None or not known.serves(unwanted):
                known = _shared(key, deadline, fetch, unwanted)
                _remember(key, known)
            return known
    except redis.RedisError as exc:
        raise TemporaryError(5.0, f"shared store not reachable ({type(exc).__name__})") from None


def forget_all() -> None:
    """Forget what this process remembers; the shared store keeps its tokens."""
    _process.tokens.clear()


@contextmanager
def _one_thread(key: str, deadline: Deadline) -> Iterator[None]:
    lock = _process.locks[hash(key) % len(_process.locks)]
    if not lock.acquire(timeout=max(deadline.remaining(), 0)):
        raise _too_late()
    try:
        yield
    finally:
        lock.release()


def _shared(key: str, deadline: Deadline, fetch: Fetch, unwanted: str) -> Token:
    owner, useless = uuid.uuid4().hex, b""
    take, _give = _scripts(shared.store())
    while True:
        stored, taken = take(keys=_names(key), args=[owner, LOCK_SECONDS * 1000, useless])
        if taken:
            return _fetch(key, owner, deadline, fetch)
        if stored:
            token = _read(stored)
            if token is not None and token.serves(unwanted):
                return token
            useless = stored
            continue
        if deadline.is_over():
            raise _too_late()
        time.sleep(random.uniform(*_POLL))  # noqa: S311  spreads the pollers, guards nothing


def _fetch(key: str, owner: str, deadline: Deadline, fetch: Fetch) -> Token:
    fetched, lasts = b"", 1
    try:
        token = fetch(Deadline(min(TOKEN_TIMEOUT, deadline.remaining())))
        if token.renew_at > time.time():
            fetched = shared.cipher().encrypt(msgspec.json.encode(token))
            lasts = max(1, round((token.renew_at - time.time()) * 1000))
        return token
    finally:
        _take, give = _scripts(shared.store())
        give(keys=_names(key), args=[owner, fetched, lasts])


def _read(stored: bytes) -> Token | None:
    try:
        return msgspec.json.decode(shared.cipher().decrypt(stored), type=Token)
    except (InvalidToken, msgspec.DecodeError):
        return None  # written with a field key that is gone: a new token is fetched


@lru_cache(maxsize=4)
def _scripts(store: shared.Store) -> tuple[Any, Any]:
    return store.register_script(_TAKE), store.register_script(_GIVE)


def _names(key: str) -> list[str]:
    return [key, f"{key}:lock"]


def _remember(key: str, token: Token) -> None:
    if len(_process.tokens) >= _MOST_REMEMBERED:
        _process.tokens.clear()
    _process.tokens[key] = token


def _too_late() -> TemporaryError:
    return TemporaryError(1.0, "no access token in time")
