"""The 360° page of one company, with 2,000 and with 20,000 companies that each have a past in the database."""

import sys
from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.bench import pages
from tests.bench.figures import report

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
    past(companies, each=3)


def past(companies: list[Any], each: int) -> None:
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


def main(database: str) -> None:
    account, client = pages.begin(database)
    from companies.models import Company

    fill(account, 0, pages.FEW)
    company = Company.objects.select_related("account").earliest("pk")
    past([company], each=BUSY // 4)
    addresses = {name: f"/admin/companies/company/{company.pk}/change/?{query}" for name, query in TABS.items()}
    pages.analyze()
    few = pages.seconds(client, addresses, bool)
    fill(account, pages.FEW, pages.MANY)
    pages.analyze()
    many = pages.seconds(client, addresses, bool)
    report(*pages.figures(f"page of a company with {BUSY:,} entries", database, few, many))


if __name__ == "__main__":
    main(sys.argv[1])
