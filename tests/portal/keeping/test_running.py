"""Runs of retention: the trial first, then the removal, in chunks that a crash or a second worker cannot hurt."""

import threading
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from portal import retention
from portal.keeping import running, tasks, walking
from portal.keeping.models import RetentionRule, RetentionRun, RunState
from portal.partners.models import ApiCall, PartnerAccount
from tests.portal.keeping.conftest import call, keep_house, step

CALLS = "partners.calls"
Small = Callable[[int], None]


def days_left() -> list[int]:
    ages = [(timezone.now() - at).days for at in ApiCall.objects.order_by("pk").values_list("at", flat=True)]
    return sorted(ages)


def test_trial_shows_what_goes_with_ages_and_examples_and_removes_nothing(account: PartnerAccount) -> None:
    for days in (400, 100, 91, 89, 1):
        call(account, days)

    run = keep_house(is_trial=True)

    shown = step(run, CALLS)
    assert (run.state, shown.gone, shown.days, ApiCall.objects.count()) == (RunState.DONE, 3, 90, 5)
    assert shown.oldest is not None
    assert shown.newest is not None
    assert [(timezone.now() - at).days for at in (shown.oldest, shown.newest)] == [400, 91]
    assert len(shown.examples) == 3
    assert shown.examples[0].startswith("GET /v1/company, ")


def test_removal_removes_what_the_trial_showed_and_writes_it_down(account: PartnerAccount) -> None:
    for days in (400, 100, 89, 1):
        call(account, days)
    trial = keep_house(is_trial=True)
    ApiCall.objects.filter(at__gt=timezone.now() - timedelta(days=90)).update(at=timezone.now() - timedelta(days=90))

    run = keep_house(shown=trial)

    assert step(run, CALLS).gone == 2, "what got old after the trial waits for the next one"
    assert days_left() == [90, 90]


def test_rule_that_is_off_removes_nothing(account: PartnerAccount) -> None:
    call(account, 400)
    RetentionRule.objects.filter(kind=CALLS).update(is_on=False)

    run = keep_house()

    assert not run.steps.filter(kind=CALLS).exists()
    assert days_left() == [400]


def test_rule_below_the_lowest_bound_is_lifted_to_it(account: PartnerAccount) -> None:
    call(account, 6)
    call(account, 8)
    RetentionRule.objects.filter(kind=CALLS).update(days=0)

    assert step(keep_house(), CALLS).days == 7
    assert days_left() == [6]


def test_all_is_walked_whatever_the_chunks(account: PartnerAccount, small_chunks: Small) -> None:
    small_chunks(3)
    for days in (200, 1, 199, 2, 198, 3, 197, 196, 195, 194, 4, 5, 6, 7):
        call(account, days)

    run = keep_house()

    assert step(run, CALLS).gone == 7
    assert days_left() == [1, 2, 3, 4, 5, 6, 7]


def test_walk_ends_where_rows_are_young(account: PartnerAccount, small_chunks: Small) -> None:
    small_chunks(2)
    for days in (200, 200, *[1] * 20):
        call(account, days)

    assert step(keep_house(), CALLS).looked == 4


def test_crash_in_the_middle_of_a_chunk_costs_nothing_and_the_next_worker_goes_on(
    account: PartnerAccount, small_chunks: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_chunks(2)
    for days in range(200, 210):
        call(account, days)
    kind, calls = retention.get(CALLS), []
    assert kind is not None
    remove = kind.removal()

    def die_at_third(ids: Any) -> list[str]:
        calls.append(ids)
        remove(ids)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return []

    run = running.begin(is_trial=False)
    with monkeypatch.context() as patched:
        patched.setattr(kind, "remove", die_at_third)
        with pytest.raises(KeyboardInterrupt):
            running.work(60)

    assert ApiCall.objects.count() == 6, "the third chunk was taken back as a whole"
    assert step(run, CALLS).gone == 4
    assert not running.work(60), "its lease still lives"
    assert ApiCall.objects.count() == 6
    RetentionRun.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    running.work(60)

    run.refresh_from_db()
    assert (run.state, step(run, CALLS).gone, ApiCall.objects.count()) == (RunState.DONE, 10, 0)


def test_worker_whose_lease_was_taken_over_writes_nothing_more(
    account: PartnerAccount, small_chunks: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_chunks(1)
    for days in (300, 299):
        call(account, days)
    run, take = running.begin(is_trial=False), walking.take

    def lose_lease(*args: Any, **more: Any) -> bool:
        RetentionRun.objects.update(lease="11111111-1111-4111-8111-111111111111")
        return take(*args, **more)

    monkeypatch.setattr(walking, "take", lose_lease)
    running.work(60)

    run.refresh_from_db()
    assert run.state == RunState.RUNNING
    assert run.steps.exclude(ended_at=None).count() == 0


def test_error_ends_the_run_and_says_why_and_a_busy_database_does_not(
    account: PartnerAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(account, 300)

    def fails(error: Exception) -> Any:
        def take(*_args: Any, **_more: Any) -> bool:
            raise error

        return take

    run = running.begin(is_trial=False)
    monkeypatch.setattr(walking, "take", fails(OperationalError("database is locked")))
    with pytest.raises(OperationalError):
        running.work(60)
    run.refresh_from_db()
    assert run.state == RunState.RUNNING

    RetentionRun.objects.update(leased_until=None)
    monkeypatch.setattr(walking, "take", fails(ValueError("no such thing")))
    with pytest.raises(ValueError, match="no such thing"):
        running.work(60)
    run.refresh_from_db()
    assert (run.state, run.error) == (RunState.FAILED, "ValueError: no such thing")


def test_there_is_one_run_at_a_time_and_the_night_waits_for_it(account: PartnerAccount) -> None:
    run = running.begin(is_trial=True)

    with pytest.raises(running.AlreadyRunningError):
        running.begin(is_trial=False)
    tasks.nightly()

    assert RetentionRun.objects.get() == run
    tasks.work()
    tasks.nightly()
    assert RetentionRun.objects.filter(state=RunState.RUNNING, is_trial=False).count() == 1


def test_stopped_it_removes_nothing_more(account: PartnerAccount) -> None:
    call(account, 300)
    run = running.begin(is_trial=False)

    assert running.stop(run)
    assert not running.stop(run)
    assert not running.work(60)

    assert days_left() == [300]


def test_time_is_up_after_a_turn_and_the_next_turn_goes_on(account: PartnerAccount) -> None:
    call(account, 300)
    run = running.begin(is_trial=False)

    assert running.work(0), "something is left to do"
    assert not running.work(60)

    run.refresh_from_db()
    assert run.state == RunState.DONE


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_workers_remove_each_row_once(account: PartnerAccount, small_chunks: Small) -> None:
    small_chunks(5)
    for days in range(200, 260):
        call(account, days)
    run = running.begin(is_trial=False)
    barrier, errors = threading.Barrier(3), []

    def work() -> None:
        try:
            barrier.wait()
            running.work(30)
        except Exception as error:  # noqa: BLE001  shown below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    run.refresh_from_db()
    assert errors == []
    assert (run.state, step(run, CALLS).gone, ApiCall.objects.count()) == (RunState.DONE, 60, 0)


def test_command_says_what_would_go_and_then_removes_it(account: PartnerAccount) -> None:
    call(account, 300)
    trial, removal = StringIO(), StringIO()

    call_command("keep_house", "--dry-run", stdout=trial)
    assert days_left() == [300]
    call_command("keep_house", stdout=removal)

    assert "API calls (call log): 1 would go" in trial.getvalue()
    assert "such as GET /v1/company" in trial.getvalue()
    assert "API calls (call log): 1 gone" in removal.getvalue()
    assert days_left() == []
    running.begin(is_trial=True)
    with pytest.raises(CommandError, match="under way"):
        call_command("keep_house")


def test_rules_are_written_for_new_kinds_and_never_overwritten(db: None) -> None:
    known = {kind.name for kind in retention.every()}
    assert set(RetentionRule.objects.values_list("kind", flat=True)) >= known

    RetentionRule.objects.filter(kind=CALLS).update(days=33)
    call_command("migrate", "keeping", verbosity=0)

    assert RetentionRule.objects.get(kind=CALLS).days == 33


def test_no_default_is_below_its_own_lowest_bound() -> None:
    assert [kind.name for kind in retention.every() if kind.days < kind.lowest or kind.lowest < 1] == []
