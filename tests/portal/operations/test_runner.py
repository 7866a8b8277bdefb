import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import OperationalError
from django.utils import timezone

from portal import maventa
from portal.operations import outcomes, runner, sending, settling
from portal.operations.claiming import IN_LINE, claim
from portal.operations.enums import State
from portal.operations.models import Attempt, Operation
from portal.operations.runner import drain, run_until_idle
from portal.partners.models import ApiCall, PartnerAccount
from tests.portal.operations import kinds
from tests.portal.operations.conftest import Queue, make_due, states
from tests.portal.operations.kinds import Register, poisoned, remote


def test_drain_sends_what_is_due_and_writes_the_mirror_rows(account: PartnerAccount, queue: Queue) -> None:
    operation = queue("north")

    drain(account.pk)

    operation.refresh_from_db()
    assert operation.state == State.DONE
    assert operation.result == {"members": 1}
    assert operation.settled_at
    assert remote.effects == {"north": 1}
    assert Group.objects.filter(name="north registered").exists()
    assert Attempt.objects.get().state == "ANSWERED"


def test_drain_leaves_alone_what_is_not_due_yet(account: PartnerAccount, queue: Queue) -> None:
    remote.fails("north", maventa.TemporaryError(retry_after=60))
    operation = queue("north")

    drain(account.pk)
    drain(account.pk)

    assert states(operation) == [State.QUEUED]
    assert len(remote.calls) == 1


def test_temporary_failure_is_tried_again(account: PartnerAccount, queue: Queue) -> None:
    remote.fails("north", maventa.TemporaryError(), maventa.TemporaryError())
    operation = queue("north")

    assert run_until_idle(account, timeout=5)

    operation.refresh_from_db()
    assert (operation.state, operation.attempts) == (State.DONE, 3)
    assert operation.error_text == ""
    assert remote.effects == {"north": 1}


def test_temporary_failure_ends_as_failed_when_the_attempts_are_spent(account: PartnerAccount, queue: Queue) -> None:
    remote.fails("north", *[maventa.TemporaryError(0.0) for _ in range(99)])
    operation = queue("north")

    assert run_until_idle(account, timeout=10)

    operation.refresh_from_db()
    assert (operation.state, operation.attempts) == (State.FAILED, 12)
    assert operation.remedy


def test_refusal_keeps_code_words_and_remedy(account: PartnerAccount, queue: Queue) -> None:
    remote.fails("north", maventa.RejectedError(422, "BID_TAKEN", "Taken", ("bid",)))
    operation = queue("north")

    drain(account.pk)

    operation.refresh_from_db()
    assert operation.state == State.REFUSED
    assert (operation.error_code, operation.error_text) == ("BID_TAKEN", "Taken; bid")
    assert operation.error_details == ["bid"]
    assert "Taken" in operation.remedy
    assert Attempt.objects.get().state == "REFUSED"


@pytest.mark.parametrize("names", [["north"], ["north", "south"]])
def test_call_that_no_token_opened_is_tried_again(account: PartnerAccount, queue: Queue, names: list[str]) -> None:
    remote.fails("north", *[maventa.RejectedError(401, "unauthorized")] * outcomes.MOST_TURNED_AWAY)
    operations = [queue(name, "tests.authorize", kinds.Options("VISMA")) for name in names]

    assert run_until_idle(account, timeout=10)

    assert states(*operations) == [State.DONE] * len(names)
    assert len(remote.calls) == outcomes.MOST_TURNED_AWAY + 1, "a group stays together"
    assert {(one.error_code, len(one.error_details)) for one in Operation.objects.all()} == {("", 0)}


def test_right_that_is_missing_refuses_after_some_tries(account: PartnerAccount, queue: Queue) -> None:
    remote.fails("north", *[maventa.RejectedError(401, "unauthorized", scope="company:write") for _ in range(9)])
    operation = queue("north")

    assert run_until_idle(account, timeout=10)

    operation.refresh_from_db()
    assert (operation.state, operation.error_code, operation.attempts) == (State.REFUSED, "unauthorized", 1)
    assert "company:write" in operation.remedy
    assert len(remote.calls) == outcomes.MOST_TURNED_AWAY + 1


def test_keys_that_are_wrong_refuse_at_once(account: PartnerAccount, queue: Queue) -> None:
    remote.fails("north", maventa.AccessRefusedError(401, "unauthorized", "no", (), "company"))
    operation = queue("north")

    drain(account.pk)

    assert states(operation) == [State.REFUSED]


def test_configuration_error_fails_with_a_remedy(account: PartnerAccount, queue: Queue) -> None:
    remote.fails("north", maventa.ConfigurationError("no key"))
    operation = queue("north")

    drain(account.pk)

    operation.refresh_from_db()
    assert (operation.state, operation.error_code) == (State.FAILED, "configuration")
    assert "no key" in operation.remedy


def test_policy_is_asked_again_before_sending(account: PartnerAccount, queue: Queue) -> None:
    operation = queue("late")

    drain(account.pk)

    operation.refresh_from_db()
    assert (operation.state, operation.error_text) == (State.REFUSED, "It is too late.")
    assert remote.calls == []


def test_lost_answer_is_looked_up_and_found(account: PartnerAccount, queue: Queue) -> None:
    remote.loses_answer("north")
    operation = queue("north")

    drain(account.pk)
    assert states(operation) == [State.UNKNOWN]
    assert run_until_idle(account, timeout=5)

    assert states(operation) == [State.DONE]
    assert remote.effects == {"north": 1}


def test_lost_call_that_did_nothing_is_sent_again(account: PartnerAccount, queue: Queue) -> None:
    remote.fails("north", maventa.OutcomeUnknownError())
    operation = queue("north")

    assert run_until_idle(account, timeout=5)

    assert states(operation) == [State.DONE]
    assert remote.effects == {"north": 1}


def test_read_whose_answer_was_lost_is_simply_asked_again(account: PartnerAccount, queue: Queue) -> None:
    remote.fails("north", maventa.UnexpectedResponseError("HTML"))
    remote.blind = True
    operation = queue("north", "tests.refresh")

    assert run_until_idle(account, timeout=5)

    assert states(operation) == [State.DONE]


def test_member_that_cannot_be_settled_does_not_take_the_others_along(account: PartnerAccount, queue: Queue) -> None:
    poisoned.add("south")
    north, south, west = queue("north"), queue("south"), queue("west")

    drain(account.pk)

    assert states(north, south, west) == [State.DONE, State.UNKNOWN, State.DONE]
    assert Group.objects.filter(name="south").exists(), "what it had half written is rolled back"


def test_member_that_can_never_be_settled_ends_with_a_person(account: PartnerAccount, queue: Queue) -> None:
    poisoned.add("south")
    operation = queue("south")

    assert run_until_idle(account, timeout=10)

    operation.refresh_from_db()
    assert (operation.state, operation.error_code) == (State.UNKNOWN, "settle")
    assert operation.named_case
    assert remote.effects == {"south": 1}, "it is never sent again"


def test_send_that_touches_the_database_is_noticed(account: PartnerAccount, queue: Queue) -> None:
    operation = queue("north", "tests.careless")

    drain(account.pk)

    operation.refresh_from_db()
    assert operation.state == State.UNKNOWN
    assert operation.error_text == "DatabaseInSendError"


def test_calls_of_an_account_that_is_switched_off_are_not_made(account: PartnerAccount, queue: Queue) -> None:
    operation = queue("north")
    PartnerAccount.objects.update(is_active=False)

    drain(account.pk)
    make_due()

    assert states(operation) == [State.QUEUED]
    assert not ApiCall.objects.exists()


def test_operation_that_our_own_code_cannot_prepare_stands_in_nobodys_way(
    account: PartnerAccount, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = Register.prepare

    def mistaken(self: Register, members: list[Operation]) -> tuple[str, ...]:
        if members[0].target.name == "bad":
            raise KeyError("a mistake")
        return prepare(self, members)

    monkeypatch.setattr(Register, "prepare", mistaken)
    bad, good = queue("bad"), queue("good")

    drain(account.pk)

    assert states(bad, good) == [State.FAILED, State.DONE]
    bad.refresh_from_db()
    assert (bad.error_code, bad.error_text) == ("portal", "KeyError")


def test_answers_under_way_are_settled_though_no_more_can_be_claimed(
    account: PartnerAccount, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, turns = runner.claim, []

    def away_after_the_first(*args: Any) -> Any:
        turns.append(1)
        if len(turns) == 2:
            raise OperationalError("the server is restarting")
        return real(*args)

    monkeypatch.setattr(runner, "claim", away_after_the_first)
    remote.latency = 0.3
    operation = queue("north", "tests.invite")

    drain(account.pk)

    assert states(operation) == [State.DONE]


def test_answers_are_kept_while_the_database_is_away(
    account: PartnerAccount, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle, tries = settling._settle_together, []

    def away_at_first(*args: Any) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("the server is restarting")
        settle(*args)

    monkeypatch.setattr(settling, "_settle_together", away_at_first)
    operation = queue("north")

    drain(account.pk)

    assert states(operation) == [State.DONE]
    assert remote.effects == {"north": 1}


def test_call_that_stood_in_line_for_too_long_is_not_begun_and_costs_no_attempt(
    account: PartnerAccount, queue: Queue
) -> None:
    operation = queue("north")
    [dispatch] = claim(account, 1).dispatches

    with time_machine.travel(timezone.now() + IN_LINE + timedelta(seconds=1)):
        settling.settle(account, [sending.send(dispatch)])

    operation.refresh_from_db()
    assert (operation.state, operation.attempts) == (State.QUEUED, 0)
    assert remote.calls == []


def test_next_call_begins_though_the_drainer_is_busy_settling(
    account: PartnerAccount, queue_many: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    account.parallel_calls = 2
    account.save()
    settle, begun = settling._settle_together, []

    def slow(*args: Any) -> None:
        begun.append(len(remote.calls))
        until = time.monotonic() + 0.5
        while len(remote.calls) < begun[-1] + 1 and time.monotonic() < until:
            time.sleep(0.005)
        begun.append(len(remote.calls))
        settle(*args)

    monkeypatch.setattr(settling, "_settle_together", slow)
    monkeypatch.setattr(runner, "GATHER", 0.0)  # on a busy machine the whole line may end meanwhile
    remote.latency = 0.1
    queue_many([f"g{number}" for number in range(40)])

    drain(account.pk)

    assert any(after > before for before, after in zip(begun[2::2], begun[3::2], strict=True))
    assert remote.effects.total() == 40


def test_answers_that_came_together_are_given_to_the_kind_together(
    account: PartnerAccount, queue_many: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    together: list[int] = []
    each = Register.settle_many

    def counted(self: Register, answered: Any) -> Any:
        together.append(len(answered))
        return each(self, answered)

    monkeypatch.setattr(Register, "settle_many", counted)
    queue_many([f"g{number}" for number in range(5)])
    dispatches = claim(account, 5).dispatches

    settling.settle(account, [sending.send(dispatch) for dispatch in dispatches])

    assert together == [5]
    assert set(Operation.objects.values_list("state", flat=True)) == {State.DONE}


@pytest.mark.parametrize(("is_apart", "turns"), [(False, [1, 1, 1]), (True, [3])])
def test_acts_on_one_company_are_settled_in_turns_unless_each_writes_rows_of_its_own(
    account: PartnerAccount, queue_many: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, is_apart: bool,
    turns: list[int],
) -> None:  # fmt: skip
    together: list[int] = []
    each = Register.settle_many

    def counted(self: Register, answered: Any) -> Any:
        together.append(len(answered))
        return each(self, answered)

    monkeypatch.setattr(Register, "settle_many", counted)
    monkeypatch.setattr(Register, "is_apart", is_apart)
    queue_many(["a", "b", "c"])
    Operation.objects.update(company_uuid=uuid4())

    settling.settle(account, [sending.send(dispatch) for dispatch in claim(account, 3).dispatches])

    assert together == turns
    assert set(Operation.objects.values_list("state", flat=True)) == {State.DONE}
