"""Writing what AutoInvoice told of a company's suppliers."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from companies import services
from companies.models import Company, Supplier, SupplierQuery
from portal.sync.upsert import upsert

PENDING = "pending"
FIRST_LOOK = timedelta(seconds=10)
_COLUMNS = ("name", "email", "invoice_count")


def start(company: Company, oldest: datetime, at: datetime, *, asked_by: Any) -> SupplierQuery:
    """Write that a company's suppliers were asked for."""
    return SupplierQuery.objects.create(
        account_id=company.account_id,
        company=company,
        status=PENDING,
        oldest_invoice_at=oldest,
        asked_by=asked_by,
        asked_at=at,
    )


def write_answer(query: SupplierQuery, company: Company, answer: services.SupplierAnswer, at: datetime) -> int:
    """Write an answer; one that is still pending is asked for again soon. Returns how many suppliers changed."""
    rows = [_row(company, item, at) for item in answer.suppliers or []]
    written = upsert(Supplier, rows, key=("account", "company", "country", "business_id_digest"), columns=_COLUMNS)
    query.status, query.remote_id, query.found = answer.status, answer.query_id or query.remote_id, len(rows)
    query.next_check_at = timezone.now() + FIRST_LOOK if answer.status == PENDING else None
    query.save(update_fields=["status", "remote_id", "found", "next_check_at"])
    return len(written.news)


def write_notified(company: Company, emails: Sequence[str], failures: Mapping[str, str], at: datetime) -> None:
    """Write who was written to, and why others were not."""
    chosen = Supplier.objects.filter(company=company)
    chosen.filter(email__in=[email for email in emails if email not in failures]).update(notified_at=at, failure="")
    for email, reason in failures.items():
        chosen.filter(email=email).update(failure=reason)


def _row(company: Company, item: services.FoundSupplier, at: datetime) -> Supplier:
    row = Supplier(
        account_id=company.account_id,
        company=company,
        name=item.company_name,
        country=item.company_country,
        email=item.email_address or "",
        invoice_count=item.invoice_count,
        fact_at=at,
    )
    row.set_business_id(item.company_country, item.company_bid)
    return row
