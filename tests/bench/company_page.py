"""The 360° page of one company, with 2,000 and with 20,000 companies that each have a past in the database."""

import sys
from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.bench.figures import Figure, median_of, prepare, report

FEW, MANY, TURNS = 2_000, 20_000, 25
BUSY = 10_000  # entries in the timeline of the company that is looked at
TABS = {"overview": "", "timeline with everything": "tab=timeline&show=all", "dossier": "tab=dossier"}


def fill(account: Any, first: int, last: int) -> None:
    """Write companies with two networks, operations, messages, calls and changes each."""
    from django.utils import timezone

    from companies.models import Company, NetworkProfile

    now = timezone.now()
    companies = Company.objects.bulk_create(
        [
            Company(
                account=account, uuid=uuid4(), name=f"Company {number:07d}", country="NL", state="VERIFIED",
                business_id=str(10_000_000 + number), business_id_digest=f"{number:064d}", state_at=now,
            )
            for number in range(first, last)
        ],
        batch_size=500,
    )  # fmt: skip
    NetworkProfile.objects.bulk_create(
        [
            NetworkProfile(
                account=account, company=company, remote_id=f"{name}-{company.pk}", network=name, fact_at=now,
                status="active", profiles=["INVOICE_AND_CREDIT_NOTE"],
            )
            for company in companies
            for name in ("VISMA", "PEPPOL")
        ],
        batch_size=500,
    )  # fmt: skip
    for company in companies:
        company.account = account
    _past(companies, each=3)


def _past(companies: list[Any], each: int) -> None:
    """Write `each` operations, messages, calls and changes for every company."""
    from django.contrib.contenttypes.models import ContentType
    from django.utils import timezone

    from companies.models import Company, StateChange
    from portal.operations.models import Operation
    from portal.partners.models import ApiCall
    from portal.webhooks.models import Delivery

    kind, now = ContentType.objects.get_for_model(Company), timezone.now()
    at = [now - timedelta(minutes=number) for number in range(each)]
    pairs = [(company, when) for company in companies for when in at]
    Operation.objects.bulk_create(
        [
            Operation(
                kind="companies.refresh", state="DONE", account=company.account, target_type=kind, created_at=when,
                target_id=company.pk, company_uuid=company.uuid, fingerprint=uuid4().hex,
            )
            for company, when in pairs
        ],
        batch_size=500,
    )  # fmt: skip
    Delivery.objects.bulk_create(
        [
            Delivery(
                account=company.account, digest=uuid4().hex, event="NETWORKS.PEPPOL.ENABLED", state="DONE",
                company_uuid=company.uuid, received_at=when,
            )
            for company, when in pairs
        ],
        batch_size=500,
    )  # fmt: skip
    ApiCall.objects.bulk_create(
        [
            ApiCall(account=company.account, company_uuid=company.uuid, at=when, api="AX", method="GET", path="/")
            for company, when in pairs
        ],
        batch_size=1000,
    )
    StateChange.objects.bulk_create(
        [
            StateChange(account=company.account, company=company, what="state", after="VERIFIED", at=when)
            for company, when in pairs
        ],
        batch_size=1000,
    )


def seconds(client: Any, company: Any) -> dict[str, float]:
    """Return the fewest seconds that each part took, rendered: what the machine does beside it only adds."""
    found = {}
    for name, query in TABS.items():

        def get(query: str = query) -> None:
            answer = client.get(f"/admin/companies/company/{company.pk}/change/?{query}")
            assert answer.status_code == 200, query

        get()
        found[name] = min(median_of(get, 1) for _ in range(TURNS))
    return found


def main(database: str) -> None:
    prepare(database)
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client

    from companies.models import Company
    from portal.partners.models import Environment, PartnerAccount

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}  # nothing was collected here
    account = PartnerAccount.objects.create(
        name="Bench", environment=Environment.SANDBOX, company_uuid=uuid4(), user_key="user", vendor_key="vendor"
    )
    client = Client()
    client.force_login(User.objects.create_superuser("boss"))
    fill(account, 0, FEW)
    company = Company.objects.select_related("account").earliest("pk")
    _past([company], each=BUSY // 4)
    _analyze(connection)
    few = seconds(client, company)
    fill(account, FEW, MANY)
    _analyze(connection)
    many = seconds(client, company)
    name = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[database]
    report(
        *(
            Figure(
                f"page of a company with {BUSY:,} entries, {part}, {name}",
                f"{many[part] * 1000:.1f} ms with {MANY:,} companies",
                f"{few[part] * 1000:.1f} ms with {FEW:,}",
                many[part] / few[part],
            )
            for part in TABS
        )
    )


def _analyze(connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main(sys.argv[1])
