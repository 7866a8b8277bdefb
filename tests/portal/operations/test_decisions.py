import pytest
from django.contrib.auth.models import User

from portal import maventa
from portal.operations import decisions
from portal.operations.enums import State
from portal.operations.handlers import NotQueueableError
from portal.operations.runner import drain, run_until_idle
from portal.partners.models import PartnerAccount
from tests.portal.operations.conftest import Queue, make_due, states
from tests.portal.operations.kinds import remote


@pytest.fixture
def agent(transactional_db: None) -> User:
    return User.objects.create_user("agent")


def test_retry_sends_a_refused_operation_again_and_notes_who(
    account: PartnerAccount, queue: Queue, agent: User
) -> None:
    remote.fails("north", maventa.RejectedError(422, "BAD"))
    operation = queue("north")
    drain(account.pk)

    decisions.retry(operation, agent)
    drain(account.pk)

    operation.refresh_from_db()
    assert (operation.state, operation.attempts) == (State.DONE, 1)
    assert [entry["what"] for entry in operation.history] == ["tried again", "attempt"]
    assert operation.history[0]["by"] == "agent"


def test_retry_is_refused_while_the_same_is_under_way(account: PartnerAccount, queue: Queue, agent: User) -> None:
    remote.fails("north", maventa.RejectedError(422, "BAD"))
    operation = queue("north")
    drain(account.pk)
    queue("north")

    with pytest.raises(NotQueueableError):
        decisions.retry(operation, agent)

    assert states(operation) == [State.REFUSED]


def test_retry_is_refused_for_what_is_done(account: PartnerAccount, queue: Queue, agent: User) -> None:
    operation = queue("north")
    drain(account.pk)

    with pytest.raises(NotQueueableError):
        decisions.retry(operation, agent)


def test_cancel_keeps_it_from_being_sent(account: PartnerAccount, queue: Queue, agent: User) -> None:
    operation = queue("north")

    decisions.cancel(operation, agent)
    drain(account.pk)

    assert states(operation) == [State.CANCELED]
    assert remote.calls == []


def test_cancel_is_too_late_once_it_is_sent(account: PartnerAccount, queue: Queue, agent: User) -> None:
    operation = queue("north")
    drain(account.pk)

    with pytest.raises(NotQueueableError):
        decisions.cancel(operation, agent)


def test_lost_answer_without_look_up_becomes_a_named_case_and_is_never_repeated(
    account: PartnerAccount, queue: Queue
) -> None:
    remote.loses_answer("north")
    operation = queue("north", "tests.invite")

    assert run_until_idle(account, timeout=5)
    make_due()
    assert run_until_idle(account, timeout=5)

    operation.refresh_from_db()
    assert (operation.state, operation.named_case) == (State.UNKNOWN, "Ask the group whether it was invited.")
    assert operation.remedy
    assert remote.effects == {"north": 1}


def test_named_case_that_happened_is_done(account: PartnerAccount, queue: Queue, agent: User) -> None:
    remote.loses_answer("north")
    operation = queue("north", "tests.invite")
    drain(account.pk)

    decisions.it_happened(operation, agent)
    run_until_idle(account, timeout=5)

    operation.refresh_from_db()
    assert (operation.state, operation.result, operation.named_case) == (State.DONE, {"confirmed": True}, "")
    assert remote.effects == {"north": 1}


def test_named_case_that_did_not_happen_is_sent_again(account: PartnerAccount, queue: Queue, agent: User) -> None:
    remote.fails("north", maventa.OutcomeUnknownError())
    operation = queue("north", "tests.invite")
    drain(account.pk)

    decisions.it_did_not_happen(operation, agent)
    run_until_idle(account, timeout=5)

    assert states(operation) == [State.DONE]
    assert remote.effects == {"north": 1}


def test_nobody_decides_about_what_the_portal_looks_up_itself(
    account: PartnerAccount, queue: Queue, agent: User
) -> None:
    remote.loses_answer("north")
    operation = queue("north")
    drain(account.pk)

    with pytest.raises(NotQueueableError):
        decisions.it_did_not_happen(operation, agent)
