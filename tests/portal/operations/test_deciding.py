from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from portal import maventa
from portal.operations import batches, deciding, filling, queueing, tasks
from portal.operations.enums import BatchState, State
from portal.operations.models import Batch, Operation
from portal.operations.runner import run_until_idle
from portal.partners.models import PartnerAccount
from tests.portal.operations.kinds import remote
from tests.portal.operations.test_batches import make_batch

QueueMany = Callable[..., queueing.Queued]
LIST = reverse("admin:operations_operation_changelist")
Sent = list[tuple[str, tuple[object, ...]]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """Two are many; messages are kept for the test instead of going to a worker."""
    messages: Sent = []
    monkeypatch.setattr("portal.operations.waking.send", lambda task, *args, **_more: messages.append((task, args)))
    for name in ("AT_ONCE", "CHUNK"):
        monkeypatch.setattr(deciding, name, 2)
    monkeypatch.setattr(batches, "DECIDED_AT_ONCE", 2)
    return messages


@pytest.fixture
def agent(account: PartnerAccount) -> User:
    user = User.objects.create_user("agent", is_staff=True)
    rights = ("view_operation", "view_batch", "change_group")
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    account.staff.add(user)
    return user


@pytest.fixture
def browser(agent: User) -> Client:
    client = Client()
    client.force_login(agent)
    return client


def carry_out(sent: Sent) -> None:
    """Do what the workers do with the messages about decisions."""
    doors = {"operations.decide_listed": tasks.decide_listed, "operations.decide_batch": tasks.decide_batch}
    for name, arguments in list(sent):
        if name in doors:
            doors[name](*arguments)


def in_state(state: State) -> int:
    return Operation.objects.filter(state=state).count()


def run_action(browser: Client, action: str, *operations: Operation, query: str = "") -> None:
    ticked = [operation.pk for operation in operations] or ["0"]
    data = {"action": action, "_selected_action": ticked, "select_across": "0" if operations else "1"}
    browser.post(LIST + query, data)


def test_all_that_match_in_the_list_are_decided_the_rest_by_a_worker(
    browser: Client, queue_many: QueueMany, sent: Sent
) -> None:
    queue_many([f"g{number}" for number in range(7)])

    run_action(browser, "cancel", query="?state=QUEUED")
    at_once = in_state(State.CANCELED)
    carry_out(sent)

    assert (at_once, in_state(State.CANCELED)) == (2, 7)


def test_operations_queued_after_the_decision_are_not_meant(browser: Client, queue_many: QueueMany, sent: Sent) -> None:
    queue_many([f"g{number}" for number in range(5)])
    run_action(browser, "cancel", query="?state=QUEUED")

    queue_many(["late"])
    carry_out(sent)

    assert (in_state(State.CANCELED), in_state(State.QUEUED)) == (5, 1)


def test_the_worker_goes_on_only_with_rights_that_are_still_there(
    browser: Client, agent: User, queue_many: QueueMany, sent: Sent
) -> None:
    queue_many([f"g{number}" for number in range(5)])
    run_action(browser, "cancel", query="?state=QUEUED")

    agent.user_permissions.remove(Permission.objects.get(codename="change_group"))
    carry_out(sent)

    assert in_state(State.CANCELED) == 2


def test_ticked_rows_are_decided_at_once_however_many(browser: Client, queue_many: QueueMany, sent: Sent) -> None:
    operations = queue_many([f"g{number}" for number in range(5)]).created

    run_action(browser, "cancel", *operations[:4])

    assert (in_state(State.CANCELED), in_state(State.QUEUED)) == (4, 1)


def failed_batch(account: PartnerAccount, count: int) -> Batch:
    names = [f"g{number}" for number in range(count)]
    for name in names:
        remote.fails(name, maventa.RejectedError(422, "BAD"))
    batch = make_batch(account, *names)
    batches.start(batch)
    assert run_until_idle(account, timeout=10)
    Batch.objects.update(state=BatchState.DONE)
    batch.refresh_from_db()
    return batch


def test_all_failed_rows_of_a_batch_are_tried_again_each_once(account: PartnerAccount, sent: Sent) -> None:
    batch = failed_batch(account, 5)

    batches.retry_failed(batch, None)
    carry_out(sent)
    assert (batch.state, in_state(State.QUEUED)) == (BatchState.RUNNING, 5)
    assert run_until_idle(account, timeout=10)

    assert remote.effects == {f"g{number}": 1 for number in range(5)}


def test_a_canceled_batch_sends_nothing_more_and_all_its_rows_end(account: PartnerAccount, sent: Sent) -> None:
    batch = make_batch(account, *[f"g{number}" for number in range(5)])
    batches.start(batch)
    filling.fill(account.pk)
    batch.refresh_from_db()

    batches.cancel(batch, None)
    carry_out(sent)
    assert in_state(State.CANCELED) == 5
    assert run_until_idle(account, timeout=5)

    assert remote.calls == []
