"""
What failed and wants somebody: failed invoices, and files that AutoInvoice did not take.

A failure leaves the work list when something was sent in its place, or when staff say that it is settled otherwise.
Whatever was sent in its place stands in the list itself when it fails.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min
from django.utils import timezone

from invoices import remedies
from invoices.models import Invoice, InvoiceQuerySet, SettledFailure, Upload, UploadQuerySet, successors
from invoices.models.settled import settled
from portal.atlas import unknown
from portal.partners.models import PartnerAccount

Failure = Invoice | Upload


@dataclass(frozen=True, slots=True)
class Group:
    """The failures of one cause."""

    remedy: remedies.Advice
    key: str
    words: str  # AutoInvoice's own, of one of them, where nobody knows the cause
    invoices: int
    files: int
    since: datetime  # of the oldest
    returned: int  # invoices that had been delivered

    @property
    def total(self) -> int:
        return self.invoices + self.files


def invoices(accounts: Sequence[PartnerAccount]) -> InvoiceQuerySet:
    """Return the failed invoices that want somebody."""
    return Invoice.objects.sent().failed().filter(~successors(), ~settled(), account__in=accounts)


def count_invoices(accounts: Sequence[PartnerAccount]) -> int:
    """Count what `invoices` returns: all failed ones by index, less the few that are done with, found from those."""
    failed = Invoice.objects.sent().failed().filter(account__in=accounts)
    replaced = Upload.objects.filter(account__in=accounts, replaces__isnull=False).values_list("replaces")
    done_with = SettledFailure.objects.filter(account__in=accounts).values_list("uuid")
    done = failed.filter(successors() | settled(), uuid__in=replaced.union(done_with))
    return failed.count() - done.count()


def files(accounts: Sequence[PartnerAccount]) -> UploadQuerySet:
    """Return the refused files that want somebody."""
    return Upload.objects.refused().filter(~successors(), ~settled(), account__in=accounts)


def groups(accounts: Sequence[PartnerAccount], by: str = "") -> list[Group]:
    """Return the failures by cause, the most urgent and then the most frequent first; three statements."""
    found: dict[str, dict[str, Any]] = defaultdict(lambda: {"invoices": 0, "files": 0, "returned": 0, "since": None})
    mine, refused = invoices(accounts), files(accounts)
    if by:
        mine, refused = mine.filter(remedy_by=by), refused.filter(remedy_by=by)
    counted = mine.order_by().values_list("remedy_key").annotate(Count("pk"), Count("delivered_at"), Min("fact_at"))
    for key, count, returned, since in counted:
        found[key].update(invoices=count, returned=returned, since=since)
    for key, count, since in refused.order_by().values_list("remedy_key").annotate(Count("pk"), Min("refused_at")):
        known = found[key]
        known.update(files=count, since=min(filter(None, (known["since"], since))))
    made = [Group(remedies.by_key(key), key, _own_words(key), **counts) for key, counts in found.items()]
    return sorted(made, key=lambda group: (-group.total, group.since))


def _own_words(key: str) -> str:
    return unknown.words_of(key) if remedies.is_unknown(key) else ""


def movers(accounts: Sequence[PartnerAccount]) -> dict[str, int]:
    """Return how many failures wait for whom."""
    found: dict[str, int] = defaultdict(int)
    for rows in (invoices(accounts), files(accounts)):
        for by, count in rows.order_by().values_list("remedy_by").annotate(Count("pk")):
            found[by or remedies.BY_DEFAULT] += count
    return dict(found)


def note_refusal(upload: Upload, code: str, text: str) -> None:
    """Write down why AutoInvoice did not take a file. Inside the settling transaction."""
    key, by = remedies.key_of(code, text, counted=False)  # as all refusals it is counted where it is settled
    Upload.objects.filter(pk=upload.pk).update(
        refused_at=timezone.now(),
        error_code=code[:80],
        error_text=text,
        remedy_key=key,
        remedy_by=by,
    )


def taken(uploads: Sequence[Upload]) -> None:
    """AutoInvoice has the files: what it said before does not count any more."""
    Upload.objects.filter(pk__in=[upload.pk for upload in uploads], refused_at__isnull=False).update(
        refused_at=None, error_code="", error_text="", remedy_key="", remedy_by=""
    )


def carry_mover(key: str, by: str) -> None:
    """Carry whose move it is into the rows of a failure that staff have explained."""
    Invoice.objects.filter(remedy_key=key).update(remedy_by=by)
    Upload.objects.filter(remedy_key=key).update(remedy_by=by)


unknown.on_explained(carry_mover)


def settle(rows: Sequence[Failure], *, by: Any, note: str = "") -> int:
    """Take failures off the work list; returns how many were on it."""
    there = set(SettledFailure.objects.filter(uuid__in=[row.uuid for row in rows]).values_list("account", "uuid"))
    wanted = [row for row in rows if (row.account_id, row.uuid) not in there]
    new = [SettledFailure(account_id=row.account_id, uuid=row.uuid, by=by, note=note[:500]) for row in wanted]
    SettledFailure.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def unsettle(row: Failure) -> None:
    """Put a failure back on the work list."""
    SettledFailure.objects.filter(account=row.account_id, uuid=row.uuid).delete()


def settled_by(row: Failure) -> SettledFailure | None:
    return SettledFailure.objects.filter(account=row.account_id, uuid=row.uuid).select_related("by").first()


def chain_of(account_id: int, replaces: Any) -> Failure | None:
    """Return what a file was sent in place of: an invoice, else a file that never became one."""
    if replaces is None:
        return None
    invoice = Invoice.objects.filter(account=account_id, uuid=replaces).first()
    return invoice or Upload.objects.filter(account=account_id, uuid=replaces).first()


def successors_of(row: Failure) -> list[Upload]:
    """Return what was sent in place of a row, the latest first."""
    return list(Upload.objects.filter(account=row.account_id, replaces=row.uuid).order_by("-pk"))
