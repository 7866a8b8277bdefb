"""The signature desk, with the requests of 2,000 and of 20,000 companies on it."""

import sys
from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.bench import pages
from tests.bench.figures import report

TABS = {
    "all open": "",
    "expires within 48 hours": "tab=soon",
    "expired": "tab=expired",
    "one country": "country=SE",
    "one signer": "signer=signer7@example.test",
    "search": "q=signer7@example",
}
SIGNERS = 50  # requests of one signer


def fill(account: Any, first: int, last: int) -> None:
    """Write companies that wait for a signature; of every ten one runs out soon and one has run out."""
    from django.utils import timezone

    from companies.enums import AuthorizationState
    from companies.models import Authorization, Company

    now = timezone.now()
    companies = Company.objects.bulk_create(
        [
            Company(
                account=account, uuid=uuid4(), name=f"Company {number:07d}", country=("FI", "SE", "NO")[number % 3],
                business_id=str(10_000_000 + number), business_id_digest=f"{number:064d}", state="UNVERIFIED",
            )
            for number in range(first, last)
        ],
        batch_size=500,
    )  # fmt: skip
    ages = {7: timedelta(days=6), 8: timedelta(days=9)}
    requests = []
    for number, company in zip(range(first, last), companies, strict=True):
        at = now - ages.get(number % 10, timedelta(days=1)) - timedelta(seconds=number % 5000)
        email = f"signer{number // SIGNERS}@example.test"
        over = number % 10 == 8
        requests.append(
            Authorization(
                account=account, company=company, email=email, signer_key=email, signer_name=f"Signer {number}",
                locale="FI", requested_at=at, expires_at=at + timedelta(days=7), on_desk=True,
                state=AuthorizationState.EXPIRED if over else AuthorizationState.OPEN,
            )
        )  # fmt: skip
    Authorization.objects.bulk_create(requests, batch_size=500)


def main(database: str) -> None:
    account, client = pages.begin(database)
    addresses = {name: f"/admin/desk/?{query}" for name, query in TABS.items()}

    fill(account, 0, pages.FEW)
    pages.analyze()
    few = pages.seconds(client, addresses, lambda content: b"signer" in content)
    fill(account, pages.FEW, pages.MANY)
    pages.analyze()
    many = pages.seconds(client, addresses, lambda content: b"signer" in content)
    report(*pages.figures("signature desk", database, few, many))


if __name__ == "__main__":
    main(sys.argv[1])
