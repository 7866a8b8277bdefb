"""What a benchmark found, as a ratio to what the machine can do at best in the same run."""

import json
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """
    One line of docs/performance.md.

    :ivar ratio: ours to bare; 1 is ideal, for times more is slower
    """

    what: str
    ours: str  # with unit
    bare: str  # with unit, and what it is
    ratio: float


def report(*figures: Figure) -> None:
    """Tell `python -m tests.bench`, which reads the lines of its parts."""
    for figure in figures:
        print(json.dumps(asdict(figure)), flush=True)


def median_of(act: Callable[[], object], times: int) -> float:
    """Return the median seconds of one act."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def side_by_side(ours: Callable[[], object], bare: Callable[[], object], *, times: int) -> tuple[float, float]:
    """Return the median seconds of both, measured in turns so that a busy machine slows both alike."""
    blocks = [(median_of(ours, times // 10), median_of(bare, times // 10)) for _ in range(10)]
    return statistics.median(block[0] for block in blocks), statistics.median(block[1] for block in blocks)


def prepare(database: str) -> None:
    """Start servers ("sqlite" or "postgres"), set Django up and make the tables."""
    os.environ["TEST_DATABASE"] = database
    from tests import environment

    environment.prepare()
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
