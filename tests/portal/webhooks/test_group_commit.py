"""Group commit: rows that come together are written together, and each sender hears of its own row."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import DataError, OperationalError
from django.test import Client

from portal.webhooks import together
from portal.webhooks.models import Delivery, WebhookSecret
from portal.webhooks.together import Awaited, NotStoredError, Together
from tests.portal.webhooks.conftest import Post, event


class Store:
    """A write that can be held up, and that refuses some rows."""

    def __init__(self) -> None:
        self.written: list[list[int]] = []
        self.began, self.may_go_on = threading.Event(), threading.Event()
        self.may_go_on.set()
        self.refused: dict[int, Exception] = {}

    def __call__(self, rows: Sequence[int]) -> None:
        self.began.set()
        assert self.may_go_on.wait(30)
        for row in rows:
            if row in self.refused:
                raise self.refused[row]
        self.written.append(list(rows))


def senders(group: "Group", rows: Sequence[int]) -> tuple[list[threading.Thread], dict[int, Exception | None]]:
    said: dict[int, Exception | None] = {}

    def send(row: int) -> None:
        try:
            group.store(row)
            said[row] = None
        except NotStoredError as exc:
            said[row] = exc

    threads = [threading.Thread(target=send, args=[row]) for row in rows]
    for thread in threads:
        thread.start()
    return threads, said


def until(fact: Callable[[], bool]) -> None:
    done = threading.Event()
    for _ in range(3000):
        if fact():
            return
        done.wait(0.01)
    raise AssertionError("it never came")


class InALoop:
    """Rows of threads, gathered by an event loop that runs on a thread of its own."""

    def __init__(self, store: Store) -> None:
        self.group: Awaited[int] = Awaited(store)
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    @property
    def _waiting(self) -> list[Any]:
        return self.group._waiting

    def store(self, row: int) -> None:
        asyncio.run_coroutine_threadsafe(self.group.store(row), self._loop).result()


Group = Together[int] | InALoop


@pytest.fixture(params=[Together, InALoop])
def store_and_group(request: pytest.FixtureRequest) -> tuple[Store, Group]:
    store = Store()
    return store, request.param(store)


def test_rows_that_come_while_one_is_written_are_written_together(store_and_group: tuple[Store, Group]) -> None:
    store, group = store_and_group
    store.may_go_on.clear()
    first, said = senders(group, [0])
    assert store.began.wait(30)
    others, also_said = senders(group, range(1, 21))
    until(lambda: len(group._waiting) == 20)

    store.may_go_on.set()
    for thread in (*first, *others):
        thread.join(30)

    assert [len(rows) for rows in store.written] == [1, 20]
    assert said | also_said == dict.fromkeys(range(21))


def test_a_row_that_cannot_be_stored_harms_no_other(store_and_group: tuple[Store, Group]) -> None:
    store, group = store_and_group
    store.refused = {3: DataError("NUL")}
    store.may_go_on.clear()
    first, said = senders(group, [0])
    assert store.began.wait(30)
    others, also_said = senders(group, range(1, 6))
    until(lambda: len(group._waiting) == 5)

    store.may_go_on.set()
    for thread in (*first, *others):
        thread.join(30)

    said |= also_said
    assert isinstance(said.pop(3), NotStoredError)
    assert said == dict.fromkeys([0, 1, 2, 4, 5])
    assert sorted(row for rows in store.written for row in rows) == [0, 1, 2, 4, 5]


def test_who_waits_too_long_is_told_so_and_its_place_is_given_up(
    store_and_group: tuple[Store, Group], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, group = store_and_group
    store.may_go_on.clear()
    first, _said = senders(group, [0])
    assert store.began.wait(30)
    monkeypatch.setattr(together, "_PATIENCE", 0.05)

    with pytest.raises(NotStoredError):
        group.store(1)
    store.may_go_on.set()
    first[0].join(30)
    monkeypatch.undo()
    group.store(2)

    assert store.written == [[0], [2]]


@pytest.mark.django_db
def test_intake_answers_503_and_asks_to_come_again_when_the_database_refuses(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_rows: Sequence[Delivery]) -> None:
        raise OperationalError("disk full")

    monkeypatch.setattr(together.deliveries, "_write", refuse)

    answer = post()

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_crowd_of_senders_is_stored_whole(client: Client, secret: WebhookSecret) -> None:
    from django.db import connection

    path, answers = f"/hooks/{secret.account.key}/{secret.secret}/", []

    def send(part: int) -> None:
        for number in range(10):
            body = event(number=f"{part}-{number}")
            answers.append(Client().post(path, body, content_type="application/json").status_code)
        connection.close()

    threads = [threading.Thread(target=send, args=[part]) for part in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert answers == [204] * 80
    assert Delivery.objects.values("digest").distinct().count() == 80
