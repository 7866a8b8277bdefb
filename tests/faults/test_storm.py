"""
Everything at once, to a batch of any size: lost answers, 503 with Retry-After, 429, ended tokens, dead workers, a dead
broker. Each company is there exactly once in the end, nothing is left unknown, and nobody helped.

    COMPANIES=100 python -m pytest tests/faults -m prove -k storm      another size; it says how far it has come
"""

import os
from collections.abc import Callable, Iterator

import pytest

from tests.e2e.stack import Stack
from tests.faults.batches import Batch
from tests.faults.killing import WORKER, kill

SMALL, FULL = 24, int(os.environ.get("COMPANIES", "2000"))
LOST, BUSY, CROWDED, ENDED = 0.05, 0.02, 0.005, 0.01  # shares of the calls
DEATHS = ((0.1, WORKER), (0.3, WORKER), (0.5, "valkey-server"), (0.7, WORKER))  # how far the batch is then


@pytest.fixture(params=[pytest.param(SMALL, id="small"), pytest.param(FULL, id="full", marks=pytest.mark.prove)])
def storm(request: pytest.FixtureRequest, stack: Stack) -> Iterator[Batch]:
    """A batch that tells on the terminal how far it is; faults rage from the start and end with it."""
    size = int(request.param)
    raised = stack.manage("shell", "--no-imports", "-c", RAISE_THE_PACE)
    assert raised.returncode == 0, raised.stderr
    batch = Batch(stack, size, seconds=180 + size * 0.35, tell=_teller(request.config))
    for fault, share, seconds in (("503", BUSY, 1.0), ("429", CROWDED, 0.5)):
        stack.simulator.fault(fault, path="/v1/*", share=share, seconds=seconds)
    # Not of a registration, which is sent without one.
    stack.simulator.fault("expired_token", path="/v1/compan*/*", share=ENDED)
    stack.simulator.fault("drop_after", method="POST", path="/v1/*", share=LOST)
    yield batch
    stack.simulator.clear_faults()


def _teller(config: pytest.Config) -> Callable[[str], None]:
    """Return what writes a line to the terminal although output is captured."""
    terminal, capture = (config.pluginmanager.getplugin(name) for name in ("terminalreporter", "capturemanager"))

    def tell(line: str) -> None:
        with capture.global_and_fixture_disabled():
            terminal.write_line(line)

    return tell


RAISE_THE_PACE = (
    "from portal.partners.models import PartnerAccount\nPartnerAccount.objects.update(calls_per_second=200)"
)


def test_every_company_comes_out_of_the_storm_once_and_nobody_helped(storm: Batch) -> None:
    storm.onboard()
    for share, program in DEATHS:
        storm.wait_until_done(share)
        kill(storm.stack, program)
        storm.tell(f"killed {program.strip()}")

    storm.wait_until_ready()

    hits = {rule["kind"]: rule["hits"] for rule in storm.stack.simulator.state()["faults"]}
    storm.tell(f"faults: {hits}; calls: {storm.calls()}; took {storm.age():.0f} s")
    storm.check(turned_away=("401", "429"))
    if len(storm.ids) > SMALL:
        assert min(hits.values()) > 0
