"""The call log: what was said to AutoInvoice, kept for a while."""

from collections.abc import Iterable

from portal.maventa import CallRecord, Log
from portal.partners.models import ApiCall
from portal.writing import insert_many


def row(account_id: int, record: CallRecord) -> ApiCall:
    """Return the unsaved row for one HTTP call."""
    return ApiCall(
        account_id=account_id,
        company_uuid=record.company,
        operation_id=record.operation,
        at=record.at,
        api=record.api.value,
        method=record.method,
        path=record.path[:300],
        status=record.status,
        ms=record.ms,
        request_id=record.request_id,
        error=record.error[:200],
    )


def store(account_id: int, records: Iterable[CallRecord]) -> None:
    """Write many calls of one account in one statement."""
    insert_many([row(account_id, record) for record in records])


def writer(account_id: int) -> Log:
    """Return an observer that writes each call at once."""

    def write(record: CallRecord) -> None:
        row(account_id, record).save(force_insert=True)

    return write
