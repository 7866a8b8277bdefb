"""Invoices sent while answers are lost, workers die and every click is two: each is at AutoInvoice exactly once."""

import pytest

from tests.e2e.stack import Stack
from tests.faults.batches import SECONDS, Batch
from tests.faults.invoices import Sending

# A worker that dies while it looks a lost call up leaves that to the next one after two minutes.
PATIENCE = 4 * SECONDS


@pytest.mark.parametrize(
    ("invoices", "kills", "latency"),
    [
        pytest.param(40, 2, 0.2, id="small", marks=pytest.mark.timeout(600)),
        pytest.param(1000, 10, 2.0, id="full", marks=[pytest.mark.prove, pytest.mark.timeout(2400)]),
    ],
)
def test_each_invoice_is_sent_once_whatever_is_lost_killed_or_pressed_twice(
    stack: Stack, invoices: int, kills: int, latency: float
) -> None:
    company = Batch(stack, 1, seconds=PATIENCE if invoices == 40 else 4 * PATIENCE)
    company.onboard()
    company.wait_until_ready()
    sending = Sending(company, invoices)
    stack.simulator.latency(latency)
    try:
        stack.simulator.fault("drop_after", method="POST", path="/v1/invoices", share=0.2)
        sending.start()
        for _kill in range(kills):
            company.kill_worker_amid("invoices.send")
        sending.wait()
    finally:
        stack.simulator.clear_faults()
        stack.simulator.latency(0)

    sending.check()
