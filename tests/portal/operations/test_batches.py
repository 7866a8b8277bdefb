import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal import maventa
from portal.operations import batches, chains, filling, previews, queueing, sweeping
from portal.operations.enums import BatchState, State
from portal.operations.models import Batch, BatchTarget, Operation
from portal.operations.runner import drain, run_until_idle
from portal.partners.models import PartnerAccount
from tests.portal.operations.conftest import Queue, states
from tests.portal.operations.kinds import Register, remote

QueueMany = Callable[..., queueing.Queued]


def make_groups(*names: str) -> list[Group]:
    return Group.objects.bulk_create([Group(name=name) for name in names])


def make_batch(account: PartnerAccount, *names: str, kind: str = "tests.register") -> Batch:
    ids = [group.pk for group in make_groups(*names)]
    return batches.create_batch(kind, Group, ids, account=account, actor=None, label="All")


def started(account: PartnerAccount, *names: str) -> Batch:
    batch = make_batch(account, *names)
    batches.start(batch)
    filling.fill(account.pk)
    batch.refresh_from_db()
    return batch


def test_preview_counts_what_runs_what_does_not_and_the_calls(account: PartnerAccount, queue: Queue) -> None:
    queue("busy", "tests.authorize", {"network": "A"})
    names = [f"g{number}" for number in range(12)]
    groups = [*make_groups(*names, "forbidden"), Group.objects.get(name="busy")]

    preview = previews.preview(chains.of("tests.authorize"), groups, {"network": "A"}, account=account)

    assert preview.will_run == 12
    assert preview.calls == 3, "five in a call"
    assert dict(preview.skipped) == {
        ("This one is forbidden.", "Choose another."): 1,
        ("This is under way already.", ""): 1,
    }
    assert Operation.objects.count() == 1


def test_batch_started_twice_runs_once(account: PartnerAccount) -> None:
    batch = make_batch(account, "north", "south")
    other_window = Batch.objects.get(pk=batch.pk)

    batches.start(batch)
    filling.fill(account.pk)
    batches.start(other_window)
    assert run_until_idle(account, timeout=5)

    assert remote.effects == {"north": 1, "south": 1}


def at_the_same_time(*acts: Callable[[], object]) -> None:
    """Do each in a thread of its own, with its own connection."""
    ready, errors = threading.Barrier(len(acts)), list[Exception]()

    def run(act: Callable[[], object]) -> None:
        try:
            ready.wait(5)
            act()
        except Exception as exc:  # noqa: BLE001  shown by the test's own thread
            errors.append(exc)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_batch_started_and_filled_by_several_at_the_same_moment_runs_once(account: PartnerAccount) -> None:
    batch = make_batch(account, *[f"g{number}" for number in range(30)])
    tabs = [Batch.objects.get(pk=batch.pk) for _ in range(3)]

    at_the_same_time(*[lambda tab=tab: batches.start(tab) for tab in tabs])  # type: ignore[misc]
    at_the_same_time(*[lambda: filling.fill(account.pk)] * 3)
    assert run_until_idle(account, timeout=10)

    assert (Operation.objects.count(), set(remote.effects.values())) == (30, {1})


def test_targets_go_with_few_statements_however_many_they_are(account: PartnerAccount) -> None:
    few, many = make_batch(account, "north"), make_batch(account, *[f"g{number}" for number in range(300)])
    counts = []

    for batch in (few, many):
        with CaptureQueriesContext(connection) as captured:
            batch.delete()
        counts.append(len(captured))

    assert counts[0] == counts[1]
    assert not BatchTarget.objects.exists()


def test_pause_lets_what_is_under_way_come_back(account: PartnerAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    account.parallel_calls = 1
    account.save()
    batch = started(account, "north", "south", "west")
    send = Register.send

    def pause_meanwhile(self: Register, request: tuple[str, ...], calls: object) -> tuple[str, ...]:
        paused.set()
        assert released.wait(5)
        return send(self, request, calls)  # type: ignore[arg-type]

    paused, released = threading.Event(), threading.Event()

    def pause() -> None:
        assert paused.wait(5)
        Batch.objects.filter(pk=batch.pk).update(state=BatchState.PAUSED)
        released.set()

    monkeypatch.setattr(Register, "send", pause_meanwhile)
    thread = threading.Thread(target=pause)
    thread.start()
    drain(account.pk)
    thread.join()

    assert batches.progress(batch).counts == {State.DONE: 1, State.QUEUED: 2}


def test_resumed_batch_goes_on_to_its_end(account: PartnerAccount) -> None:
    batch = started(account, "north", "south")
    batches.pause(batch)
    run_until_idle(account, timeout=5)
    assert remote.calls == []

    batches.resume(batch)
    assert run_until_idle(account, timeout=5)

    assert remote.effects == {"north": 1, "south": 1}


def test_cancel_stops_what_was_not_sent(account: PartnerAccount) -> None:
    batch = started(account, "north", "south")

    canceled = batches.cancel(batch, None)
    run_until_idle(account, timeout=5)

    batch.refresh_from_db()
    assert (canceled, batch.state) == (2, BatchState.CANCELED)
    assert remote.calls == []


def test_cancel_while_it_is_being_filled_writes_no_more(
    account: PartnerAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = make_batch(account, "north", "south")
    batches.start(batch)
    batches.cancel(batch, None)

    filling.fill(account.pk)

    assert not Operation.objects.exists()


def test_retry_takes_the_failed_rows_only_and_opens_the_batch_again(account: PartnerAccount) -> None:
    remote.fails("south", maventa.RejectedError(422, "BAD"))
    batch = started(account, "north", "south")
    assert run_until_idle(account, timeout=5)
    Batch.objects.update(state=BatchState.DONE)
    batch.refresh_from_db()

    decided = batches.retry_failed(batch, None)
    assert batch.state == BatchState.RUNNING
    assert run_until_idle(account, timeout=5)

    assert decided.changed == 1
    assert remote.effects == {"north": 1, "south": 1}


def test_progress_tells_rate_and_time_left(account: PartnerAccount) -> None:
    batch = started(account, *[f"g{number}" for number in range(40)])
    Batch.objects.update(started_at=timezone.now() - timedelta(minutes=5))
    batch.refresh_from_db()
    ids = list(batch.operations.values_list("pk", flat=True)[:30])
    Operation.objects.filter(pk__in=ids).update(state=State.DONE, settled_at=timezone.now())

    progress = batches.progress(batch)

    assert (progress.total, progress.ended, progress.percent) == (40, 30, 75)
    assert (progress.per_second, progress.seconds_left) == (1.0, 10)


def test_rows_come_page_by_page_with_failures_first(account: PartnerAccount) -> None:
    batch = started(account, *[f"g{number}" for number in range(9)])
    ids = list(batch.operations.order_by("pk").values_list("pk", flat=True))
    Operation.objects.filter(pk__in=ids[:6]).update(state=State.DONE)
    Operation.objects.filter(pk__in=ids[4:6]).update(state=State.FAILED)

    pages, after = [], ""
    while True:
        page, after = batches.rows(batch, after, size=2)
        pages.append([ids.index(operation.pk) for operation in page])
        if not after:
            break

    assert pages == [[4, 5], [6, 7], [8, 0], [1, 2], [3]]


@pytest.mark.parametrize("after", ["nonsense", "9-1", "0-99999999999999999999", "-", "0-"])
def test_rows_survive_any_key_in_the_address(account: PartnerAccount, after: str) -> None:
    batch = started(account, "north")

    page, _ = batches.rows(batch, after)

    assert len(page) <= 1


def test_chain_fills_several_kinds_for_each_row(account: PartnerAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    def queue_both(batch: Batch, targets: object) -> queueing.Queued:
        rows = [queueing.Row(target, {}) for target in targets]  # type: ignore[attr-defined]
        parts = [
            queueing.queue_many(kind, rows, account=batch.account, batch=batch)
            for kind in ("tests.register", "tests.activate")
        ]
        return chains.merged(parts)

    chain = chains.Chain("tests.chain", "Everything", "auth.change_group", queue_both)
    monkeypatch.setattr(chains, "_chains", {"tests.chain": chain})
    batch = make_batch(account, "north", "south", kind="tests.chain")

    batches.start(batch)
    assert run_until_idle(account, timeout=5)

    batch.refresh_from_db()
    assert batch.total == 4
    assert batches.progress(batch).counts == {State.DONE: 4}


def test_draft_that_nobody_started_goes_after_a_day(account: PartnerAccount) -> None:
    old, fresh = make_batch(account, "north"), make_batch(account, "south")
    Batch.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=2))

    sweeping.drop_old_drafts()

    assert list(Batch.objects.values_list("pk", flat=True)) == [fresh.pk]


def test_row_whose_twin_is_under_way_elsewhere_is_left_out(account: PartnerAccount, queue: Queue) -> None:
    first = queue("north")
    group = Group.objects.get(name="north")
    batch = batches.create_batch("tests.register", Group, [group.pk], account=account, actor=None, label="All")

    batches.start(batch)
    filling.fill(account.pk)

    batch.refresh_from_db()
    assert (batch.total, batch.skipped[0]["count"]) == (0, 1)
    assert states(first) == [State.QUEUED]
