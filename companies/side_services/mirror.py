"""
Writing what AutoInvoice told of a company's services into the mirror: by operations, watches and webhooks alike.

`Seen` is how one service stands, in the mirror's words; the functions here make it from AutoInvoice's answers.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.utils import timezone

from companies import services
from companies.models import Company, ServiceState
from companies.services.scan import ScanAddress
from companies.side_services import catalogue
from portal.sync import nudging
from portal.sync.upsert import upsert

FIRST_LOOK = timedelta(seconds=10)
_COLUMNS = ("status", "address", "return_email", "details", "error_text")


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One service as it was told."""

    service: str
    key: str = ""
    status: str
    address: str = ""
    return_email: str = ""
    details: dict[str, Any] = msgspec.field(default_factory=dict)
    error_text: str = ""


def write(company: Company, seen: Sequence[Seen], at: datetime) -> int:
    """Write services as they were at `at`; returns how many changed. What is under way is looked at again soon."""
    rows = [_row(company, item, at) for item in seen]
    written = upsert(ServiceState, rows, key=("account", "company", "service", "key"), columns=_COLUMNS)
    news = ServiceState.objects.filter(pk__in=written.news)
    news.filter(status__in=catalogue.COMING).update(next_check_at=timezone.now() + FIRST_LOOK)
    news.exclude(status__in=catalogue.COMING).update(next_check_at=None)
    return len(written.news)


def drop_others(company: Company, service: str, present: Sequence[str], at: datetime) -> None:
    """Write that of a service with several rows only the present ones are left."""
    others = ServiceState.objects.filter(company=company, service=service, fact_at__lt=at)
    others.exclude(key__in=present).exclude(status=catalogue.NONE).update(
        status=catalogue.NONE, fact_at=at, next_check_at=None
    )


def look_soon(company: Company, service: str) -> None:
    """Have a service looked at in a moment: an event told that something about it changed."""
    ServiceState.objects.get_or_create(
        account_id=company.account_id,
        company=company,
        service=service,
        key="",
        defaults={"status": "", "fact_at": company.created_at},  # older than whatever the look brings
    )
    ServiceState.objects.filter(company=company, service=service).update(next_check_at=timezone.now())
    nudging.look_at_once("companies.services", company.account_id)


def look_again(company: Company) -> None:
    """Have the services looked at that were on when we last knew."""
    on = (*catalogue.LIVE, *catalogue.COMING, *catalogue.BROKEN)
    ServiceState.objects.filter(company=company, status__in=on).update(next_check_at=timezone.now())
    nudging.look_at_once("companies.services", company.account_id)


def of_scan(answer: services.ScanConfiguration) -> Seen:
    """Return the scan service as told; a configuration without status is none."""
    back = answer.return_address
    return Seen(
        service=catalogue.SCAN,
        status=answer.status or catalogue.NONE,
        address=_email(answer.scan_address),
        return_email=_email(back),
        details={
            "scan_address": _place(answer.scan_address),
            "return_address": _place(back),
            "features": answer.features or {},
        },
        error_text=answer.error_message or "",
    )


def of_autoscan(answer: services.AutoScanConfiguration) -> Seen:
    return Seen(
        service=catalogue.AUTOSCAN,
        status=answer.status or catalogue.NONE,
        address=answer.scan_email_address or "",
        return_email=answer.return_email_address or "",
        details={"features": answer.features or {}},
    )


def of_atg(answer: services.AtgAgreement) -> Seen:
    """Return one agreement; its details are what its form is filled with again."""
    names = ("kid_length", "reference_position", "payment_type_position")
    told = {name: getattr(answer, name) for name in (*names, "notification_by_print", "notification_by_email")}
    return Seen(
        service=catalogue.ATG,
        key=answer.account_number or "",
        status=answer.status or "",
        details={name: value for name, value in told.items() if value is not None},
    )


def of_b2cno(answer: services.B2cnoStatus) -> Seen:
    return Seen(service=catalogue.B2CNO, status=answer.status)


def of_b2cse(answer: services.B2cseAgreement) -> Seen:
    told = {name: value for name, value in msgspec.structs.asdict(answer).items() if value and name != "status"}
    return Seen(service=catalogue.B2CSE, status=answer.status or "", details=told)


def of_lyanthe(answer: services.LyantheScan) -> Seen:
    """Return the switch; AutoInvoice words no state, an address means that it is on."""
    address = _email(answer.scan_address)
    return Seen(service=catalogue.LYANTHE, status="active" if address else catalogue.NONE, address=address)


def of_odp(answer: services.OdpCompany) -> Seen:
    names = [str(item.get("name", "")) for item in answer.services or []]
    return Seen(
        service=catalogue.ODP,
        key=str(answer.id),
        status=answer.state or "",
        details={"name": answer.name or "", "services": names},
    )


def nothing(service: str, key: str = "") -> Seen:
    """Return the state of a service that AutoInvoice knows nothing of."""
    return Seen(service=service, key=key, status=catalogue.NONE)


def _row(company: Company, seen: Seen, at: datetime) -> ServiceState:
    return ServiceState(account_id=company.account_id, company=company, fact_at=at, **msgspec.structs.asdict(seen))


def _email(address: ScanAddress | None) -> str:
    return (address.email_address or "") if address else ""


def _place(address: ScanAddress | None) -> dict[str, str]:
    if address is None or address.postal_address is None:
        return {}
    return {name: value for name, value in msgspec.structs.asdict(address.postal_address).items() if value}
