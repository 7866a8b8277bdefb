"""The simulator's clock and the delays it knows. Real waiting is elsewhere (scheduler, outbox)."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from portal.sandbox.store import Store

Pace = Literal["fast", "real", "manual"]
PACES: tuple[str, ...] = get_args(Pace)

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
ZONE = ZoneInfo("Europe/Helsinki")  # in which agencies, banks and bills count days

# seconds: (fast, documented). The manual pace takes the documented ones, and its clock stands still until it is moved.
DELAYS: dict[str, tuple[float, float]] = {
    "profile_active": (0.25, 10 * MINUTE),
    "bank_open": (0.35, 2 * DAY),
    "invoice_delivered": (0.3, 30.0),
    "signing_refresh": (0.0, 15 * MINUTE),
    "invitation_expires": (7 * DAY, 7 * DAY),
    "webhook": (0.0, 0.0),
    "webhook_retry": (HOUR, HOUR),
    "webhook_give_up": (DAY, DAY),
    "webhook_held_back": (0.8, MINUTE),
    "resend_unacknowledged": (0.3, 5 * MINUTE),
    "service_active": (0.5, 1.5 * DAY),
    "supplier_query": (0.4, 5 * MINUTE),
    "takeover_documents": (1.0, 3 * DAY),
    "detect_rerun": (0.3, 20.0),
    "letters_printed": (0.5, DAY),
    "bank_message": (0.4, HOUR),
    "agency_answers": (0.5, 4 * HOUR),
    "collection_request": (0.3, 5 * MINUTE),
}


class Clock:
    """
    Time as the simulated world sees it: the machine's, moved by an offset, or standing still in the manual pace.

    The position is kept in the store, so a restart goes on where it was.
    """

    def __init__(self, store: Store, pace: Pace) -> None:
        self.pace = pace
        self._store = store
        self._lock = threading.Lock()
        self.load()

    def load(self) -> None:
        """Take the position from the store again, after a start or a reset."""
        self._offset = float(self._store.get("clock_offset") or 0.0)
        frozen = self._store.get("clock_frozen")
        self._frozen: float | None = None
        if self.pace == "manual":
            self._frozen = float(frozen) if frozen else machine_time() + self._offset
            self._store.set("clock_frozen", repr(self._frozen))
        elif frozen:  # a manual state file that runs on at another pace
            self._offset = float(frozen) - machine_time()

    def time(self) -> float:
        """Seconds since 1970."""
        return self._frozen if self._frozen is not None else machine_time() + self._offset

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time(), UTC)

    def move_to(self, time: float) -> None:
        """Set the clock to that instant (seconds since 1970), forward or back."""
        with self._lock:
            if self._frozen is not None:
                self._frozen = time
                self._store.set("clock_frozen", repr(time))
            else:
                self._offset = time - machine_time()
                self._store.set("clock_offset", repr(self._offset))

    @property
    def stands_still(self) -> bool:
        return self._frozen is not None

    def delay(self, delay: str | float | timedelta) -> float:
        """Seconds: a key of DELAYS at this pace, or the number itself."""
        if isinstance(delay, str):
            fast, documented = DELAYS[delay]
            return fast if self.pace == "fast" else documented
        return delay.total_seconds() if isinstance(delay, timedelta) else delay


def machine_time() -> float:
    return datetime.now(UTC).timestamp()  # noqa: TID251 (this is the simulator's clock)


def stamp(moment: datetime) -> str:
    """An instant as the APIs write it: UTC, whole seconds, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
