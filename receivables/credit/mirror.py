"""Writing what AutoInvoice told of a company's invoice credit into the mirror."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.utils import timezone

from companies.models import Company
from portal import maventa
from receivables.enums import ServiceStatus
from receivables.models import InvoiceCredit
from receivables.services.credit import (
    NOT_ENABLED,
    AvailableCredit,
    Credit,
    CreditService,
    CreditSettings,
    CreditTerms,
)

FIRST_LOOK = timedelta(seconds=10)
_DAILY = timedelta(days=1)  # interest and collateral change by the day


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """The credit as it was told at `at`; what was not asked for is None."""

    at: datetime
    credit: Credit | None = None  # None: it was never asked for
    settings: CreditSettings | None = None
    available: AvailableCredit | None = None
    offer: CreditTerms | None = None


def look(service: CreditService) -> Seen:
    """Ask for all there is: the offer before the credit is open, terms and figures from then on. HTTP only."""
    at = timezone.now()
    try:
        credit = service.credit()
    except maventa.RejectedError as error:
        if error.status == 404 and error.code == NOT_ENABLED:
            return Seen(at=at, offer=service.offer())
        raise
    if credit.status == ServiceStatus.ACTIVE:
        return Seen(at=at, credit=credit, settings=service.settings(), available=service.available())
    return Seen(at=at, credit=credit, offer=service.offer())


def write(company: Company, seen: Seen) -> bool:
    """Write the credit as it was at `seen.at`; tells whether its status changed. Older facts change nothing."""
    rows = InvoiceCredit.objects.select_for_update()
    row, made = rows.get_or_create(
        company=company, defaults={"account": company.account, "status": "", "fact_at": seen.at}
    )
    if row.fact_at > seen.at:
        return False
    before = row.status
    for name, value in _values(seen).items():
        setattr(row, name, value)
    row.fact_at, row.next_check_at = seen.at, _next_check(row)
    row.save()
    return made or before != row.status


def _values(seen: Seen) -> dict[str, Any]:
    values: dict[str, Any] = {"status": ServiceStatus.NONE.value}
    if seen.credit:
        told = seen.credit
        values = {
            "status": told.status or "",
            "contact_email": told.contact_email or "",
            "iban": told.iban or "",
            "bic": told.bic or "",
            "bank": told.bank or "",
            "activation_url": told.activation_url or "",
            "bank_details": told.op_bank_details or {},
        }
    if seen.settings:
        values |= {"terms": _terms(seen.settings.current), "offer": _terms(seen.settings.offer)}
    elif seen.offer:
        values["offer"] = _terms(seen.offer)
    if seen.available:
        values |= _figures(seen.available) | {"figures_at": seen.at}
    return values


def _figures(told: AvailableCredit) -> dict[str, Any]:
    return {
        "available": told.available_credit_amount,
        "most": told.max_credit_amount,
        "collateral": told.total_collateral_amount,
        "withdrawn": told.total_withdrawn,
        "month_interest": told.current_month_interest,
        "interest": told.interest_balance,
    }


def _terms(told: CreditTerms | None) -> dict[str, Any]:
    """Return terms as they are kept: sums as text, so that none loses a digit."""
    given = msgspec.structs.asdict(told) if told else {}
    return {
        name: value if isinstance(value, bool) else str(value) for name, value in given.items() if value is not None
    }


def _next_check(row: InvoiceCredit) -> datetime | None:
    if row.status == ServiceStatus.PENDING:
        return timezone.now() + FIRST_LOOK
    return timezone.now() + _DAILY if row.is_active else None
