"""Messages to the workers. They carry no ids: a lost one costs the seconds until the sweep, a doubled one nothing."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger("portal.operations")

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
    if getattr(_here, "account_id", None) == account_id:
        return
    message = _Drain(account_id)
    pending = (function for _, function, *_ in transaction.get_connection().run_on_commit)
    if message not in pending:
        transaction.on_commit(message)


class _Drain(partial[None]):
    """A message that equals another one for the same account, so that a transaction sends it once."""

    def __new__(cls, account_id: int) -> "_Drain":
        return super().__new__(cls, send, "operations.drain", account_id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Drain) and self.args == other.args

    __hash__ = None  # type: ignore[assignment]


def send(task: str, *arguments: Any) -> None:
    """Send a message now. A broker that is down fails nobody's request: the sweep finds the work in the database."""
    try:
        current_app.send_task(task, args=arguments, retry=False, ignore_result=True)
    except (OperationalError, OSError) as exc:
        logger.warning("message %s was not sent, the sweep will find its work: %s", task, type(exc).__name__)
