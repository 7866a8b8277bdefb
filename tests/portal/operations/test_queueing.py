import threading
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from portal.operations import facts, queueing, waking
from portal.operations.enums import State
from portal.operations.handlers import AlreadyQueuedError, NotQueueableError
from portal.operations.models import Operation, Wait
from portal.operations.runner import run_until_idle
from portal.partners.models import PartnerAccount
from tests.portal.operations.conftest import Queue, states
from tests.portal.operations.kinds import impossible, registered, remote


def test_queue_refuses_with_reason_and_remedy_what_the_policy_forbids(queue: Queue) -> None:
    with pytest.raises(NotQueueableError) as refusal:
        queue("forbidden")

    assert (refusal.value.reason, refusal.value.remedy) == ("This one is forbidden.", "Choose another.")
    assert not Operation.objects.exists()


def test_queue_refuses_what_is_under_way_and_names_it(queue: Queue) -> None:
    first = queue("north")

    with pytest.raises(AlreadyQueuedError) as refusal:
        queue("north")

    assert refusal.value.operation_id == first.pk


def test_queue_takes_the_same_act_with_other_parameters(queue: Queue) -> None:
    queue("north", parameters={"network": "A"})
    queue("north", parameters={"network": "B"})

    assert Operation.objects.count() == 2


def test_queue_takes_an_act_again_once_it_has_ended(account: PartnerAccount, queue: Queue) -> None:
    queue("north")
    run_until_idle(account, timeout=5)

    queue("north")

    assert Operation.objects.count() == 2


def test_queue_refuses_an_account_that_is_switched_off(account: PartnerAccount, queue: Queue) -> None:
    account.is_active = False

    with pytest.raises(NotQueueableError):
        queue("north")


def test_fingerprint_does_not_depend_on_the_order_of_parameters() -> None:
    assert queueing.fingerprint({"a": 1, "b": 2}) == queueing.fingerprint({"b": 2, "a": 1})


def test_duplicates_queued_by_threads_at_once_become_one(account: PartnerAccount) -> None:
    group = Group.objects.create(name="north")
    start, outcomes = threading.Barrier(8), []

    def click() -> None:
        start.wait()
        try:
            queueing.queue("tests.register", group, account=account)
            outcomes.append("queued")
        except AlreadyQueuedError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["queued"] + ["refused"] * 7
    assert Operation.objects.count() == 1


def test_queue_many_reports_each_row_once_and_needs_few_statements(
    queue_many: Callable[..., queueing.Queued], queue: Queue
) -> None:
    queue("g007")
    names = [f"g{number:03}" for number in range(300)] + ["forbidden"]
    Group.objects.bulk_create([Group(name=name) for name in names], ignore_conflicts=True)

    with CaptureQueriesContext(
        connection,
    ) as captured:
        queued = queue_many(names)

    assert (len(queued.created), len(queued.duplicates), len(queued.refused)) == (299, 1, 1)
    assert Operation.objects.count() == 300
    assert len(captured) < 25


def test_broker_that_is_down_does_not_fail_the_request(
    account: PartnerAccount, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*args: object, **kwargs: object) -> None:
        raise waking.OperationalError("no broker")

    monkeypatch.setattr(waking.current_app, "send_task", down)

    operation = queue("north")

    assert operation.state == State.QUEUED


def test_transaction_sends_one_message_for_many_operations(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(waking.current_app, "send_task", lambda name, **_: sent.append(name))

    with transaction.atomic():
        for number in range(5):
            queue(f"g{number}")

    assert sent == ["operations.drain"]


def test_operation_waits_for_its_fact_and_goes_when_it_is_announced(account: PartnerAccount, queue: Queue) -> None:
    operation = queue("north", "tests.activate")
    run_until_idle(account, timeout=5)
    assert states(operation) == [State.WAITING]

    registered.add("north")
    facts.announce("group.registered", "north")

    assert states(operation) == [State.QUEUED]
    assert not Wait.objects.exists()


def test_announcement_that_changes_nothing_leaves_it_waiting(queue: Queue) -> None:
    operation = queue("north", "tests.activate")

    facts.announce("group.registered", "north")

    assert states(operation) == [State.WAITING]
    assert Wait.objects.count() == 1


def test_operation_whose_fact_became_impossible_is_skipped_with_the_reason(queue: Queue) -> None:
    operation = queue("north", "tests.activate")

    impossible.add("north")
    facts.announce("group.registered", "north")

    operation.refresh_from_db()
    assert (operation.state, operation.error_text) == (State.SKIPPED, "Registration was refused.")
    assert not Wait.objects.exists()


def test_chain_runs_to_its_end_in_one_drain(account: PartnerAccount, queue: Queue) -> None:
    chains = [(queue(name), queue(name, "tests.activate")) for name in ("north", "south", "west")]

    assert run_until_idle(account, timeout=5)

    for register, activate in chains:
        assert states(register, activate) == [State.DONE, State.DONE]
    assert len(remote.calls) == 6


def test_fact_that_came_true_while_queueing_is_found_by_the_sweep(account: PartnerAccount, queue: Queue) -> None:
    operation = queue("north", "tests.activate")
    registered.add("north")  # announced before the Wait row could be seen
    Operation.objects.update(not_before=operation.created_at)

    assert run_until_idle(account, timeout=5)

    assert states(operation) == [State.DONE]
