"""Writing what AutoInvoice told of a company's agreements with agencies: by operations, watches and webhooks alike."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.utils import timezone

from companies.models import Company
from portal.sync import cursors
from receivables import services
from receivables.enums import Agency, ServiceStatus
from receivables.models import CollectionService

FEEDS = ("receivables.assignments", "receivables.events")  # lists of a company that has, or had, an agency
FIRST_LOOK = timedelta(seconds=10)


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One agency's service as it was told."""

    agency: str
    status: str
    service_type: str = ""
    activation_url: str = ""
    details: dict[str, Any] = msgspec.field(default_factory=dict)


def write(company: Company, seen: Iterable[Seen], at: datetime, *, closed_by_us: bool = False) -> int:
    """Write services as they were at `at`, inside a transaction; returns how many changed. Older never overwrites."""
    return sum(_write_one(company, item, at, closed_by_us) for item in seen)


def look_soon(company: Company, agencies: Iterable[str] = ()) -> None:
    """Have services looked at in a moment: an event told that something about them changed."""
    rows = CollectionService.objects.filter(company=company)
    chosen = rows.filter(agency__in=list(agencies)) if agencies else rows
    chosen.update(next_check_at=timezone.now())


def of_amili(answer: services.AmiliAnswer) -> Seen:
    named = ("status", "service_type", "activation_url")
    rest = {name: value for name, value in msgspec.structs.asdict(answer).items() if value and name not in named}
    status = answer.status or ServiceStatus.NONE
    return Seen(
        agency=Agency.AMILI,
        status=status,
        service_type=(answer.service_type or "") if status != ServiceStatus.DISABLED else "",
        activation_url=answer.activation_url or "",
        details=rest,
    )


def of_ropo(answer: services.RopoAnswer) -> Seen:
    email = answer.agreement_contact_email
    return Seen(
        agency=Agency.ROPO,
        status=answer.status or ServiceStatus.NONE,
        activation_url=answer.activation_url or "",
        details={"agreement_contact_email": email} if email else {},
    )


def of_intrum(answer: services.IntrumAnswer) -> Seen:
    told = {name: value for name, value in msgspec.structs.asdict(answer).items() if value and name != "status"}
    told |= told.pop("details", {})
    return Seen(agency=Agency.INTRUM, status=answer.status or ServiceStatus.NONE, details=told)


def nothing(agency: str) -> Seen:
    """Return the state of a service that AutoInvoice knows nothing of."""
    return Seen(agency=agency, status=ServiceStatus.NONE)


def _write_one(company: Company, seen: Seen, at: datetime, closed_by_us: bool) -> bool:
    new = {"status": "", "fact_at": company.created_at}  # older than whatever was told
    row, is_new = CollectionService.objects.select_for_update().get_or_create(
        account_id=company.account_id, company=company, agency=seen.agency, defaults=new
    )
    if not is_new and row.fact_at > at:
        return False
    told = msgspec.structs.asdict(seen)
    changed = is_new or any(getattr(row, name) != value for name, value in told.items())
    _note_waiting(row, seen.status, at, closed_by_us)
    for name, value in told.items():
        setattr(row, name, value)
    row.fact_at = at
    row.save()
    if changed and seen.status == ServiceStatus.ACTIVE:
        _follow(company)
    return changed


def _note_waiting(row: CollectionService, status: str, at: datetime, closed_by_us: bool) -> None:
    """Keep since when the agreement waits, and whether its end came without us: then it was declined."""
    if status == ServiceStatus.PENDING:
        row.pending_since = row.pending_since if row.status == ServiceStatus.PENDING else at
        row.was_pending = True
        row.next_check_at = row.next_check_at or timezone.now() + FIRST_LOOK
        return
    row.next_check_at = None
    row.pending_since = None
    if status == ServiceStatus.ACTIVE or closed_by_us:
        row.was_pending = False


def _follow(company: Company) -> None:
    for name in FEEDS:
        cursors.follow(name, company.account, [company.uuid])
        cursors.hurry(name, company.account, company.uuid)
