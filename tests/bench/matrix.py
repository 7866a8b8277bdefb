"""A page of the matrix of companies and networks, with 2,000 and with 20,000 companies in the database."""

import sys
from typing import Any
from uuid import uuid4

from tests.bench.figures import Figure, median_of, prepare, report

FEW, MANY, TURNS = 2_000, 20_000, 25
PAGES = {
    "all companies": "",
    "page in the middle": "after",
    "Peppol missing": "state=missing&network=PEPPOL",
    "errors": "state=error",
}


def fill(account: Any, first: int, last: int) -> None:
    """Write companies in VISMA and PEPPOL; of every twenty two lack PEPPOL and one has an error there."""
    from django.utils import timezone

    from companies.models import Company, NetworkProfile

    now = timezone.now()
    companies = [
        Company(
            account=account, uuid=uuid4(), name=f"Company {number * 7919 % 1_000_003:07d}", country="NL",
            business_id=str(10_000_000 + number), business_id_digest=f"{number:064d}", state="VERIFIED", state_at=now,
        )
        for number in range(first, last)
    ]  # fmt: skip
    profiles = []
    for number, company in zip(range(first, last), Company.objects.bulk_create(companies, batch_size=500), strict=True):
        networks = ["VISMA"] if number % 10 == 5 else ["VISMA", "PEPPOL"]
        profiles += [
            NetworkProfile(
                account=account, company=company, remote_id=f"{name}-{number}", network=name, fact_at=now,
                status="error" if name == "PEPPOL" and number % 20 == 7 else "active",
                profiles=["INVOICE_AND_CREDIT_NOTE"],
            )
            for name in networks
        ]  # fmt: skip
    NetworkProfile.objects.bulk_create(profiles, batch_size=500)


def seconds(client: Any, account: Any) -> dict[str, float]:
    """Return the fewest seconds that each page took, rendered: what the machine does beside it only adds."""
    from companies import matrix
    from companies.models import Company

    found = {}
    for name, query in PAGES.items():
        if query == "after":
            middle = Company.objects.filter(account=account, name__gte="Company 0500000").order_by("name").first()
            query = f"after={middle.pk if middle else ''}"

        def get(query: str = query) -> None:
            answer = client.get(f"/admin/networks/?{query}")
            assert answer.content.count(b'id="company-') == matrix.SIZE, query

        get()
        found[name] = min(median_of(get, 1) for _ in range(TURNS))
    return found


def main(database: str) -> None:
    prepare(database)
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client

    from portal.partners.models import Environment, PartnerAccount

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}  # nothing was collected here
    account = PartnerAccount.objects.create(
        name="Bench", environment=Environment.SANDBOX, company_uuid=uuid4(), user_key="user", vendor_key="vendor"
    )
    client = Client()
    client.force_login(User.objects.create_superuser("boss"))
    fill(account, 0, FEW)
    _analyze(connection)
    few = seconds(client, account)
    fill(account, FEW, MANY)
    _analyze(connection)
    many = seconds(client, account)
    name = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[database]
    report(
        *(
            Figure(
                f"Matrix of companies and networks, {page}, {MANY:,} companies, {name}",
                f"{many[page] * 1000:.0f} ms",
                f"{few[page] * 1000:.0f} ms with {FEW:,}",
                many[page] / few[page],
            )
            for page in PAGES
        )
    )


def _analyze(connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main(sys.argv[1])
