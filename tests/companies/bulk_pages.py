"""The four screens of bulk actions as staff use them, and many companies to use them on."""

import csv
import io
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.models import Company, NetworkProfile
from portal.operations import filling
from portal.operations.models import Batch
from portal.partners.models import PartnerAccount

COMPANIES = reverse("admin:companies_company_changelist")
PROFILES = reverse("admin:companies_networkprofile_changelist")
ONBOARDINGS = reverse("admin:companies_onboarding_changelist")
SERVICES = reverse("admin:companies_servicestate_changelist")


def make_many(account: PartnerAccount, count: int, first: int = 1_000_000, **fields: Any) -> list[Company]:
    """Save many companies with one statement; verified unless told otherwise."""
    known = {"state": "VERIFIED", "auth_state": "SIGNED", "country": "FI", "state_at": timezone.now()} | fields
    rows = [
        Company(account=account, uuid=uuid4(), name=f"Company {number:05}", **known)
        for number in range(first, first + count)
    ]
    for number, row in enumerate(rows):
        row.business_id, row.business_id_digest = f"{number:07}-0", f"{first + number}"
    return Company.objects.bulk_create(rows)


def pick(client: Client, action: str, *rows: Any, query: str = "", url: str = COMPANIES, **more: Any) -> Any:
    """Tick rows of a list and run an action; without rows, all that the filter lets through."""
    ticked = [row.pk for row in rows] or ["0"]
    data = {"action": f"bulk_{action}", "_selected_action": ticked, "select_across": "0" if rows else "1", **more}
    return client.post(f"{url}?{query}" if query else url, data)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def page_of(batch: Batch) -> str:
    return reverse("admin:operations_batch_change", args=[batch.pk])


def act(client: Client, batch: Batch, verb: str, **data: Any) -> Any:
    return client.post(reverse("admin:batch_act", args=[batch.pk, verb]), data)


def preview(client: Client, batch: Batch) -> dict[str, Any]:
    client.get(page_of(batch), {"preview": "1"})
    batch.refresh_from_db()
    seen: dict[str, Any] = batch.preview
    return seen


def start(client: Client, batch: Batch, **data: Any) -> Batch:
    seen = preview(client, batch)
    act(client, batch, "start", token=seen["token"], **data)
    filling.fill(batch.account_id)
    batch.refresh_from_db()
    return batch


def add_profile(company: Company, network: str, status: str = "active") -> NetworkProfile:
    return NetworkProfile.objects.create(
        account=company.account,
        company=company,
        remote_id=str(uuid4()),
        network=network,
        profiles=["INVOICE_AND_CREDIT_NOTE"],
        status=status,
        fact_at=timezone.now(),
    )


def queued(batch: Batch) -> list[tuple[str, str, str]]:
    """Return kind, company and network of a batch's operations."""
    rows = batch.operations.order_by("pk").prefetch_related("target")
    return [(row.kind.partition(".")[2], str(row.target), row.parameters.get("network", "")) for row in rows]


def csv_of(answer: Any) -> list[dict[str, str]]:
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))
