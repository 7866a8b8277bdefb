from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError as NoCacheError

from portal.operations import leases, runner, tasks, waking
from portal.operations.enums import BatchState, State
from portal.operations.models import Batch
from portal.partners.models import PartnerAccount
from tests.portal.operations.conftest import Queue, states


@contextmanager
def another_process(account_id: int) -> Iterator[str | None]:
    """Take a lease as another worker process does."""
    key = leases._take(account_id)
    yield key
    if key is not None:
        leases._give_back(key)


def test_only_so_many_processes_send_for_one_account() -> None:
    with leases.drainer(1) as first, another_process(1) as second, another_process(1) as third:
        assert first
        assert second
        assert third is None


def test_a_process_sends_for_an_account_once() -> None:
    with leases.drainer(1) as first, leases.drainer(1) as second:
        assert first
        assert second is None
    with leases.drainer(1) as again:
        assert again


def test_busy_account_takes_no_lease_from_another() -> None:
    with leases.drainer(1), another_process(1), leases.drainer(2) as lease:
        assert lease


def test_lease_is_given_back() -> None:
    for _ in range(5):
        with leases.drainer(1) as lease:
            assert lease


def test_without_a_cache_everybody_may_send(
    account: PartnerAccount, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*args: object) -> None:
        raise NoCacheError("no cache")

    for name in ("add", "set", "delete"):
        monkeypatch.setattr(cache, name, down)
    operation = queue("north")

    tasks.drain(account.pk)

    assert states(operation) == [State.DONE]


def test_worker_without_a_lease_sends_nothing(account: PartnerAccount, queue: Queue) -> None:
    operation = queue("north")

    with another_process(account.pk), another_process(account.pk):
        runner.work(account.pk)

    assert states(operation) == [State.QUEUED]


def test_what_was_queued_while_the_lease_was_given_back_is_sent(
    account: PartnerAccount, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    drain, late = runner.drain, []

    def one_more_comes(*args: object, **kwargs: object) -> int:
        calls = drain(*args, **kwargs)  # type: ignore[arg-type]
        if not late:
            late.append(queue("one more"))
        return calls

    monkeypatch.setattr(runner, "drain", one_more_comes)
    monkeypatch.setattr(waking, "send", lambda *_: None)
    queue("north")

    runner.work(account.pk)

    assert states(*late) == [State.DONE]


def test_paused_batch_keeps_no_worker_busy(account: PartnerAccount, queue: Queue) -> None:
    batch = Batch.objects.create(account=account, kind="tests.register", state=BatchState.PAUSED)
    operation = queue("north", batch=batch)

    runner.work(account.pk)

    assert states(operation) == [State.QUEUED]
