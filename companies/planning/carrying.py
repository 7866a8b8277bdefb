"""
Carrying a plan out: the rows that will run become onboardings with all their operations, chunk by chunk.

A chunk and the mark that it is done are written in one transaction, so that a worker may die at any moment: each row
is queued exactly once.
"""

import time
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from companies import known, onboarding
from companies.enums import RUNNING_OUTCOMES, ImportState, RowResult, Source
from companies.models import ImportFile, ImportRow, Onboarding
from companies.planning import working
from companies.planning.drafts import Chunk
from companies.planning.working import Lease
from portal.operations.enums import BatchState
from portal.operations.models import Batch
from portal.writing import create_many, update_many

CHUNK = 500
_TRIES = 5  # of a chunk whose companies somebody else brings in this moment
_UPDATED = (
    "name", "address1", "address2", "post_code", "post_office", "city", "region", "email", "signer_name", "auth_email",
    "locale", "method", "authorization_id", "networks", "updated_at",
)  # fmt: skip


class NotStartedError(Exception):
    """The plan is another one than was confirmed; `args`: why, for staff."""


def start(file: ImportFile, actor: Any = None, *, number: int | None = None) -> Batch:
    """
    Begin to carry a plan out; a second start, be it from another tab, returns the batch of the first.

    :param number: how many companies were confirmed
    :raises NotStartedError: the file is not planned, the plan has changed meanwhile, or nothing would run
    """
    with transaction.atomic():
        file = ImportFile.objects.select_for_update(of=("self",)).select_related("account", "batch").get(pk=file.pk)
        if file.batch is not None:
            return file.batch
        will_run = int(file.plan.get("will_run", 0))
        if file.state != ImportState.PLANNED:
            raise NotStartedError(_("The file is not planned yet. Wait until the plan is ready."))
        if not will_run:
            raise NotStartedError(_("Nothing would be done, so nothing was started."))
        if number is not None and number != will_run:
            raise NotStartedError(_("Type the number of companies, %(count)d, to start.") % {"count": will_run})
        file.batch = _batch(file, actor, will_run)
        file.state, file.started_by, file.started_at = ImportState.STARTED, actor, timezone.now()
        file.save(update_fields=["batch", "state", "started_by", "started_at", "updated_at"])
        working.wake(file.account_id)
        return file.batch


def _batch(file: ImportFile, actor: Any, will_run: int) -> Batch:
    label = _("Onboard %(count)d companies of %(file)s") % {"count": will_run, "file": file.name}
    return Batch.objects.create(
        kind=onboarding.CHAIN,
        account=file.account,
        actor=actor,
        label=label[:200],
        state=BatchState.FILLING,
        started_at=timezone.now(),
    )


def carry_out(file: ImportFile, held: Lease, *, longest: float = working.LONGEST) -> bool:
    """Queue what is left of a started file; False: the time was up, the rest comes with the next call."""
    until = time.monotonic() + longest
    while _carry_chunk(file.pk) is not None:
        held.renew()
        if time.monotonic() > until:
            return False
    return True


def _carry_chunk(file_id: int) -> int | None:
    """Do one chunk, however often somebody else brings the same companies in meanwhile; None: nothing is left."""
    for _number in range(_TRIES):
        try:
            with transaction.atomic():
                return _carry(file_id)
        except IntegrityError:
            continue  # read again, theirs are known now
    with transaction.atomic():
        return _carry(file_id)


def _carry(file_id: int) -> int | None:
    file = ImportFile.objects.select_for_update(of=("self",)).select_related("account", "started_by").get(pk=file_id)
    batch = (
        Batch.objects.select_for_update(of=("self",)).filter(pk=file.batch_id or 0, state=BatchState.FILLING).first()
    )
    if batch is None:
        return None
    rows = list(file.rows.filter(outcome__in=RUNNING_OUTCOMES, result="").order_by("number")[:CHUNK])
    if not rows:
        batch.state = BatchState.RUNNING
        batch.save(update_fields=["state"])
        return None
    batch.account = file.account
    batch.total += _submit(file, batch, rows)
    batch.save(update_fields=["total"])
    update_many(rows, ("onboarding", "result", "hit", "reason"))
    return len(rows)


def _submit(file: ImportFile, batch: Batch, rows: Sequence[ImportRow]) -> int:
    """Queue the chains of some rows and mark these; returns the number of operations."""
    chunk = Chunk(file.account, rows)
    wanted = _once(chunk, rows)
    numbers = {id(wanted[row.pk]): row.number for row in rows if row.pk in wanted}
    _save(list(wanted.values()), file, batch, numbers)
    submitted = onboarding.submit_many(list(wanted.values()), account=file.account, actor=file.started_by, batch=batch)
    reasons = {refusal.onboarding.pk: f"{refusal.reason} {refusal.remedy}".strip() for refusal in submitted.refused}
    unchanged = {row.pk for row in submitted.unchanged}
    for row in rows:
        draft = wanted.get(row.pk)
        row.onboarding = draft
        if draft is None:
            row.result, row.hit, row.reason = RowResult.REFUSED, False, _("The same company is in the file twice.")
        elif draft.pk in reasons:
            row.result, row.hit, row.reason = RowResult.REFUSED, False, reasons[draft.pk]
        else:
            row.result = RowResult.NOTHING if draft.pk in unchanged else RowResult.UNDER_WAY
    return sum(len(operations) for operations in submitted.queued.values())


def _once(chunk: Chunk, rows: Sequence[ImportRow]) -> dict[int, Onboarding]:
    """Return the onboarding of each row; of two rows of one company only the first has one."""
    seen: dict[known.Identity, int] = {}
    for row in rows:
        seen.setdefault(known.identity(chunk.wanted[row.pk]), row.pk)
    return {row.pk: chunk.wanted[row.pk] for row in rows if seen[known.identity(chunk.wanted[row.pk])] == row.pk}


def _save(drafts: Sequence[Onboarding], file: ImportFile, batch: Batch, numbers: dict[int, int]) -> None:
    new = [draft for draft in drafts if draft.pk is None]
    for draft in new:
        draft.source, draft.source_file, draft.source_row = Source.FILE, file.name[:200], numbers[id(draft)]
        draft.batch, draft.created_by = batch, file.started_by
    old = [draft for draft in drafts if draft.pk is not None]
    for draft in old:
        draft.updated_at = timezone.now()
    update_many(old, _UPDATED)
    create_many(new)
