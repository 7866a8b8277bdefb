"""
Answers that get lost after the call took effect, and tokens that end in the middle of a batch, on the running stack.

What the client makes of every single fault: tests/portal/maventa/test_faults.py and test_tokens.py. Look-ups, grace and
named cases: tests/portal/operations. One company at a time, without processes: tests/companies/test_end_to_end.py.
"""

from tests.faults.batches import Batch


def test_nothing_is_sent_twice_when_answers_are_lost_after_the_effect(batch: Batch) -> None:
    lost = len(batch.ids) // 3
    for path in ("/v1/companies", "/v1/company/profiles"):
        batch.stack.simulator.fault("drop_after", method="POST", path=path, count=lost)

    batch.onboard()
    batch.wait_until_ready()

    assert [rule["hits"] for rule in batch.stack.simulator.state()["faults"]] == [lost, lost]
    assert batch.calls("POST", "/v1/companies") == len(batch.ids), "a lost registration is looked up"
    assert batch.calls("POST", "/v1/company/profiles") == 2 * len(batch.ids), "so is a lost network"
    batch.check()


def test_batch_goes_on_when_the_token_of_all_its_calls_ends(batch: Batch) -> None:
    batch.stack.simulator.latency(0.3)  # the token is looked at after it, so the others are on their way already
    batch.stack.simulator.fault("expired_token", method="POST", path="/v1/companies/authorizations", count=1)

    batch.onboard()
    batch.wait_until_ready()

    assert batch.calls("POST", "/v1/companies/authorizations", "401") > 1, "they share it"
    batch.check()
