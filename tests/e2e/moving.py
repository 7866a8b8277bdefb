"""A portal whose own clock can be moved, together with its simulator's: days and months pass in the browser."""

import time
from collections.abc import Mapping
from pathlib import Path

from tests.e2e.stack import Stack

DAY = 86_400
_CLOCK = Path(__file__).parent / "clock"
_PATIENCE = 30.0


class MovingStack(Stack):
    """Without a story; `move` takes every process of it to a later day."""

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        super().__init__(settings=settings)
        self._clock = self.var / "clock"
        self._clock.mkdir(parents=True)
        self._set(0.0)
        self.environment |= {"MOVED_CLOCK": str(self._clock), "PYTHONPATH": str(_CLOCK)}

    def move(self, days: float) -> None:
        """Let days pass; returns when the simulator's jobs on the way have run and every process has the new time."""
        self.simulator.advance(days * DAY)
        self._set(self.ahead + days * DAY)
        give_up_at = time.monotonic() + _PATIENCE
        while late := self._late():
            assert time.monotonic() < give_up_at, f"processes that keep the old time: {late}"
            time.sleep(0.05)

    @property
    def ahead(self) -> float:
        """Seconds that the portal's clock is ahead of the machine's."""
        return float((self._clock / "ahead").read_text())

    def now(self) -> float:
        """Seconds since 1970, as the portal has them."""
        return time.time() + self.ahead

    def _set(self, ahead: float) -> None:
        unfinished = self._clock / "ahead.new"
        unfinished.write_text(str(ahead))
        unfinished.replace(self._clock / "ahead")

    def _late(self) -> list[int]:
        wanted = self.ahead
        seen = {int(path.stem): float(path.read_text() or "-1") for path in self._clock.glob("*.seen")}
        return [pid for pid, ahead in seen.items() if ahead != wanted and _is_ours(pid, str(self.var))]


def _is_ours(pid: int, var: str) -> bool:
    """Tell whether the process still runs; its number may be somebody else's by now."""
    try:
        return var in Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")
    except OSError:
        return False
