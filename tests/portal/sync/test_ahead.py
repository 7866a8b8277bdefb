"""Fetching ahead: pages are there when they are wanted, never too many, and an error comes after what was read."""

import threading
from collections.abc import Iterator

import pytest

from portal.sync import ahead
from portal.sync.ahead import PAGES_AHEAD, Ahead
from portal.sync.feeds import Page


def pages(count: int, fetched: list[int], came: threading.Semaphore) -> Iterator[Page[int]]:
    for number in range(count):
        fetched.append(number)
        came.release()
        yield Page([number])


def taken(reader: Ahead[int], most: int = 1) -> list[list[int]]:
    found = []
    while reads := reader.take(most):
        found.append([item for read in reads for item in read.page.items])
    return found


def test_pages_come_in_their_order_and_once() -> None:
    with Ahead(pages(50, [], threading.Semaphore(0))) as reader:
        assert [item for group in taken(reader, 7) for item in group] == list(range(50))


def test_pages_are_fetched_while_nobody_takes_them_but_not_without_end() -> None:
    fetched: list[int] = []
    came = threading.Semaphore(0)
    with Ahead(pages(500, fetched, came)) as reader:
        reader.take(1)
        for _ in range(PAGES_AHEAD):
            assert came.acquire(timeout=30)

    assert PAGES_AHEAD <= len(fetched) <= PAGES_AHEAD + 3


def test_pages_that_have_come_are_taken_together_up_to_the_most() -> None:
    came = threading.Semaphore(0)
    with Ahead(pages(6, [], came)) as reader:
        for _ in range(6):
            assert came.acquire(timeout=30)
        first = reader.take(4)
        rest = taken(reader, 4)

    assert 1 <= len(first) <= 4
    assert sum(len(group) for group in rest) == 6 - len(first)


def test_an_error_is_raised_after_the_pages_before_it() -> None:
    def broken() -> Iterator[Page[int]]:
        yield Page([1])
        yield Page([2])
        raise ValueError("away")

    got: list[int] = []

    def read_all() -> None:
        with Ahead(broken()) as reader:
            while reads := reader.take(10):
                got.extend(item for read in reads for item in read.page.items)

    with pytest.raises(ValueError, match="away"):
        read_all()
    assert got == [1, 2]


def test_reading_ends_when_its_user_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_LOOK", 0.01)
    fetched: list[int] = []

    def fail() -> None:
        with Ahead(pages(10_000, fetched, threading.Semaphore(0))) as reader:
            reader.take(1)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert len(fetched) <= PAGES_AHEAD + 3
    assert not [thread for thread in threading.enumerate() if thread.name == "feed"]
