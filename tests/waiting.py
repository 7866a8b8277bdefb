"""Waiting for a fact while doing what workers do; a busy machine gets its time."""

import time
from collections.abc import Callable

from portal.operations.models import Operation

SECONDS = 40.0


def until(condition: Callable[[], bool], work: Callable[[], None], seconds: float = SECONDS) -> None:
    """Do some work until the condition holds; afterwards say how the operations stand."""
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, list(Operation.objects.values_list("kind", "state", "error_text"))
        work()
