"""
The plan of 10,000 rows against reading the file and checking its digits; remote look-ups aside, but counted.

The plan has everything that it has in the browser: rows decrypted from the database, what the portal knows of their
companies, every policy, and the prediction written. What it asks of AutoInvoice is answered at once by a stand-in.
"""

import io
import sys
import time
from typing import Any

from tests.bench.figures import Figure, median_of, prepare, report
from tests.companies.csv_files import finnish_ids, sheet

ROWS, TURNS = 10_000, 5


class AllFree:
    """Answers at once that every business id is free and that nobody receives; counts what it is asked."""

    def __init__(self) -> None:
        self.calls = 0

    def call(self, _api: Any, _method: str, path: str, *, answer: Any, params: dict[str, Any], **_more: Any) -> Any:
        self.calls += 1
        if not path.endswith("/partner/lookups/companies"):
            return []
        (availability,) = answer.__args__
        return [availability(company_bid=bid, company_status="FREE") for bid in params["bids"]]


def main(database: str) -> None:
    prepare(database)
    from companies import clients, files
    from companies.files import storing
    from companies.planning import doors, plan_again
    from companies.planning.asking import Asker
    from portal.celery import settle
    from portal.partners.models import Environment, PartnerAccount

    account = PartnerAccount.objects.create(
        name="Bench",
        environment=Environment.SANDBOX,
        company_uuid="8a4a2f0c-9f0b-4a83-a7c5-000000000009",
        user_key="user",
        vendor_key="vendor",
        own_kyc=True,
    )
    rows = ({"bid": bid, "name": f"Company {bid}"} for bid in finnish_ids(ROWS))
    content = sheet(*rows).getvalue()
    file = storing.take_in(account, "bench.csv", content)
    storing.decide(file, storing.columns_of(file))
    storing.read_rows(file)

    def read() -> None:
        assert len(files.read(io.BytesIO(content), account)) == ROWS

    asking = 0.0
    real = Asker.ask

    def timed(self: Asker, planned: Any) -> None:
        nonlocal asking
        began = time.perf_counter()
        real(self, planned)
        asking += time.perf_counter() - began

    def plan() -> None:
        doors.finish(file)
        assert file.plan["will_run"] == ROWS

    settle()  # as a worker does when it is ready
    stand_in = AllFree()
    clients.for_partner = lambda *_arguments, **_more: stand_in  # type: ignore[assignment]
    Asker.ask = timed  # type: ignore[method-assign]
    reads, plans = [], []
    for _turn in range(TURNS):  # in turns, so that a busy machine slows both alike
        plan_again(file)
        asking = 0.0
        reads.append(median_of(read, 1))
        plans.append(median_of(plan, 1) - asking)
    calls = stand_in.calls // TURNS
    one, other = sorted(plans)[TURNS // 2], sorted(reads)[TURNS // 2]
    name = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[database]
    report(
        Figure(
            f"plan of {ROWS:,} rows, look-ups aside, {name}",
            f"{one:.2f} s",
            f"{other:.2f} s, reading the file and checking its digits",
            one / other,
        ),
        Figure(
            f"look-ups for that plan, each company new and on its way to Peppol, {name}",
            f"{calls} calls",
            f"{ROWS // 10 + ROWS} calls, ten business ids or one address each",
            calls / (ROWS // 10 + ROWS),
        ),
    )


if __name__ == "__main__":
    main(sys.argv[1])
