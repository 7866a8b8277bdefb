"""A page of the matrix of companies and networks, with 2,000 and with 20,000 companies in the database."""

import sys
from typing import Any
from uuid import uuid4

from tests.bench import pages
from tests.bench.figures import report

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


def addresses(account: Any) -> dict[str, str]:
    from companies.models import Company

    middle = Company.objects.filter(account=account, name__gte="Company 0500000").order_by("name").first()
    after = f"after={middle.pk if middle else ''}"
    return {name: f"/admin/networks/?{after if query == 'after' else query}" for name, query in PAGES.items()}


def main(database: str) -> None:
    account, client = pages.begin(database)
    from companies.networks import matrix

    def is_full(content: bytes) -> bool:
        return content.count(b'id="company-') == matrix.SIZE

    fill(account, 0, pages.FEW)
    pages.analyze()
    few = pages.seconds(client, addresses(account), is_full)
    fill(account, pages.FEW, pages.MANY)
    pages.analyze()
    many = pages.seconds(client, addresses(account), is_full)
    report(*pages.figures("matrix of companies and networks", database, few, many))


if __name__ == "__main__":
    main(sys.argv[1])
