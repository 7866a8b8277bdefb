"""One pooled session per process, thread and origin, that can reach that origin and no other."""

import logging
import os
import threading
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from portal.maventa import environments, sockets
from portal.maventa.errors import ConfigurationError


def _without_queries(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG


# Its debug lines hold whole addresses with their queries, and queries hold business ids.
logging.getLogger("urllib3.connectionpool").addFilter(_without_queries)


class OriginAdapter(HTTPAdapter):
    """Sends to one scheme, host and port; refuses every other, whatever led to it."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        super().__init__(pool_connections=1, pool_maxsize=2, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        if self._origin.startswith("https:"):
            kwargs["ssl_context"] = sockets.tls_context()
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = sockets.POOLS

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        if environments.origin(request.url or "") != self._origin or any((kwargs.get("proxies") or {}).values()):
            raise ConfigurationError("An address outside the account's environment was refused.")
        return super().send(request, *args, **kwargs)


class _Sessions(threading.local):
    def __init__(self) -> None:
        self.by_origin: dict[str, requests.Session] = {}


_sessions = _Sessions()


def session_for(base_url: str) -> requests.Session:
    """Return this thread's session for the origin of `base_url`."""
    kept = _sessions.by_origin.get(base_url)
    if kept is None:
        kept = _sessions.by_origin[base_url] = _open(environments.origin(base_url))
    return kept


def _open(origin: str) -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # neither proxies nor .netrc: nothing but the account says where to and with which key
    session.adapters.clear()
    adapter = OriginAdapter(origin)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # accounts share the session
    session.headers["User-Agent"] = "autoinvoice-partner-portal"
    session.headers["Accept"] = "application/json, text/plain, */*"
    return session


def _forget_in_child() -> None:
    global _sessions
    _sessions = _Sessions()


os.register_at_fork(after_in_child=_forget_in_child)
