"""A moment by which a whole call must be over; `requests` limits each read only, so a drip could last for ever."""

import time


class Deadline:
    """Counts down from the moment it is made, on a clock that is never set back."""

    __slots__ = ("_at", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._at = time.monotonic() + seconds

    def remaining(self) -> float:
        """Return the seconds left; negative once it is over."""
        return self._at - time.monotonic()

    def is_over(self) -> bool:
        return self.remaining() <= 0
