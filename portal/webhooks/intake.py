"""The row of a delivery, and telling a worker that there is one."""

import threading
import time
from collections.abc import Callable, Mapping
from functools import cache

from django.utils import timezone

from portal.operations import waking
from portal.webhooks import envelope, keys
from portal.webhooks.models import Delivery, WebhookSecret
from portal.writing import another

# Headers that hold secrets, or nothing that anybody asks for later.
_WITHHELD = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token"})
_MOST_HEADERS, _HEADER_LENGTH = 50, 500


def delivery_of(secret: WebhookSecret, body: bytes, headers: Mapping[str, str], address: str) -> Delivery:
    """Return the unsaved row for what was posted; what can be read of it goes into columns."""
    read = envelope.read(body)
    row = another(_blank())
    row.account_id, row.secret_id = secret.account_id, secret.pk
    row.received_at = row.not_before = timezone.now()
    row.digest = keys.digest(body)
    row.event, row.company_uuid, row.event_at, row.subject = read.event, read.company_uuid, read.at, read.subject
    row.body, row.encoding = _decode(body)
    row.headers, row.address = _shown(headers), address[:45]
    return row


@cache
def _blank() -> Delivery:
    return Delivery()


def _decode(body: bytes) -> tuple[str, str]:
    try:
        return body.decode(), "utf-8"
    except UnicodeDecodeError:
        return body.decode("latin-1"), "latin-1"


def _shown(headers: Mapping[str, str]) -> dict[str, str]:
    shown = [(name, value) for name, value in headers.items() if name.lower() not in _WITHHELD]
    cut = {name[:100]: value[:_HEADER_LENGTH] for name, value in shown[:_MOST_HEADERS]}
    return {name: value.replace("\x00", "") for name, value in cut.items()}  # which JSON columns do not hold


class Nudges:
    """Spaces messages PAUSE seconds apart; one that is sent ahead of its time speaks for all until then."""

    PAUSE = 0.3

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = self._covered_until = 0.0

    def wait(self, now: float) -> float | None:
        """Return the seconds after which a message should run; None: one that is under way will do."""
        with self._lock:
            if now < self._covered_until:
                return None
            wait = 0.0 if now - self._last > self.PAUSE else self.PAUSE
            self._last = self._covered_until = now + wait
            return wait


_nudges = Nudges()


def nudge(tell: Callable[[float], object] | None = None) -> None:
    """
    Tell a worker to drain. If that fails nothing is lost: the sweep finds the row within seconds.

    :param tell: calls `send`, in another thread for example
    """
    wait = _nudges.wait(time.monotonic())
    if wait is not None:
        (tell or send)(wait)


def send(wait: float) -> None:
    """Let a worker drain after some seconds."""
    waking.send("webhooks.drain", countdown=wait or None)
