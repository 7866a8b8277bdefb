"""Two minutes of `make soak`: everything at once over the whole stack, and every row compared at the end."""

import os

import pytest

from tests.e2e.stack import Stack
from tests.load.soak import SETTINGS, Soak

MINUTES = float(os.environ.get("SOAK_MINUTES", "2"))


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_nothing_is_lost_and_memory_is_flat_after_a_mixed_load_with_faults() -> None:
    stack = Stack(settings=SETTINGS)
    stack.start(seconds=500)
    try:
        verdict = Soak(stack, MINUTES).run()
    finally:
        stack.stop()

    assert verdict.problems == [], "\n".join(verdict.lines())
