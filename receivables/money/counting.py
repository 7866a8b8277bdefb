"""
Counting money: one pass over an account's assignments fills the figures that pages show.

The pages then cost the same at any number of assignments. What is overdue changes with the day, so it is counted
every few minutes, changed or not; only figures that differ are written.
"""

from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Count, DecimalField, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from portal.partners.models import PartnerAccount
from portal.sync.upsert import upsert
from receivables.enums import Stage
from receivables.models import AgencyMoney, Assignment, CompanyMoney

Group = dict[str, Any]
NAMES = ("open", "overdue", "collection", "legal", "collected")
_COLUMNS = tuple(f"{name}_{part}" for name in NAMES for part in ("count", "amount"))


def recount(account: PartnerAccount) -> int:
    """Count an account's money anew; returns how many figures of companies changed."""
    at, today = timezone.now(), timezone.localdate()
    rows = Assignment.objects.filter(account=account).order_by()
    sums = _sums(today)
    by_agency: Any = list(rows.values("agency", "currency").annotate(**sums))
    by_company: Any = list(rows.values("company_id", "agency", "currency").annotate(**sums))
    with transaction.atomic():
        _write(AgencyMoney, account, by_agency, ("account", "agency", "currency"), at, touch=True)
        return _write(CompanyMoney, account, by_company, ("account", "company", "agency", "currency"), at, touch=False)


def _sums(today: Any) -> dict[str, Any]:
    still = Q(is_open=True)
    where = {
        "open": (still, "open_amount"),
        "overdue": (still & Q(due_date__lt=today), "open_amount"),
        "collection": (still & Q(stage=Stage.COLLECTION), "open_amount"),
        "legal": (still & Q(stage=Stage.LEGAL_COLLECTION), "open_amount"),
        "collected": (Q(paid_amount__gt=0), "paid_amount"),
    }
    zero = models.Value(0, output_field=DecimalField(max_digits=20, decimal_places=2))
    found: dict[str, Any] = {}
    for name, (condition, column) in where.items():
        found[f"{name}_count"] = Count("pk", filter=condition)
        found[f"sum_{name}"] = Coalesce(Sum(column, filter=condition), zero)
    return found


def _write(
    model: Any,
    account: PartnerAccount,
    groups: list[Group],
    key: tuple[str, ...],
    at: datetime,
    *,
    touch: bool,
) -> int:
    rows = [model(account=account, counted_at=at, **_named(group)) for group in groups]
    written = upsert(model, rows, key=key, columns=_COLUMNS, fact_at="counted_at", touch=touch)
    _drop_gone(model, account, groups, [name if name != "company" else "company_id" for name in key[1:]])
    return len(written.news)


def _named(group: Group) -> dict[str, Any]:
    """Return a group's values by the names of the columns: sums are annotated under others than the rows' own."""
    return {f"{name.removeprefix('sum_')}_amount" if name.startswith("sum_") else name: value
            for name, value in group.items()}  # fmt: skip


def _drop_gone(model: Any, account: PartnerAccount, groups: list[Group], key: list[str]) -> None:
    """Drop figures that nothing is behind any more, such as those of an agency's former name."""
    rows = model.objects.filter(account=account)
    if rows.count() == len(groups):
        return
    known = {tuple(group[name] for name in key) for group in groups}
    rows.filter(pk__in=[pk for pk, *values in rows.values_list("pk", *key) if tuple(values) not in known]).delete()
