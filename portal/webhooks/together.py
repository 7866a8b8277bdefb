"""
Group commit: requests that come at the same time are stored in one transaction, each answered after it.

Whoever comes while nobody writes, writes at once; those that come meanwhile wait, and one of them then writes the rows
of all. A lone request waits for nobody, and the more there are the fewer transactions each costs.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from portal.webhooks.models import Delivery
from portal.writing import insert_many

logger = logging.getLogger(__name__)
RowT = TypeVar("RowT")

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

    def __init__(self, write: Callable[[Sequence[RowT]], None]) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._waiting: list[_Turn[RowT]] = []
        self._busy = False
        self._thread: threading.Thread | None = None
        self._came = threading.Event()

    def write_on_a_thread(self) -> None:
        """
        Have one thread of this process write for all, on a database connection that it keeps.

        For a process that does nothing else: the requests' own threads then need no connection at all.
        """
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="together", daemon=True)
                self._thread.start()

    def store(self, row: RowT) -> None:
        """
        Return when the row is stored.

        :raises NotStoredError: it is not, as far as anybody knows
        """
        turn = _Turn(row)
        with self._lock:
            self._waiting.append(turn)
            turn.leads = self._thread is None and not self._busy
            self._busy = self._busy or turn.leads
        if self._thread is not None:
            self._came.set()
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
        turns = self._next()
        try:
            self._write_all(turns)
        finally:
            with self._lock:
                following = self._waiting[0] if self._waiting else None
                self._busy = following is not None
                if following is not None:
                    following.leads = True
            for turn in [*turns, *([following] if following else [])]:
                turn.woken.set()

    def _serve(self) -> None:
        while True:
            self._came.wait()
            self._came.clear()
            while turns := self._next():
                try:
                    self._write_all(turns)
                except Exception:
                    logger.exception("deliveries could not be stored")
                for turn in turns:
                    turn.woken.set()
                if connection.errors_occurred:  # it is opened anew with the next row
                    connection.close()

    def _next(self) -> list[_Turn[RowT]]:
        with self._lock:
            turns, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
        return turns

    def _write_all(self, turns: list[_Turn[RowT]]) -> None:
        """Write all at once; if one of them cannot be stored, each for itself, so that it harms no other."""
        if self._write_some(turns) or isinstance(turns[0].error, _NOT_THE_ROWS_FAULT):
            return
        for turn in turns:
            self._write_some([turn])

    def _write_some(self, turns: list[_Turn[RowT]]) -> bool:
        try:
            self._write([turn.row for turn in turns])
        except (DatabaseError, OSError) as exc:
            for turn in turns:
                turn.error = exc
            return False
        for turn in turns:
            turn.is_done = True
        return True


def _insert(rows: Sequence[Delivery]) -> None:
    with transaction.atomic():
        insert_many(rows)


deliveries: Together[Delivery] = Together(_insert)
