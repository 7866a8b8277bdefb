"""Writing what looks at invoices brought."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from invoices import mirror
from invoices.enums import Direction, Status
from invoices.following import Fetched, Seen
from invoices.models import Invoice, InvoiceFile
from invoices.operations import MarkHandled
from portal.operations import facts, queueing
from portal.operations.queueing import Row
from portal.partners.models import PartnerAccount

_WRITTEN = (
    *mirror.COLUMNS, "error_code", "error_text", "remedy_key", "remedy_by", "delivered_at", "fact_at", "checked_at",
    "files_at",
)  # fmt: skip


def write(account: PartnerAccount, looks: Sequence[tuple[Invoice, Seen, datetime]]) -> set[int]:
    """
    Write looks (row as it was, what was seen, when it was asked) inside a transaction.

    Returns the ids of rows about which something newer was told meanwhile: they want another look.
    """
    locked = Invoice.objects.select_related("company").select_for_update(of=("self",))
    rows = locked.in_bulk([row.pk for row, _seen, _at in looks])
    again: set[int] = set()
    for old, seen, at in looks:
        row = rows.get(old.pk)
        if row is None:
            continue
        if row.fact_at != old.fact_at and row.fact_at >= at:
            again.add(row.pk)
            continue
        _write_one(row, seen, at)
    _mark_saved(account, [row for row in rows.values() if _is_saved(row)])
    return again


def _write_one(row: Invoice, seen: Seen, at: datetime) -> None:
    before, known_at = row.status, row.fact_at
    mirror.fill(row, seen.entity)
    row.fact_at, row.checked_at = max(row.fact_at, at), timezone.now()
    mirror.write_actions(row, seen.actions)
    mirror.note_delivery(row, seen.actions, before, known_at)
    failing = mirror.failing_action(seen.actions)
    mirror.note_failure(row, (failing.key or "") if failing else "", (failing.message or "") if failing else "")
    if seen.files is not None:
        _write_files(row, seen.files)
        row.files_at = timezone.now()
    row.save(update_fields=_WRITTEN)
    if row.status != before and row.status == Status.DELIVERED and row.direction == Direction.SENT:
        facts.announce_many([mirror.delivered_fact(row.uuid)])


def _write_files(row: Invoice, files: Sequence[Fetched]) -> None:
    for file in files:
        about = {
            "name": file.name,
            "content_type": file.content_type,
            "size": file.stored.size,
            "sha256": file.stored.sha256,
            "stored_at": timezone.now(),
        }
        InvoiceFile.objects.update_or_create(invoice=row, kind=file.kind, remote_id=file.remote_id, defaults=about)


def _is_saved(row: Invoice) -> bool:
    return row.direction == Direction.RECEIVED and row.files_at is not None and row.handled_at is None


def _mark_saved(account: PartnerAccount, rows: Sequence[Invoice]) -> None:
    """Tell AutoInvoice of received invoices that they are safe here; those under way already are left out."""
    wanted: list[Any] = [Row(row, {}, company_uuid=row.company.uuid) for row in rows]
    if wanted:
        queueing.queue_many(MarkHandled.kind, wanted, account=account)


def mark_unmarked(account: PartnerAccount, rows: Sequence[Invoice]) -> None:
    """Tell AutoInvoice again of saved invoices that it still lists as new."""
    _mark_saved(account, [row for row in rows if _is_saved(row)])
