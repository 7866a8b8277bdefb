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
    posted, told = batch.posted(), batch.told()
    assert set(told) <= set(posted), "nothing is told that did not happen"
    for fact, events in posted.items():
        states = told.get(fact, [])
        # A POST without an answer in time may have been stored nevertheless, and is posted again.
        taken_up = sum(event["state"] == "acknowledged" for event in events)
        assert taken_up <= len(states) <= sum(event["attempts"] * event["copies"] for event in events), fact
        assert states.count("DONE") <= len(events), f"of twins one counts: {fact}"
    assert any(len(states) > len(posted[fact]) for fact, states in told.items()), "some came twice"
    assert any(fact not in told for fact in posted), "some never came"
    batch.check()
