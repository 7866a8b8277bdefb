"""One running portal for all proofs: real processes, a real broker, webhooks over HTTP."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.stack import Stack
from tests.faults.batches import SECONDS, Batch

HERE = Path(__file__).parent
SMALL, FULL = 12, 200
# A lost call is looked up after its deadline, and "not there" counts after the grace: short, so that proofs end soon.
SETTINGS = {"CALL_DEADLINE": "3", "RESOLVE_GRACE": "5"}

MakeBatch = Callable[[], Batch]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say what proofs are: slow, and slower in full size."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.timeout(900 if item.get_closest_marker("prove") else 600))


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    running = Stack(settings=SETTINGS)
    running.start(seconds=500)
    yield running
    running.stop()


@pytest.fixture(params=[pytest.param(SMALL, id="small"), pytest.param(FULL, id="full", marks=pytest.mark.prove)])
def batch(request: pytest.FixtureRequest, stack: Stack) -> Iterator[Batch]:
    """Companies that nobody knows yet, a dozen or (`make prove`) 200; the simulator is well again afterwards."""
    size = int(request.param)
    yield Batch(stack, size, seconds=SECONDS if size == SMALL else 4 * SECONDS)
    stack.simulator.clear_faults()
    stack.simulator.latency(0)
