"""
Group commit: requests that come at the same time are stored in one transaction, each answered after it.

What comes while nobody writes is written at once; what comes meanwhile waits, and is then written all together. A lone
request waits for nobody, and the more there are the fewer transactions each costs. In the web process, whose requests
have threads, one of them writes for all; in the intake's own, which has an event loop, a thread does.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from portal.webhooks.models import Delivery
from portal.writing import insert_many

logger = logging.getLogger(__name__)
RowT = TypeVar("RowT")
Write = Callable[[Sequence[RowT]], None]

_MOST = 500  # rows of one transaction
_PATIENCE = 4.0  # seconds; AutoInvoice's own is 5
_NOT_THE_ROWS_FAULT = (OperationalError, InterfaceError, OSError)


class NotStoredError(Exception):
    """The database did not take the row in time: the sender has to come again."""


class _Turn(Generic[RowT]):
    """One row that waits to be written; when it is woken it is done, has failed, or has to write for all."""

    __slots__ = ("error", "is_done", "leads", "row", "woken")

    def __init__(self, row: RowT) -> None:
        self.row = row
        self.woken = threading.Event()
        self.is_done = self.leads = False
        self.error: BaseException | None = None


class Together(Generic[RowT]):
    """Gathers the rows of concurrent threads for `write`, which stores all that it is given or none."""

    def __init__(self, write: Write[RowT]) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._waiting: list[_Turn[RowT]] = []
        self._busy = False

    def store(self, row: RowT) -> None:
        """
        Return when the row is stored.

        :raises NotStoredError: it is not, as far as anybody knows
        """
        turn = _Turn(row)
        with self._lock:
            self._waiting.append(turn)
            turn.leads = not self._busy
            self._busy = True
        if not turn.leads and not turn.woken.wait(_PATIENCE) and not self._give_up(turn):
            raise NotStoredError
        if turn.leads:
            self._lead()
        if not turn.is_done:
            raise NotStoredError from turn.error

    def _give_up(self, turn: _Turn[RowT]) -> bool:
        """Leave the line; True: the turn has come just now after all."""
        with self._lock:
            if turn in self._waiting and not turn.leads:
                self._waiting.remove(turn)
            return turn.leads or turn.is_done

    def _lead(self) -> None:
        """Write what waits, and hand the lead to who has come meanwhile."""
        with self._lock:
            turns, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
        try:
            for turn, error in zip(turns, write_each(self._write, [turn.row for turn in turns]), strict=True):
                turn.error, turn.is_done = error, error is None
        finally:
            with self._lock:
                following = self._waiting[0] if self._waiting else None
                self._busy = following is not None
                if following is not None:
                    following.leads = True
            for turn in [*turns, *([following] if following else [])]:
                turn.woken.set()


class Awaited(Generic[RowT]):
    """Gathers the rows of an event loop for `write`, on a thread and a database connection that it keeps."""

    def __init__(self, write: Write[RowT]) -> None:
        self._write = write
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="together")
        self._waiting: list[tuple[RowT, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def store(self, row: RowT) -> None:
        """
        Return when the row is stored.

        :raises NotStoredError: it is not, as far as anybody knows
        """
        turn = (row, asyncio.get_running_loop().create_future())
        self._waiting.append(turn)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_what_waits())
        try:
            async with asyncio.timeout(_PATIENCE):
                await turn[1]
        except TimeoutError:
            if turn in self._waiting:
                self._waiting.remove(turn)
            raise NotStoredError from None

    async def _write_what_waits(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                turns, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
                rows = [row for row, _done in turns]
                for (_row, done), error in zip(
                    turns, await loop.run_in_executor(self._thread, self._write_here, rows), strict=True
                ):
                    if done.done():  # its sender lost patience
                        continue
                    if error is None:
                        done.set_result(None)
                    else:
                        done.set_exception(NotStoredError(type(error).__name__))
        finally:
            self._writing = None

    def _write_here(self, rows: Sequence[RowT]) -> list[BaseException | None]:
        try:
            return write_each(self._write, rows)
        except Exception as exc:
            logger.exception("deliveries could not be stored")
            return [exc] * len(rows)
        finally:
            if connection.errors_occurred:  # it is opened anew with the next row
                connection.close()


def write_each(write: Write[RowT], rows: Sequence[RowT]) -> list[BaseException | None]:
    """Write all at once; if one of them cannot be stored, each for itself, so that it harms no other: what each met."""
    error = _met(write, rows)
    if error is None or isinstance(error, _NOT_THE_ROWS_FAULT):
        return [error] * len(rows)
    return [_met(write, [row]) for row in rows]


def _met(write: Write[RowT], rows: Sequence[RowT]) -> BaseException | None:
    try:
        write(rows)
    except (DatabaseError, OSError) as exc:
        return exc
    return None


def insert(rows: Sequence[Delivery]) -> None:
    with transaction.atomic():
        insert_many(rows)


deliveries: Together[Delivery] = Together(insert)
