from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from portal.operations import batches, claiming, facts, filling, sending, settling, sweeping, waking
from portal.operations.enums import AttemptState, BatchState, State
from portal.operations.models import Attempt, Batch, Operation
from portal.operations.runner import drain, run_until_idle
from portal.operations.sending import Answer
from portal.partners.models import PartnerAccount
from tests.portal.operations.conftest import Queue, make_due, states
from tests.portal.operations.kinds import impossible, remote

Messages = list[tuple[str, tuple[int, ...]]]


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> Messages:
    sent: Messages = []
    monkeypatch.setattr(waking, "send", lambda task, *arguments: sent.append((task, arguments)))
    return sent


def claim_without_sending(account: PartnerAccount) -> list[claiming.Dispatch]:
    """Leave operations as a worker does that is killed right after its claim."""
    dispatches = claiming.claim(account, 16).dispatches
    Attempt.objects.update(deadline_at=timezone.now() - timedelta(seconds=1))
    return dispatches


def test_sweep_sends_the_messages_that_were_lost(account: PartnerAccount, queue: Queue, messages: Messages) -> None:
    queue("north")
    queue("south")
    claim_without_sending(account)
    queue("west")
    messages.clear()

    sweeping.sweep()

    assert messages == [("operations.drain", (account.pk,)), ("operations.resolve", (account.pk,))]


def test_sweep_is_silent_when_nothing_is_due(messages: Messages, account: PartnerAccount) -> None:
    sweeping.sweep()

    assert messages == []


def test_attempt_whose_worker_died_is_lost_and_looked_up(account: PartnerAccount, queue: Queue) -> None:
    operation = queue("north")
    claim_without_sending(account)

    sweeping.mark_overdue()
    assert states(operation) == [State.UNKNOWN]
    assert Attempt.objects.get().state == AttemptState.LOST
    assert run_until_idle(account, timeout=5)

    assert states(operation) == [State.DONE]
    assert remote.effects == {"north": 1}


def test_attempt_still_within_its_deadline_is_left_alone(account: PartnerAccount, queue: Queue) -> None:
    operation = queue("north")
    claiming.claim(account, 16)

    sweeping.mark_overdue()

    assert states(operation) == [State.SENDING]


def test_dead_worker_of_a_kind_without_look_up_becomes_a_named_case(account: PartnerAccount, queue: Queue) -> None:
    operation = queue("north", "tests.invite")
    claim_without_sending(account)

    sweeping.mark_overdue()

    operation.refresh_from_db()
    assert operation.named_case


def test_answer_that_comes_after_the_sweep_is_still_the_truth(account: PartnerAccount, queue: Queue) -> None:
    operation = queue("north")
    (dispatch,) = claim_without_sending(account)
    sweeping.mark_overdue()

    settling.settle(account, [sending.send(dispatch)])

    assert states(operation) == [State.DONE]


def test_answer_that_comes_after_the_look_up_changes_nothing(account: PartnerAccount, queue: Queue) -> None:
    operation = queue("north")
    (dispatch,) = claim_without_sending(account)
    sweeping.mark_overdue()
    remote.effects["north"] = 1
    run_until_idle(account, timeout=5)
    assert states(operation) == [State.DONE]

    settling.settle(account, [Answer(dispatch, dispatch.members, error=TimeoutError())])

    assert states(operation) == [State.DONE]


def test_answer_of_an_earlier_attempt_does_not_settle_a_later_one(account: PartnerAccount, queue: Queue) -> None:
    operation = queue("north")
    (earlier,) = claim_without_sending(account)
    Operation.objects.update(state=State.QUEUED)
    claiming.claim(account, 16)

    settling.settle(account, [Answer(earlier, earlier.members, error=TimeoutError())])

    assert states(operation) == [State.SENDING]


def test_what_waits_behind_a_skipped_operation_is_asked_soon(account: PartnerAccount, queue: Queue) -> None:
    queue("first", "tests.activate", onboarding_id=7)
    behind = queue("second", "tests.activate", onboarding_id=7)
    impossible.add("first")

    facts.announce("group.registered", "first")

    behind.refresh_from_db()
    assert behind.not_before <= timezone.now()


def test_rest_of_a_chain_is_skipped_soon_after_its_head_was_refused(account: PartnerAccount, queue: Queue) -> None:
    head = queue("late", onboarding_id=7)
    rest = queue("late", "tests.activate", onboarding_id=7)
    impossible.add("late")

    assert run_until_idle(account, timeout=5)

    assert states(head, rest) == [State.REFUSED, State.SKIPPED]


def test_batch_ends_when_nothing_of_it_is_open(account: PartnerAccount, queue: Queue) -> None:
    batch = Batch.objects.create(
        account=account,
        kind="tests.register",
        state=BatchState.RUNNING,
        started_at=timezone.now() - timedelta(minutes=1),
    )
    queue("north", batch=batch)
    sweeping.end_batches()
    batch.refresh_from_db()
    assert batch.state == BatchState.RUNNING

    drain(account.pk)
    sweeping.end_batches()

    batch.refresh_from_db()
    assert batch.state == BatchState.DONE
    assert batch.ended_at


def test_what_comes_back_to_a_canceled_batch_is_canceled(account: PartnerAccount, queue: Queue) -> None:
    batch = Batch.objects.create(account=account, kind="tests.register", state=BatchState.CANCELED)
    operation = queue("north", batch=batch)

    sweeping.empty_canceled_batches()
    make_due()
    drain(account.pk)

    assert states(operation) == [State.CANCELED]


def test_filling_goes_on_where_a_killed_worker_left_it(
    account: PartnerAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "CHUNK", 10)
    groups = Group.objects.bulk_create([Group(name=f"g{number}") for number in range(35)])
    ids = [group.pk for group in groups]
    batch = batches.create_batch("tests.register", Group, ids, account=account, actor=None, label="All")
    batches.start(batch)
    _fill_until_killed(account, monkeypatch, chunks=2)
    assert Operation.objects.count() == 20

    filling.fill(account.pk)

    batch.refresh_from_db()
    assert (batch.state, batch.total) == (BatchState.RUNNING, 35)
    assert Operation.objects.filter(batch=batch).count() == 35


def _fill_until_killed(account: PartnerAccount, monkeypatch: pytest.MonkeyPatch, chunks: int) -> None:
    """Fill some chunks; die in the next one, after its operations were written and before the commit."""
    queue: Callable[..., object] = filling._queue
    filled: list[object] = []

    def dying(*args: object) -> object:
        queued = queue(*args)
        filled.append(queued)
        if len(filled) > chunks:
            raise KeyboardInterrupt
        return queued

    with monkeypatch.context() as patch:
        patch.setattr(filling, "_queue", dying)
        with pytest.raises(KeyboardInterrupt):
            filling.fill(account.pk)
