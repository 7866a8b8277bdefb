from datetime import timedelta

import pytest
from django.utils import timezone

from portal import maventa
from portal.operations import outcomes, resolving
from portal.operations.claiming import IN_LINE, MARGIN
from portal.operations.enums import State
from portal.operations.resolving import resolve_due
from portal.operations.runner import drain, run_until_idle
from portal.partners.models import PartnerAccount
from tests.portal.operations.conftest import Queue, make_due, states
from tests.portal.operations.kinds import Register, Repeatable, remote, too_late


def test_not_there_counts_only_after_the_grace(
    account: PartnerAccount, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Register, "grace", 60.0)
    remote.fails("north", maventa.OutcomeUnknownError())
    operation = queue("north")
    drain(account.pk)

    resolve_due(account)

    operation.refresh_from_db()
    assert operation.state == State.UNKNOWN
    assert operation.not_before == outcomes.grace_ends(Register(), operation)


def test_look_up_that_cannot_tell_is_repeated_ever_more_rarely_until_a_person_has_to(
    account: PartnerAccount, queue: Queue
) -> None:
    remote.loses_answer("north")
    remote.blind = True
    operation = queue("north")
    drain(account.pk)

    for _ in range(outcomes.MOST_LOOKS - 1):
        make_due()
        resolve_due(account)
        operation.refresh_from_db()
        assert not operation.named_case
    make_due()
    resolve_due(account)

    operation.refresh_from_db()
    assert operation.state == State.UNKNOWN
    assert operation.named_case
    assert operation.error_text == "the look-up is closed"


def test_lost_answer_is_looked_up_though_the_act_made_itself_impossible(account: PartnerAccount, queue: Queue) -> None:
    remote.loses_answer("north")
    operation = queue("north")
    drain(account.pk)
    too_late.add("north")  # an event told of the effect before the look-up

    make_due()
    resolve_due(account)

    operation.refresh_from_db()
    assert operation.state == State.DONE


def test_killed_worker_keeps_what_it_looked_up_no_longer_than_looking_takes(
    account: PartnerAccount, queue: Queue
) -> None:
    remote.loses_answer("north")
    operation = queue("north")
    drain(account.pk)

    resolving._claim(account)  # then it is killed
    resolve_due(account)

    operation.refresh_from_db()
    longest = IN_LINE + timedelta(seconds=resolving.CALLS * Register.deadline + MARGIN)
    assert operation.state == State.UNKNOWN, "others leave it alone"
    assert operation.not_before <= timezone.now() + longest
    make_due()
    resolve_due(account)
    assert states(operation) == [State.DONE]


def test_refused_repeat_is_asked_by_our_id_and_found(account: PartnerAccount, queue: Queue) -> None:
    remote.effects["north"] = 1  # the first try took effect, though it looked as if it had not
    remote.fails("north", maventa.TemporaryError(0.0), maventa.RejectedError(409, "EXISTS"))
    operation = queue("north", "tests.send")

    assert run_until_idle(account, timeout=5)

    assert states(operation) == [State.DONE]
    assert remote.effects == {"north": 1}


def test_refused_repeat_that_left_nothing_behind_was_meant(account: PartnerAccount, queue: Queue) -> None:
    remote.fails("north", maventa.TemporaryError(0.0), maventa.RejectedError(422, "INVALID", "No such field"))
    operation = queue("north", "tests.send")

    assert run_until_idle(account, timeout=5)

    operation.refresh_from_db()
    assert (operation.state, operation.error_code, operation.error_text) == (State.REFUSED, "INVALID", "No such field")
    assert operation.remedy
    assert len(remote.calls) == 2


def test_first_refusal_of_a_repeatable_kind_is_a_refusal(account: PartnerAccount, queue: Queue) -> None:
    remote.fails("north", maventa.RejectedError(422, "INVALID"))
    operation = queue("north", "tests.send")

    drain(account.pk)

    assert states(operation) == [State.REFUSED]
    assert Repeatable.repeatable


def test_lost_answers_are_counted_as_attempts(account: PartnerAccount, queue: Queue) -> None:
    remote.fails("north", *[maventa.OutcomeUnknownError() for _ in range(99)])
    operation = queue("north")

    assert run_until_idle(account, timeout=20)

    operation.refresh_from_db()
    assert (operation.state, operation.attempts) == (State.FAILED, Register.max_attempts)
