"""Fetching pages of a list ahead, on a thread without a database, while those before are written."""

import queue
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Generic, TypeVar

from django.utils import timezone

from portal.sync.feeds import Page, Read

ItemT = TypeVar("ItemT")

PAGES_AHEAD = 20
_LOOK = 0.2  # seconds between looks whether anybody still wants the pages


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None


class Ahead(Generic[ItemT]):
    """
    Reads an iterator of pages on a thread, never more than PAGES_AHEAD before its user.

        with Ahead(feed.pages(…)) as ahead:
            while reads := ahead.take(2000): …
    """

    def __init__(self, pages: Iterator[Page[ItemT]]) -> None:
        self._pages = pages
        self._queue: queue.Queue[Read[ItemT] | _End] = queue.Queue(PAGES_AHEAD)
        self._over = threading.Event()
        self._end: _End | None = None
        self._thread = threading.Thread(target=self._fetch, name="feed", daemon=True)

    def __enter__(self) -> "Ahead[ItemT]":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def take(self, most: int) -> list[Read[ItemT]]:
        """
        Wait for a page; return it with those that have come meanwhile, up to about `most` items. [] at the list's end.

        :raises BaseException: whatever reading raised, once all pages before it were taken
        """
        taken: list[Read[ItemT]] = []
        count = 0
        while self._end is None and (not taken or count < most):
            try:
                came = self._queue.get(block=not taken)
            except queue.Empty:
                break
            if isinstance(came, _End):
                self._end = came
            else:
                taken.append(came)
                count += len(came.page.items)
        if not taken and self._end is not None and self._end.error is not None:
            raise self._end.error
        return taken

    def _fetch(self) -> None:
        error: BaseException | None = None
        try:
            while not self._over.is_set():
                read_at: datetime = timezone.now()  # before the question: the fact is at least as new
                page = next(self._pages, None)
                if page is None:
                    break
                self._hand(Read(page, read_at))
        except BaseException as exc:  # noqa: BLE001  it is raised where the pages are used
            error = exc
        self._hand(_End(error))

    def _hand(self, came: Read[ItemT] | _End) -> None:
        while not self._over.is_set():
            with suppress(queue.Full):
                self._queue.put(came, timeout=_LOOK)
                break
