"""Writing what looks at invoices brought."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from invoices import mirror
from invoices.detect import mirror as detecting
from invoices.enums import Direction, SavingProblem, Status
from invoices.following.looking import Fetched, Seen, Unsaved
from invoices.hand_overs import handing_over
from invoices.models import EarlierFile, Invoice, InvoiceFile
from invoices.operations import MarkHandled
from portal import maventa
from portal.operations import facts, queueing
from portal.operations.queueing import Row
from portal.partners.models import PartnerAccount

_WRITTEN = (
    *mirror.COLUMNS, "error_code", "error_text", "remedy_key", "remedy_by", "delivered_at", "fact_at", "checked_at",
    "files_at", "files_problem", "files_problem_text", "files_tries", "files_missing", "files_changed_at",
)  # fmt: skip
_MOST_TRIES, _TRIES_IN_SILENCE = 1000, 5


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
    saved = [row for row in rows.values() if _is_saved(row)]
    _mark_saved(account, saved)
    handing_over.begin(account, saved)
    detecting.begin(account, saved)
    if any(seen.files is not None for _row, seen, _at in looks):
        _let_others_try(account)
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
        row.files_missing = [{"form": one.form, "text": one.text} for one in seen.missing]
    if seen.files is not None or seen.unsaved is not None:
        _note_problem(row, seen.unsaved)
    row.save(update_fields=_WRITTEN)
    if row.status != before and row.status == Status.DELIVERED and row.direction == Direction.SENT:
        facts.announce_many([mirror.delivered_fact(row.uuid)])


def _note_problem(row: Invoice, unsaved: Unsaved | None) -> None:
    row.files_problem = str(unsaved.problem) if unsaved else ""
    row.files_problem_text = unsaved.text[:300] if unsaved else ""
    row.files_tries = min(row.files_tries + 1, _MOST_TRIES) if unsaved else 0


def note_failed_look(row: Invoice, error: maventa.MaventaError) -> None:
    """Count a look that brought nothing; a received invoice that is not here after several has a problem to show."""
    waiting = Invoice.objects.filter(pk=row.pk, direction=Direction.RECEIVED, files_at=None)
    tries = min(row.files_tries + 1, _MOST_TRIES)
    if tries < _TRIES_IN_SILENCE:
        waiting.update(files_tries=tries)
        return
    told = {"files_problem": SavingProblem.INCOMPLETE, "files_problem_text": error.staff_text[:300]}
    waiting.update(files_tries=tries, **told)


def _let_others_try(account: PartnerAccount) -> None:
    """The storage takes files (again): invoices that it refused need not wait for the end of their pause."""
    refused = Invoice.objects.filter(account=account, files_problem=SavingProblem.STORAGE)
    refused.filter(next_check_at__gt=timezone.now()).update(next_check_at=timezone.now())


def _write_files(row: Invoice, files: Sequence[Fetched]) -> None:
    """Name what was fetched. A file whose bytes are others than before is kept beside them, and raised."""
    there = {(file.kind, file.remote_id): file for file in row.files.all()}
    for fetched in files:
        file = there.get((fetched.kind, fetched.remote_id)) or InvoiceFile(
            invoice=row, kind=fetched.kind, remote_id=fetched.remote_id
        )
        if file.pk and file.sha256 != fetched.stored.sha256:
            _keep_earlier(row, file)
        file.name, file.content_type = fetched.name, fetched.content_type
        file.size, file.sha256, file.stored_at = fetched.stored.size, fetched.stored.sha256, timezone.now()
        file.save()


def _keep_earlier(row: Invoice, file: InvoiceFile) -> None:
    EarlierFile.objects.create(
        file=file,
        name=file.name,
        content_type=file.content_type,
        size=file.size,
        sha256=file.sha256,
        stored_at=file.stored_at,
    )
    if row.direction == Direction.RECEIVED and file.is_original:
        row.files_changed_at = timezone.now()


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
