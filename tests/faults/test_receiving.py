"""
Receiving while answers get lost and workers die: each invoice saved once, and told to AutoInvoice only after that.

Storage that is full, answers that are no files, files that change: tests/invoices/receiving/test_receiving.py.
"""

from collections.abc import Iterator

import pytest

from tests.e2e.stack import Stack
from tests.faults.batches import SECONDS, Batch
from tests.faults.killing import WORKER, kill
from tests.faults.receptions import Reception

SMALL, FULL = 40, 1000


@pytest.fixture(params=[pytest.param(SMALL, id="small"), pytest.param(FULL, id="full", marks=pytest.mark.prove)])
def reception(request: pytest.FixtureRequest, stack: Stack) -> Iterator[Reception]:
    count = int(request.param)
    batch = Batch(stack, 1, seconds=(4 if count == SMALL else 20) * SECONDS)
    batch.onboard()
    batch.wait_until_ready()
    yield Reception(batch, count)
    stack.simulator.clear_faults()
    stack.simulator.latency(0)


@pytest.mark.timeout(1500)
def test_each_invoice_is_saved_once_and_marked_only_after_that(reception: Reception) -> None:
    reception.spoil()
    reception.simulator.latency(0 if reception.count == SMALL else 0.5)  # ten workers shall die before it is over
    reception.arrive()
    kills = 1 if reception.count == SMALL else 10
    for turn in range(kills):
        reached = reception.count * (turn + 1) // (kills + 2)
        reception.batch.eventually(lambda reached=reached: reception.saved() >= reached, f"{reached} to be saved")
        kill(reception.batch.stack, WORKER)

    reception.wait_until_handled()

    reception.check()
