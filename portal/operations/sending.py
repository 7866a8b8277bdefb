"""Sending: the part that runs on pool threads. HTTP only; a handler that touches the database here fails at once."""

import logging
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import connections
from django.utils import timezone

from portal import maventa
from portal.maventa.records import CallRecord
from portal.operations.claiming import IN_LINE, Dispatch, deadline_of
from portal.operations.handlers import Calls, Handler
from portal.operations.models import Operation
from portal.partners import clients
from portal.partners.models import PartnerAccount

logger = logging.getLogger("portal.operations")
T = TypeVar("T")


class DatabaseInSendError(RuntimeError):
    """A handler's `send` or `resolve` touched the database; it belongs into `prepare` or `settle`."""


class NotSentError(Exception):
    """The call stood in line for so long that its answer might come after its deadline: it was not begun."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one dispatch: `sent`, or the error in its place."""

    dispatch: Dispatch
    members: Sequence[Operation]
    sent: Any = None
    error: Exception | None = None
    records: list[CallRecord] = field(default_factory=list)


def pool(account: PartnerAccount) -> ThreadPoolExecutor:
    """
    Return the account's threads in this process: as many as it may call at once, so that the next call in line begins
    when one ends. They outlive a drain and keep their connections to AutoInvoice.
    """
    return _pool_of(os.getpid(), account.pk, account.parallel_calls)  # a forked child needs its own


@cache
def _pool_of(_process: int, _account_id: int, width: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(width, thread_name_prefix="send")


def send(dispatch: Dispatch) -> Answer:
    """Make the call of one dispatch; never raises."""
    if timezone.now() - dispatch.attempt.started_at > IN_LINE:
        return Answer(dispatch, dispatch.members, error=NotSentError())
    records: list[CallRecord] = []
    calls = calls_of(dispatch.account, dispatch.members[0].pk, dispatch.handler, records)
    try:
        sent = without_database(lambda: dispatch.handler.send(dispatch.request, calls))
    except maventa.MaventaError as exc:
        return Answer(dispatch, dispatch.members, error=exc, records=records)
    except Exception as exc:
        logger.exception("sending %s failed in a way nobody foresaw", dispatch.handler.kind)
        return Answer(dispatch, dispatch.members, error=exc, records=records)
    return Answer(dispatch, dispatch.members, sent=sent, records=records)


def calls_of(
    account: PartnerAccount, operation_id: int, handler: Handler[Any, Any], records: list[CallRecord]
) -> Calls:
    """Return the maker of clients that a handler is given; what they call is added to `records`."""

    def client_for(company: UUID | None = None) -> maventa.Client:
        client = clients.for_account(account, company=company, operation=operation_id, log=records.append)
        client.deadline = deadline_of(handler)
        return client

    return client_for


def without_database(act: Callable[[], T]) -> T:
    """Run `act` with every database connection of this thread refusing to execute anything."""
    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(_refuse))
        try:
            return act()
        finally:
            connections.close_all()


def _refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    raise DatabaseInSendError("a call to AutoInvoice must not touch the database")
