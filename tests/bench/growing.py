"""What onboarding costs per company when 2,000 and when 20,000 companies with a past are there already."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench import company_page, pages
from tests.bench.figures import Figure, prepare, report
from tests.bench.onboarding import NETWORKS, PARALLEL, Cost, carry_out, companies_file, planned

MORE = 200  # companies onboarded at each size, without latency


def cost_of(account: Any, simulator: Any, folder: str, first: int) -> Cost:
    from companies.enums import ProfileStatus
    from companies.models import Company, NetworkProfile

    file = planned(account, companies_file(MORE, first), f"from-{first}.csv")
    latest = Company.objects.latest("pk").pk
    opened = NetworkProfile.objects.filter(company__pk__gt=latest, status=ProfileStatus.ACTIVE)
    return carry_out(account, file, simulator, folder, lambda: opened.count() >= MORE * len(NETWORKS))


def main(database: str) -> None:
    prepare(database)
    from portal.demo.setup import ensure_account
    from tests import sandbox

    with tempfile.TemporaryDirectory() as folder, sandbox.start(Path(folder), check_answers=False) as simulator:
        account = ensure_account(Path(folder) / "sandbox-credentials.json")
        account.parallel_calls, account.calls_per_second = PARALLEL, 1000
        account.save()
        company_page.fill(account, 0, pages.FEW)
        pages.analyze()
        cost_of(account, simulator, folder, 70_000_000)  # connections, caches and plans are warm then
        few = cost_of(account, simulator, folder, 71_000_000)
        company_page.fill(account, pages.FEW, pages.MANY)
        pages.analyze()
        many = cost_of(account, simulator, folder, 72_000_000)
    report(
        Figure(
            f"onboarding one company more, without latency, {pages.NAMES[database]}",
            f"{many.seconds / MORE * 1000:.1f} ms with {pages.MANY:,} companies",
            f"{few.seconds / MORE * 1000:.1f} ms with {pages.FEW:,}",
            many.seconds / few.seconds,
        )
    )


if __name__ == "__main__":
    main(sys.argv[1])
