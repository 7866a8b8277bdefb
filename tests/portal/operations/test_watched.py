"""What is found wrong with operations, and what is not."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from portal.operations import watched
from portal.operations.enums import AttemptState, BatchState, State
from portal.operations.models import Attempt, Batch, Operation
from portal.partners.models import PartnerAccount
from tests.portal.operations.conftest import Queue

HOUR = timedelta(hours=1)


def change(operation: Operation, **values: Any) -> None:
    Operation.objects.filter(pk=operation.pk).update(**values)


def test_operation_that_is_long_overdue_is_found_and_named(account: PartnerAccount, queue: Queue) -> None:
    operation = queue("north")
    assert watched.lag(account, 300) is None

    change(operation, not_before=timezone.now() - HOUR)

    found = watched.lag(account, 300)
    assert found is not None
    assert (found.count, [example.url for example in found.examples()]) == (
        1,
        [f"/admin/operations/operation/{operation.pk}/change/"],
    )
    assert "60 minutes" in str(found.text)


def test_operations_of_a_batch_take_their_time(account: PartnerAccount, queue: Queue) -> None:
    batch = Batch.objects.create(account=account, kind="x", label="x", state=BatchState.PAUSED)

    change(queue("north"), not_before=timezone.now() - HOUR, batch=batch)

    assert watched.lag(account, 300) is None


def test_lost_answer_is_stuck_only_when_the_lookup_takes_too_long(account: PartnerAccount, queue: Queue) -> None:
    now = timezone.now()
    attempt = Attempt.objects.create(account=account, kind="x", state=AttemptState.LOST, deadline_at=now)
    operation = queue("north")
    change(operation, state=State.UNKNOWN, attempt=attempt)
    assert watched.stuck(account, 15) is None

    Attempt.objects.update(started_at=now - 2 * HOUR)

    found = watched.stuck(account, 15)
    assert found is not None
    assert found.count == 1


def test_call_that_should_have_ended_is_stuck(account: PartnerAccount, queue: Queue) -> None:
    late = timezone.now() - HOUR
    attempt = Attempt.objects.create(account=account, kind="x", state=AttemptState.SENDING, deadline_at=late)

    change(queue("north"), state=State.SENDING, attempt=attempt)

    found = watched.stuck(account, 15)
    assert found is not None
    assert found.count == 1


def test_what_only_a_person_can_find_out_is_found_at_once(account: PartnerAccount, queue: Queue) -> None:
    change(queue("north"), state=State.UNKNOWN, named_case="Did it happen?")

    found = watched.unknown(account, 1)
    assert found is not None
    assert found.count == 1
    assert watched.unknown(account, 2) is None


@pytest.mark.parametrize(
    ("values", "counted"),
    [
        ({"state": State.FAILED}, True),
        ({"state": State.REFUSED}, True),
        ({"state": State.DONE}, False),
        ({"state": State.FAILED, "settled_at": timezone.now() - 2 * HOUR}, False),
        ({"state": State.FAILED, "kind": "alerts.tell"}, False),
    ],
)
def test_failures_are_those_of_the_last_hour_without_notices_of_alerts(
    account: PartnerAccount, queue: Queue, values: dict[str, Any], counted: bool
) -> None:
    change(queue("north"), **({"settled_at": timezone.now()} | values))

    found = watched.failures(account, 1)

    assert (found is not None) == counted
