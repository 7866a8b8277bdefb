"""Messages to the workers. They carry no ids: a lost one costs the seconds until the sweep, a doubled one nothing."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from celery import current_app
from django.db import transaction
from kombu.connection import Connection
from kombu.exceptions import LimitExceeded, OperationalError
from kombu.pools import producers

logger = logging.getLogger("portal.operations")

IMPATIENT = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
    "socket_connect_timeout": 1.0,
}
_here = threading.local()


@contextmanager
def draining(account_id: int) -> Iterator[None]:
    """Mark that this thread sends the account's operations itself: what it queues on the way needs no message."""
    _here.account_id = account_id
    try:
        yield
    finally:
        _here.account_id = None


def wake(account_id: int) -> None:
    """Tell the workers, once the transaction is committed, that operations of the account may be due."""
    if getattr(_here, "account_id", None) != account_id:
        after_commit(send, "operations.drain", account_id)


def after_commit(act: Callable[..., None], *arguments: Any) -> None:
    """Do something once the transaction is committed: once, however often it is asked for with the same arguments."""
    wanted = _Once(act, *arguments)
    pending = (function for _, function, *_ in transaction.get_connection().run_on_commit)
    if wanted not in pending:
        transaction.on_commit(wanted)


class _Once(partial[None]):
    """A call that equals another one of the same function with the same arguments."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Once) and (self.func, self.args) == (other.func, other.args)

    __hash__ = None  # type: ignore[assignment]


def send(task: str, *arguments: Any, countdown: float | None = None) -> None:
    """Send a message now. A broker that is down fails nobody's request: the sweep finds the work in the database."""
    try:
        with producers[_connection()].acquire(block=True, timeout=1) as producer:
            current_app.send_task(
                task, args=arguments, countdown=countdown, producer=producer, retry=False, ignore_result=True
            )
    except (OperationalError, LimitExceeded, OSError) as exc:
        logger.warning("message %s was not sent, the sweep will find its work: %s", task, type(exc).__name__)


def _connection() -> Connection:
    """Return the broker's address with a publisher's patience: celery's own would hold a request for six seconds."""
    connection: Connection = current_app.connection_for_write()
    connection.transport_options = {**(connection.transport_options or {}), **IMPATIENT}
    return connection
