"""What all processes share: Redis or Valkey for leases, and the cipher for what lies in the cache."""

from collections.abc import Callable
from functools import cache
from typing import Any

import redis
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

from portal.maventa.errors import ConfigurationError

Store = Any  # redis.Redis; its stubs cannot tell its answers from its awaitable ones

# Seconds; the store is near, and a call that waits for it holds a worker.
_STORE_TIMEOUT = 3.0


@cache
def _connect(location: str) -> Store:
    return redis.Redis.from_url(location, socket_timeout=_STORE_TIMEOUT, socket_connect_timeout=_STORE_TIMEOUT)


def _from_settings() -> Store:
    return _connect(settings.CACHES["default"]["LOCATION"])


_factory: Callable[[], Store] = _from_settings


def use_store(factory: Callable[[], Store] | None) -> None:
    """Take the store from `factory` from now on (None: from the settings); for programs without the usual settings."""
    global _factory
    _factory = factory or _from_settings


def store() -> Store:
    """Return the client of the shared store; safe between threads and after a fork."""
    return _factory()


@cache
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def cipher() -> MultiFernet:
    """
    Return the cipher for values in the cache.

    :raises ConfigurationError: FIELD_KEYS is empty or malformed
    """
    try:
        return _cipher(tuple(settings.FIELD_KEYS))
    except ValueError as exc:
        raise ConfigurationError("FIELD_KEYS is empty or malformed.") from exc
