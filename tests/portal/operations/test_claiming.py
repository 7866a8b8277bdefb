from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from portal import maventa
from portal.operations import batches, claiming, queueing
from portal.operations.claiming import claim
from portal.operations.enums import BatchState, State
from portal.operations.models import Batch, Operation
from portal.operations.runner import drain, run_until_idle
from portal.partners.models import PartnerAccount
from tests.portal.operations.conftest import Queue, states
from tests.portal.operations.kinds import Authorize, remote

QueueMany = Callable[..., queueing.Queued]


def make_batch(account: PartnerAccount, state: BatchState = BatchState.RUNNING) -> Batch:
    return Batch.objects.create(
        account=account, kind="tests.register", label="All", state=state, started_at=timezone.now()
    )


def claimed_names(account: PartnerAccount, slots: int, turn: int = 0) -> list[str]:
    return [name for dispatch in claim(account, slots, turn).dispatches for name in dispatch.request]


def test_claim_takes_no_more_calls_than_there_are_slots(account: PartnerAccount, queue_many: QueueMany) -> None:
    queue_many([f"g{number}" for number in range(9)])

    first, second = claimed_names(account, 4), claimed_names(account, 9)

    assert len(first) == 4
    assert sorted(first + second) == sorted(f"g{number}" for number in range(9))


def test_single_operations_go_before_batches(account: PartnerAccount, queue: Queue, queue_many: QueueMany) -> None:
    queue_many([f"g{number}" for number in range(9)], batch=make_batch(account))
    queue("urgent")

    assert claimed_names(account, 3)[0] == "urgent"


def test_batches_take_turns(account: PartnerAccount, queue_many: QueueMany) -> None:
    queue_many([f"big{number}" for number in range(50)], batch=make_batch(account))
    queue_many([f"small{number}" for number in range(4)], batch=make_batch(account))

    names = claimed_names(account, 8)

    assert sum(name.startswith("small") for name in names) == 4


def test_paused_batch_is_left_alone(account: PartnerAccount, queue_many: QueueMany) -> None:
    batch = make_batch(account, BatchState.PAUSED)
    queue_many(["north", "south"], batch=batch)
    queue_many(["west"], "tests.authorize", batch=batch)
    assert claimed_names(account, 8) == []

    batches.resume(batch)

    assert sorted(claimed_names(account, 8)) == ["north", "south", "west"]


def test_group_travels_in_one_call_up_to_its_limit(account: PartnerAccount, queue_many: QueueMany) -> None:
    queue_many([f"g{number}" for number in range(7)], "tests.authorize", {"network": "A"})
    queue_many(["other"], "tests.authorize", {"network": "B"})

    drain(account.pk)

    assert sorted(map(len, remote.calls)) == [1, 2, 5]
    assert ("other",) in remote.calls
    assert set(Operation.objects.values_list("state", flat=True)) == {State.DONE}


def test_group_waits_for_company_while_others_are_on_their_way(account: PartnerAccount, queue: Queue) -> None:
    Authorize.expecting = True
    queue("north", "tests.authorize")
    held = claim(account, 8)
    assert held.dispatches == []
    assert held.next_at is not None
    assert held.next_at <= timezone.now() + claiming.COMPANY

    Operation.objects.update(not_before=timezone.now() - timedelta(seconds=3))

    assert claimed_names(account, 8) == ["north"]


def test_full_group_waits_for_nobody(account: PartnerAccount, queue_many: QueueMany) -> None:
    Authorize.expecting = True
    queue_many([f"g{number}" for number in range(6)], "tests.authorize")

    assert len(claimed_names(account, 8)) == 5


def test_refused_group_is_sent_one_by_one(account: PartnerAccount, queue_many: QueueMany) -> None:
    refusal = maventa.RejectedError(422, "BAD", "One is bad")
    remote.fails("g1", refusal, refusal)
    operations = queue_many(["g0", "g1", "g2"], "tests.authorize").created

    assert run_until_idle(account, timeout=5)

    assert states(*operations) == [State.DONE, State.REFUSED, State.DONE]
    assert sorted(map(len, remote.calls)) == [1, 1, 1, 3]


def test_lost_group_is_looked_up_member_by_member(account: PartnerAccount, queue_many: QueueMany) -> None:
    remote.loses_answer("g1")
    operations = queue_many(["g0", "g1", "g2"], "tests.authorize").created

    assert run_until_idle(account, timeout=5)

    assert states(*operations) == [State.DONE] * 3
    assert remote.effects == {"g0": 1, "g1": 1, "g2": 1}


def test_claim_of_a_stale_row_is_dropped(
    account: PartnerAccount, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = queue("north")
    prepare = claiming._prepare

    def canceled_meanwhile(*args: object) -> None:
        prepare(*args)  # type: ignore[arg-type]
        Operation.objects.update(state=State.CANCELED)

    monkeypatch.setattr(claiming, "_prepare", canceled_meanwhile)

    assert claimed_names(account, 8) == []
    assert states(operation) == [State.CANCELED]


def test_claim_of_an_operation_that_was_tried_meanwhile_is_dropped(
    account: PartnerAccount, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = queue("north")
    prepare = claiming._prepare

    def tried_meanwhile(*args: object) -> None:
        prepare(*args)  # type: ignore[arg-type]
        Operation.objects.update(attempts=1)

    monkeypatch.setattr(claiming, "_prepare", tried_meanwhile)

    assert claimed_names(account, 8) == []
    assert states(operation) == [State.QUEUED]


def test_claim_does_not_ask_the_database_for_each_operation(
    account: PartnerAccount, queue_many: QueueMany, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    queue_many([f"g{number}" for number in range(30)])

    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        claim(account, 30)


def test_more_calls_stand_in_line_only_when_a_lost_one_could_be_looked_up(
    account: PartnerAccount, queue: Queue
) -> None:
    for name in ("first", "second", "third"):
        queue(name)
    for name in ("fourth", "fifth"):
        queue(name, "tests.invite")  # nobody can look up whether it was sent

    taken = claim(account, 2, ahead=3).dispatches

    assert [name for dispatch in taken for name in dispatch.request] == ["first", "second", "third"]
    assert claimed_names(account, 5) == ["fourth", "fifth"]
