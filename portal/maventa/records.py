"""What is remembered of one HTTP exchange: never a body, a query, a key or a token."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.maventa.environments import Api

logger = logging.getLogger("portal.maventa")


@dataclass(frozen=True, slots=True)
class CallRecord:
    at: datetime  # aware, UTC
    api: Api
    method: str
    path_template: str  # "/v1/invoices/{id}"
    path: str  # without query; values that may name a person are masked
    company: UUID | None
    status: int | None  # None: no answer
    ms: int
    request_id: str  # sent along as X-Request-Id
    error: str  # "" or a few words
    operation: int | None = None


Log = Callable[[CallRecord], None]


def to_logger(record: CallRecord) -> None:
    """Write one line to the log; the default observer."""
    logger.info(
        "%s %s %s -> %s in %d ms %s %s",
        record.api, record.method, record.path_template, record.status or "no answer", record.ms,
        record.request_id, record.error,
    )  # fmt: skip
