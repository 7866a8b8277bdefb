"""Runs of feeds: what they leave behind, how a broken off one goes on, and that one runs at a time."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from portal import maventa
from portal.partners.models import PartnerAccount
from portal.sync import confirmations, cursors, registry, runs
from portal.sync.feeds import Feed, Scope
from portal.sync.models import Cursor, RunState, SyncRun
from portal.webhooks.models import Subscription
from tests.portal.sync.sources import COMPANY, Remote, feed_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def remote() -> Remote:
    remote = Remote()
    registry.register(feed_of(remote))
    return remote


def run(account: PartnerAccount) -> SyncRun:
    done = runs.run_now("tests.names", account)
    assert done is not None
    return SyncRun.objects.get(pk=done.pk)


def names() -> set[str]:
    return set(Subscription.objects.values_list("remote_id", flat=True))


def test_run_writes_all_pages_and_says_what_it_did(remote: Remote, account: PartnerAccount) -> None:
    remote.pages = [["a", "b"], ["c", "a"]]

    done = run(account)

    assert names() == {"a", "b", "c"}
    assert (done.state, done.error) == (RunState.DONE, "")
    assert (done.pages, done.seen, done.inserted, done.updated, done.skipped) == (2, 4, 3, 0, 1)
    assert done.ended_at is not None
    feed: Any = registry.get("tests.names")
    assert sum(news for what, news in feed.told if what == "written") == 3
    assert feed.told[-1] == ("finished", 2)


def test_run_begins_its_window_an_overlap_before_the_end_of_the_last(remote: Remote, account: PartnerAccount) -> None:
    first, second = run(account), run(account)

    assert first.since is None
    assert first.until is not None
    assert second.since == first.until - timedelta(minutes=5)


def test_run_begins_its_first_window_where_the_feed_says(account: PartnerAccount) -> None:
    registry.register(feed_of(Remote(), first_window=timedelta(days=30)))

    done = run(account)

    assert done.until is not None
    assert done.since == done.until - timedelta(days=30)


def test_run_goes_on_after_the_last_written_page_when_the_one_before_failed(
    remote: Remote, account: PartnerAccount
) -> None:
    remote.pages, remote.fail_after = [["a"], ["b"], ["c"]], 2
    failed = run(account)
    remote.fail_after = None

    done = run(account)

    assert (failed.state, failed.pages, failed.position) == (RunState.FAILED, 2, {"page": 2})
    assert "AutoInvoice" in failed.error
    assert remote.asked[1] == (remote.asked[0][0], {"page": 2})
    assert (done.state, done.pages, names()) == (RunState.DONE, 1, {"a", "b", "c"})


def test_run_goes_on_after_a_killed_run_once_its_lease_is_over(remote: Remote, account: PartnerAccount) -> None:
    remote.pages, remote.fail_after, remote.error = [["a"], ["b"]], 1, SystemExit("killed")
    with pytest.raises(SystemExit):
        run(account)
    remote.fail_after = None

    meanwhile = runs.run_now("tests.names", account)
    Cursor.objects.update(leased_until=timezone.now())
    done = run(account)

    assert meanwhile is None
    assert (done.state, done.pages, names()) == (RunState.DONE, 1, {"a", "b"})
    assert SyncRun.objects.filter(state=RunState.LOST).count() == 1


def test_run_leaves_the_rest_of_a_long_list_to_the_next(
    remote: Remote, account: PartnerAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote.pages = [["a"], ["b"], ["c"]]
    monkeypatch.setattr(runs, "_AT_ONCE", 1)
    monkeypatch.setattr(runs, "_LONGEST", -1.0)

    part = run(account)
    next_at = Cursor.objects.get().next_at
    monkeypatch.setattr(runs, "_LONGEST", 60.0)
    rest = run(account)

    assert (part.state, part.pages, part.position, part.is_whole) == (RunState.PART, 1, {"page": 1}, True)
    assert next_at <= timezone.now()
    assert (rest.state, rest.pages, rest.is_whole, names()) == (RunState.DONE, 2, False, {"a", "b", "c"})


def test_run_says_what_it_cost(remote: Remote, account: PartnerAccount) -> None:
    remote.pages = [[str(number) for number in range(500)]]

    done = run(account)

    assert done.writing_ms > 0
    assert (done.calls, done.asking_ms) == (0, 0)  # this list asks nobody


def test_second_run_writes_no_row(remote: Remote, account: PartnerAccount) -> None:
    remote.pages = [["a", "b"]]
    run(account)
    before = list(Subscription.objects.order_by("pk").values())

    again = run(account)

    assert (again.inserted, again.updated, again.skipped) == (0, 0, 2)
    assert list(Subscription.objects.order_by("pk").values()) == before


def test_confirmation_is_the_latest_whole_look_around_a_moment(remote: Remote, account: PartnerAccount) -> None:
    remote.pages = [["a"]]
    moment = timezone.now() - timedelta(hours=1)
    nothing = confirmations.confirmed_at("tests.names", account.pk, None, moment)
    first = run(account)
    run(account)  # its window begins minutes ago: it says nothing of that moment

    assert nothing is None
    assert confirmations.confirmed_at("tests.names", account.pk, None, moment) == first.started_at
    assert confirmations.confirmed_at("tests.names", account.pk, COMPANY, moment) is None


def test_stirred_company_is_read_soon_and_quiet_ones_keep_their_pause(account: PartnerAccount) -> None:
    quiet, far = UUID(int=7), timezone.now() + timedelta(days=3)
    cursors.follow("tests.names", account, [COMPANY, quiet])
    Cursor.objects.update(next_at=far)

    cursors.stir("tests.names", [COMPANY], timedelta(hours=6))

    times = dict(Cursor.objects.values_list("company_uuid", "next_at"))
    assert times[quiet] == far
    assert times[COMPANY] < timezone.now() + timedelta(hours=7)


def test_run_starts_its_window_over_when_it_failed_three_times(remote: Remote, account: PartnerAccount) -> None:
    remote.pages, remote.fail_after = [["a"], ["b"]], 1
    for _ in range(3):
        run(account)

    run(account)

    assert [position for _window, position in remote.asked] == [{}, {"page": 1}, {"page": 1}, {}]


def test_run_waits_as_long_as_autoinvoice_asked_after_an_error(remote: Remote, account: PartnerAccount) -> None:
    remote.pages, remote.fail_after, remote.error = [["a"]], 0, maventa.TemporaryError(900.0, "503")

    run(account)

    assert Cursor.objects.get().next_at > timezone.now() + timedelta(seconds=890)


def test_run_pauses_longer_and_longer_while_there_is_no_news(remote: Remote, account: PartnerAccount) -> None:
    remote.pages = [["a"]]

    pauses = []
    for _ in range(5):
        run(account)
        pauses.append(Cursor.objects.get().pause)

    assert pauses == [10.0, 15.0, 22.5, 30.0, 30.0]


def test_run_names_a_fault_of_our_own_and_lets_others_go_on(
    remote: Remote, account: PartnerAccount, make_account: Callable[..., PartnerAccount]
) -> None:
    make_account("Second")
    remote.pages, remote.fail_after, remote.error = [["a"]], 0, ZeroDivisionError()

    assert runs.run_due() == 2

    assert list(SyncRun.objects.values_list("state", "error")) == [(RunState.FAILED, "ZeroDivisionError")] * 2


def test_run_writes_nothing_more_when_its_lease_was_taken_over(
    remote: Remote, account: PartnerAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote.pages = [["a"], ["b"]]
    monkeypatch.setattr(runs, "_AT_ONCE", 1)  # each page is written for itself
    taken = uuid.uuid4()
    feed: Any = registry.get("tests.names")
    monkeypatch.setattr(type(feed), "written", lambda *_args: Cursor.objects.update(lease=taken))

    done = run(account)

    assert (done.state, names()) == (RunState.LOST, {"a"})
    assert Cursor.objects.get().lease == taken


def test_run_due_runs_each_due_cursor_once(
    remote: Remote, account: PartnerAccount, make_account: Callable[..., PartnerAccount]
) -> None:
    make_account("Off", is_active=False)
    remote.pages = [["a"]]

    first, second = runs.run_due(), runs.run_due()

    assert (first, second, SyncRun.objects.count()) == (1, 0, 1)


def test_run_due_reads_feeds_of_companies_for_those_that_are_followed(account: PartnerAccount) -> None:
    remote = Remote()
    registry.register(feed_of(remote, scope=Scope.COMPANY))
    remote.pages = [["a"]]
    before = runs.run_due()
    cursors.follow("tests.names", account, [COMPANY])
    cursors.follow("tests.names", account, [COMPANY])

    during = runs.run_due()
    cursors.unfollow("tests.names", account, [COMPANY])

    assert (before, during, Cursor.objects.count()) == (0, 1, 0)
    assert SyncRun.objects.get().company_uuid == COMPANY


def test_run_due_is_cheap_when_nothing_is_due(
    remote: Remote, account: PartnerAccount, django_assert_max_num_queries: Any
) -> None:
    runs.run_due()

    with django_assert_max_num_queries(3):
        assert runs.run_due() == 0


def test_run_due_leaves_cursors_of_feeds_alone_that_are_gone(account: PartnerAccount) -> None:
    Cursor.objects.create(source="tests.gone", account=account)

    assert runs.run_due() == 0


def test_registry_refuses_two_feeds_of_one_name(remote: Remote) -> None:
    other: type[Feed[str]] = feed_of(Remote())

    with pytest.raises(ValueError, match="twice"):
        registry.register(other)


def test_run_due_goes_on_with_other_accounts_when_the_keys_of_one_cannot_be_read(
    remote: Remote, account: PartnerAccount, make_account: Callable[..., PartnerAccount]
) -> None:
    remote.pages = [["a"]]
    broken = make_account("Broken")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE partners_partneraccount SET user_key = 'enc1:nonsense' WHERE id = %s", [broken.pk])

    runs.run_due()

    states = dict(SyncRun.objects.values_list("account__name", "state"))
    assert states == {"Partner": RunState.DONE, "Broken": RunState.FAILED}
