"""
Webhooks that are lost, doubled and late, delivered over HTTP to the running stack.

Forged and huge ones, and what cannot be read: tests/portal/webhooks/test_intake.py. Twins, order and retries of single
deliveries: test_draining.py there. Two drainers at once: test_together.py. Older facts never win: tests/portal/sync.
"""

from tests.faults.batches import Batch


def test_every_company_gets_ready_when_its_webhooks_are_lost_doubled_and_late(batch: Batch) -> None:
    simulator = batch.stack.simulator
    for kind, share in (("webhook_lost", 0.33), ("webhook_doubled", 0.5), ("webhook_reordered", 1.0)):
        simulator.fault(kind, share=share)

    batch.onboard()
    batch.wait_until_ready()
    simulator.settle(timeout=20)
    batch.wait_until_ready()

    lost, doubled, late = (rule["hits"] for rule in simulator.state()["faults"])
    assert min(lost, doubled, late) > 0
    assert batch.deliveries().total() == 2 * doubled + late, "the doubled ones came twice, the lost ones never"
    assert batch.deliveries()["IGNORED"] >= doubled, "of twins one counts"
    batch.check()
