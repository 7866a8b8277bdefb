"""A look that somebody asked for is made at once: one message is under way for a watch; it finds all that is due."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from portal.operations import waking
from portal.partners.models import PartnerAccount
from portal.sync import nudging, registry, tasks
from portal.webhooks.models import WebhookSecret
from tests.portal.sync.sources import Looks, watch_of

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "tests.secrets"


@pytest.fixture(autouse=True)
def messages(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    sent: list[tuple[Any, ...]] = []
    monkeypatch.setattr(waking, "send", lambda *message: sent.append(message))
    cache.clear()
    return sent


@pytest.fixture
def due_row(account: PartnerAccount) -> Callable[[], WebhookSecret]:
    def make() -> WebhookSecret:
        past = timezone.now() - timedelta(hours=1)
        count = WebhookSecret.objects.count()
        return WebhookSecret.objects.create(account=account, secret="s", digest=f"old{count}", valid_until=past)

    return make


def test_message_goes_when_the_transaction_is_committed_and_once(account: PartnerAccount, messages: list[Any]) -> None:
    with transaction.atomic():
        nudging.look_at_once(NAME, account.pk)
        nudging.look_at_once(NAME, account.pk)
        assert messages == []

    assert messages == [("sync.look", NAME, account.pk)]


def test_while_a_message_is_under_way_no_other_is_sent(account: PartnerAccount, messages: list[Any]) -> None:
    nudging.look_at_once(NAME, account.pk)
    nudging.look_at_once(NAME, account.pk)
    nudging.look_at_once("tests.others", account.pk)

    assert [message[1] for message in messages] == [NAME, "tests.others"]


def test_what_is_asked_for_after_the_message_came_needs_another(account: PartnerAccount, messages: list[Any]) -> None:
    registry.register(watch_of(Looks()))
    nudging.look_at_once(NAME, account.pk)
    tasks.look(NAME, account.pk)

    nudging.look_at_once(NAME, account.pk)

    assert len(messages) == 2


def test_the_task_looks_at_all_that_is_due_also_at_what_falls_due_meanwhile(
    account: PartnerAccount, due_row: Callable[[], WebhookSecret]
) -> None:
    looks = Looks()
    first = due_row()

    class Watch(watch_of(looks)):  # type: ignore[misc]
        def look(self, client: Any, row: WebhookSecret) -> str:
            looks.answers.setdefault(row.pk, "final")
            return str(super().look(client, row))

        def write(self, account: PartnerAccount, seen: Any) -> int:
            if len(looks.asked) == 1:
                due_row()  # an event comes while the first round is written
            return int(super().write(account, seen))

    registry.register(Watch)

    tasks.look(NAME, account.pk)

    assert looks.asked == [first.pk, first.pk + 1]


def test_an_account_that_is_switched_off_is_left_alone(
    account: PartnerAccount, due_row: Callable[[], WebhookSecret]
) -> None:
    looks = Looks()
    registry.register(watch_of(looks))
    due_row()
    PartnerAccount.objects.update(is_active=False)

    tasks.look(NAME, account.pk)

    assert looks.asked == []
