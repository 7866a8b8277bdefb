"""
Programs that die in the middle of a batch, on the running stack.

The same for the runner alone, and for a database that restarts: tests/portal/operations/test_processes.py. Leases,
places and locks of a killed worker: test_leases.py there, and tests/portal/maventa. A supervisor that is killed:
tests/portal/demo.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.batches import Batch
from tests.faults.killing import WORKER, kill, process_of

SLOW = {"method": "POST", "path": "/v1/companies", "share": 0.5, "seconds": 1.5}  # half of them are still under way


@pytest.mark.parametrize("program", ["worker", "broker"])
def test_each_company_is_registered_once_and_no_human_is_needed_when_a_program_dies_in_mid_call(
    batch: Batch, program: str
) -> None:
    word = {"worker": WORKER, "broker": "valkey-server"}[program]
    batch.stack.simulator.fault("slow", **SLOW)
    with ThreadPoolExecutor(1) as staff:
        queued = staff.submit(batch.onboard)  # the workers don't wait for the command to end
        batch.wait_until_half_done()
        killed = kill(batch.stack, word)
        queued.result()

    batch.wait_until_ready()
    assert process_of(batch.stack, word) not in (None, killed), "it was started again"
    batch.check()
