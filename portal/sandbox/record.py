"""
What was called, in the order it came: for proofs of order, which the portal's own log could not give.

In memory, the latest LONGEST calls; never a body, a query or a token.
"""

import itertools
import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

LONGEST = 100_000


@dataclass(slots=True)
class Called:
    """
    One call.

    :ivar path: without the API's prefix and the query
    :ivar status: of the answer; 0 while there is none, or when the connection was dropped instead
    :ivar fault: kind of the rule that hit it, "" for none
    """

    number: int
    api: str
    method: str
    path: str
    status: int = 0
    fault: str = ""


class Record:
    def __init__(self) -> None:
        self._calls: deque[Called] = deque(maxlen=LONGEST)
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def begin(self, api: str, method: str, path: str) -> Called:
        """Note a call as it comes in."""
        with self._lock:
            called = Called(next(self._numbers), api, method, path)
            self._calls.append(called)
        return called

    def clear(self) -> None:
        with self._lock:
            self._calls.clear()

    def matching(self, method: str, path: str) -> list[dict[str, Any]]:
        """Return calls in the order they came; `path` is a part of it, "" is any."""
        with self._lock:
            calls = list(self._calls)
        return [asdict(one) for one in calls if method in ("", one.method) and path in one.path]
