"""A file against what was carried out before: which of its rows say something new."""

from collections.abc import Sequence

from django.db.models import Count, Q

from companies.enums import RowChange
from companies.models import ImportFile, ImportRow


def compare(file: ImportFile, rows: Sequence[ImportRow]) -> None:
    """Say of some hundred rows whether the same was carried out before; nothing is saved. One query."""
    known = _carried_out(file, [row.business_id_digest for row in rows if row.business_id_digest])
    for row in rows:
        before = known.get(row.business_id_digest)
        if before is None:
            row.change = RowChange.NEW
        else:
            row.change = RowChange.UNCHANGED if before == row.digest else RowChange.CHANGED


def _carried_out(file: ImportFile, business_ids: Sequence[str]) -> dict[str, str]:
    """Return by business id the digest of the newest row that led to an onboarding."""
    rows = ImportRow.objects.filter(
        business_id_digest__in=business_ids,
        file__account=file.account_id,
        file__started_at__isnull=False,
        onboarding__isnull=False,
        has_errors=False,
    )
    newest = rows.exclude(file=file.pk).order_by("file__started_at", "pk")
    return dict(newest.values_list("business_id_digest", "digest"))


def totals(file: ImportFile) -> dict[str, int]:
    """Return how many rows there are, wrong, repaired, and new, changed and unchanged among those without errors."""
    right = Q(has_errors=False)
    return ImportRow.objects.filter(file=file).aggregate(
        rows=Count("pk"),
        errors=Count("pk", filter=~right),
        repaired=Count("pk", filter=right & ~Q(notes=[])),
        new=Count("pk", filter=right & Q(change=RowChange.NEW)),
        changed=Count("pk", filter=right & Q(change=RowChange.CHANGED)),
        unchanged=Count("pk", filter=right & Q(change=RowChange.UNCHANGED)),
    )


def previous(file: ImportFile) -> ImportFile | None:
    """Return the file that this one follows: the newest carried out with the same content, else of the same name."""
    started = ImportFile.objects.filter(account=file.account_id, started_at__isnull=False).exclude(pk=file.pk)
    newest = started.order_by("-started_at", "-pk")
    return newest.filter(sha256=file.sha256).first() or newest.filter(name=file.name).first()
