"""Writing what AutoInvoice told of departments. It tells ids only: what we knew of one is never overwritten by less."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from companies.models import Company, Department


class SeenDepartment(msgspec.Struct, frozen=True, kw_only=True):
    uuid: UUID
    name: str = ""
    gln: str = ""
    email: str = ""


def write(company: Company, seen: Sequence[SeenDepartment], at: datetime, *, whole: bool) -> int:
    """Write departments as they were at `at`; returns how many are new. `whole`: others are gone."""
    new = 0
    for item in seen:
        told = {name: value for name in ("name", "gln", "email") if (value := getattr(item, name))}
        _department, is_new = Department.objects.update_or_create(
            account_id=company.account_id,
            company=company,
            uuid=item.uuid,
            defaults={**told, "fact_at": at, "removed_at": None},
        )
        new += is_new
    if whole:
        others = Department.objects.filter(company=company, removed_at=None, fact_at__lt=at)
        others.exclude(uuid__in=[item.uuid for item in seen]).update(removed_at=at, fact_at=at)
    return new
