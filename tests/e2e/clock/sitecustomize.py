"""
Python imports this by itself in every process of a moved stack (its folder is in PYTHONPATH): the clock then stands as
many seconds ahead as a file says, and follows when the file changes. Each process notes what it follows.

Monotonic time is left alone, so that deadlines, pauses and heartbeats stay what they are.
"""

import os
import threading
import time
from pathlib import Path

import time_machine

FOLDER = Path(os.environ["MOVED_CLOCK"]) if "MOVED_CLOCK" in os.environ else None
EVERY = 0.1  # seconds between looks at the file


class Clock:
    """The clock of this process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._travel: time_machine.Traveller | None = None
        self._ahead = 0.0

    def follow(self) -> None:
        """Go on in threads of forked processes too, which inherit none."""
        self._look()
        os.register_at_fork(after_in_child=self._watch)
        self._watch()

    def _watch(self) -> None:
        self._note()
        threading.Thread(target=self._run, name="moved-clock", daemon=True).start()

    def _run(self) -> None:
        while True:
            time.sleep(EVERY)
            self._look()

    def _look(self) -> None:
        ahead = float((self._folder / "ahead").read_text())
        if ahead == self._ahead:
            return
        if self._travel is None:
            self._travel = time_machine.travel(time.time() + ahead, tick=True).start()
        else:
            self._travel.shift(ahead - self._ahead)
        self._ahead = ahead
        self._note()

    def _note(self) -> None:
        (self._folder / f"{os.getpid()}.seen").write_text(str(self._ahead))


if FOLDER is not None:
    Clock(FOLDER).follow()
