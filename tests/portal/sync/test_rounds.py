"""Rounds of a watch: each row for itself, all written together, AutoInvoice not asked in vain."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from portal import maventa
from portal.partners.models import ApiCall, PartnerAccount
from portal.sync import registry, runs
from portal.sync.models import Cursor, RunState, SyncRun
from portal.webhooks.models import WebhookSecret
from tests.portal.sync.sources import Looks, watch_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def looks() -> Looks:
    looks = Looks()
    registry.register(watch_of(looks))
    return looks


@pytest.fixture
def due_row(account: PartnerAccount) -> Callable[[], WebhookSecret]:
    def make() -> WebhookSecret:
        count = WebhookSecret.objects.count()
        past = timezone.now() - timedelta(hours=1) + timedelta(seconds=count)
        return WebhookSecret.objects.create(account=account, secret="s", digest=f"old{count}", valid_until=past)

    return make


def round_of(account: PartnerAccount) -> SyncRun | None:
    return runs.run_now("tests.secrets", account)


def test_round_writes_what_it_saw_and_says_when_to_look_again(
    looks: Looks, account: PartnerAccount, due_row: Callable[[], WebhookSecret]
) -> None:
    young, done = due_row(), due_row()
    looks.answers[done.pk] = "final"

    run = round_of(account)

    young.refresh_from_db()
    done.refresh_from_db()
    assert (young.digest, done.digest) == (f"seen{young.pk}", f"final{done.pk}")
    assert done.valid_until is None
    assert young.valid_until is not None
    assert young.valid_until > timezone.now() + timedelta(minutes=59)
    assert run is not None
    assert (run.state, run.seen, run.updated, run.failed) == (RunState.DONE, 2, 2, 0)


def test_round_leaves_no_row_when_nothing_is_due(looks: Looks, account: PartnerAccount) -> None:
    assert round_of(account) is None
    assert not SyncRun.objects.exists()
    assert Cursor.objects.get().lease is None


def test_round_goes_on_when_one_row_fails(
    looks: Looks, account: PartnerAccount, due_row: Callable[[], WebhookSecret]
) -> None:
    rows = [due_row() for _ in range(4)]
    looks.answers[rows[0].pk] = maventa.RejectedError(404, "not_found", "no such company")
    looks.answers[rows[1].pk] = KeyError("a fault of ours")

    run = round_of(account)

    assert run is not None
    assert (run.state, run.seen, run.failed) == (RunState.DONE, 2, 2)
    assert looks.failed == [rows[0].pk]
    assert not WebhookSecret.objects.filter(valid_until__lte=timezone.now()).exists()


def test_round_writes_the_others_when_one_row_cannot_be_written(
    looks: Looks, account: PartnerAccount, due_row: Callable[[], WebhookSecret]
) -> None:
    good, bad, last = due_row(), due_row(), due_row()
    looks.answers[bad.pk], looks.unwritable = "poison", {"poison"}

    run = round_of(account)

    digests = dict(WebhookSecret.objects.values_list("pk", "digest"))
    assert digests == {good.pk: f"seen{good.pk}", bad.pk: "old1", last.pk: f"seen{last.pk}"}
    assert not WebhookSecret.objects.filter(valid_until__lte=timezone.now()).exists()
    assert run is not None
    assert (run.updated, run.failed) == (2, 1)


def test_round_stops_and_leaves_rows_due_when_autoinvoice_is_away(
    looks: Looks, account: PartnerAccount, due_row: Callable[[], WebhookSecret]
) -> None:
    for _ in range(8):
        looks.answers[due_row().pk] = maventa.TemporaryError(600.0, "503")

    run = round_of(account)

    assert run is not None
    assert run.state == RunState.FAILED
    assert 2 <= len(looks.asked) <= 4
    assert WebhookSecret.objects.filter(valid_until__lte=timezone.now()).count() == 8 - len(looks.asked)
    assert Cursor.objects.get().next_at > timezone.now() + timedelta(seconds=590)


def test_round_that_looked_at_something_is_followed_by_another_at_once(
    account: PartnerAccount, due_row: Callable[[], WebhookSecret]
) -> None:
    looks = Looks()
    registry.register(watch_of(looks, limit=2))
    for _ in range(3):
        due_row()

    round_of(account)

    assert Cursor.objects.get().next_at <= timezone.now()
    assert WebhookSecret.objects.filter(valid_until__lte=timezone.now()).count() == 1


def test_round_writes_the_calls_of_its_threads_to_the_log(
    account: PartnerAccount, due_row: Callable[[], WebhookSecret]
) -> None:
    class Asking(watch_of(Looks())):  # type: ignore[misc]
        name = "tests.asking"

        def look(self, client: maventa.Client, row: WebhookSecret) -> str:
            client.call(maventa.Api.AX, "GET", "/v1/status")  # nothing listens on the account's port
            return "never"

    registry.register(Asking)
    due_row()

    run = runs.run_now("tests.asking", account)

    assert run is not None
    assert run.failed == 1
    assert run.calls == ApiCall.objects.filter(path="/v1/status").count() >= 1


def test_round_leaves_a_row_due_that_somebody_hurried_while_it_was_looked_at(
    looks: Looks, account: PartnerAccount, due_row: Callable[[], WebhookSecret], monkeypatch: pytest.MonkeyPatch
) -> None:
    row, hurried_to = due_row(), timezone.now() - timedelta(seconds=1)
    watch: Any = registry.get("tests.secrets")
    due = type(watch).due

    def hurry_after(self: Any, *arguments: Any) -> Any:
        rows = due(self, *arguments)
        WebhookSecret.objects.filter(pk=row.pk).update(valid_until=hurried_to)  # an event comes meanwhile
        return rows

    monkeypatch.setattr(type(watch), "due", hurry_after)

    round_of(account)

    row.refresh_from_db()
    assert (row.digest, row.valid_until) == (f"seen{row.pk}", hurried_to)


def test_run_due_goes_on_with_a_watch_until_no_row_is_due(
    account: PartnerAccount, due_row: Callable[[], WebhookSecret]
) -> None:
    registry.register(watch_of(Looks(), limit=2))
    for _ in range(5):
        due_row()

    runs.run_due()

    assert not WebhookSecret.objects.filter(valid_until__lte=timezone.now()).exists()
