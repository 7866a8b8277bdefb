"""
A list of invoices read into the mirror by the sync frame, against a bare COPY (executemany on SQLite) of the same rows.

    python -m tests.bench.sync postgres [rows]
"""

import gc
import statistics
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from tests.bench.figures import Figure, prepare, report
from tests.bench.pages import NAMES

ROWS, ROUNDS, A_PAGE, BUYERS = 100_000, 3, 100, 2_000
LATENCY, SLOW_PAGES = 0.05, 60
NAME = "bench.invoices"


@cache
def buyers() -> list[str]:
    from tests.companies.csv_files import finnish_ids

    return [f"FI{number.replace('-', '')}" for number in finnish_ids(BUYERS, first=3_000_000)]


def entities(count: int, first: int = 0) -> list[Any]:
    from invoices.services import InvoiceEntity
    from invoices.services.invoices import Party

    at, sender = datetime(2026, 1, 1, tzinfo=UTC), Party(name="Seller Oy", country="FI", bid="FI23456783")
    return [
        InvoiceEntity(
            id=uuid.uuid4(),
            status="DELIVERED",
            number=f"2026-{number:07}",
            reference=f"{number:012}",
            sender=sender,
            recipient=Party(
                eia=f"0216:{number:012}",
                bid=buyers()[number % BUYERS],
                name=f"Buyer {number % BUYERS} Oy",
                country="FI",
            ),
            created_at=at + timedelta(seconds=number),
            date="2026-01-02",
            date_due="2026-01-16",
            sum=Decimal(number) / 100,
            sum_tax=Decimal(number) / 80,
            currency="EUR",
            source_format="PEPPOLBIS30",
            destination="PEPPOL",
            origin="API",
        )
        for number in range(first, first + count)
    ]


class Source:
    """The remote list: pages in memory, or pages that each take a while."""

    def __init__(self, invoices: list[Any]) -> None:
        from invoices.enums import Direction

        listed = [(Direction.SENT, entity) for entity in invoices]
        self.pages = [listed[start : start + A_PAGE] for start in range(0, len(listed), A_PAGE)]
        self.latency = 0.0

    def __iter__(self) -> Iterator[Any]:
        from portal.sync.feeds import Page

        for items in self.pages:
            time.sleep(self.latency)
            yield Page(items)


def bench_feed(source: Iterable[Any]) -> Any:
    from invoices.sync import CompanyFeed
    from portal.sync import registry

    class BenchFeed(CompanyFeed):
        name = NAME
        first_window = None

        def pages(self, client: Any, window: Any, position: Any) -> Iterator[Any]:
            return iter(source)

    return registry.register(BenchFeed)


def bare_insert() -> Callable[[], None]:
    """Return what puts the rows that are there now into an empty table again, prepared as the driver wants them."""
    from django.db import connection

    from invoices.models import Invoice

    columns = [field for field in Invoice._meta.concrete_fields if field.name != "id"]
    table, names = Invoice._meta.db_table, ", ".join(f'"{field.column}"' for field in columns)
    postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        # A text column that holds the digest twice is as long as one that is encrypted: the raw values.
        cursor.execute(f"SELECT {names} FROM {table}")
        rows = cursor.fetchall()
    types = [field.db_type(connection).split("(")[0].replace("varchar", "text") for field in columns]

    def insert() -> None:
        with connection.cursor() as cursor:
            if postgres:
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
                    copy.set_types(types)
                    for row in rows:
                        copy.write_row(row)
            else:
                cursor.execute("BEGIN IMMEDIATE")
                marks = ", ".join(["?"] * len(columns))
                connection.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
                cursor.execute("COMMIT")

    return insert


def seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def make_company() -> Any:
    """Return a company whose account asks nobody."""
    from companies.models import Company
    from portal.partners.models import Environment, PartnerAccount

    account = PartnerAccount.objects.create(
        name="Bench",
        environment=Environment.SANDBOX,
        company_uuid=uuid.uuid4(),
        user_key="u",
        vendor_key="v",
        sandbox_urls={"ax_url": "http://127.0.0.1:9/ax"},  # nothing is asked
    )
    return Company.objects.create(account=account, uuid=uuid.uuid4(), name="Seller Oy", country="FI")


def run_of(company: Any) -> Any:
    """Read the list once, to its end."""
    from portal.sync import runs

    done = runs.run_now(NAME, company.account, company.uuid)
    assert done is not None
    assert done.state == "DONE", done.error
    return done


def main(database: str, count: int) -> None:
    prepare(database)
    from django.db import connection

    from invoices.models import Invoice
    from portal.sync.models import Cursor

    company = make_company()
    source = Source(entities(count))
    bench_feed(source)

    def run() -> Any:
        return run_of(company)

    def empty() -> None:
        Cursor.objects.all().delete()
        with connection.cursor() as cursor:
            truncate = "TRUNCATE invoices_invoice CASCADE" if database == "postgres" else "DELETE FROM invoices_invoice"
            cursor.execute(truncate)

    run()
    assert Invoice.objects.count() == count
    bare = bare_insert()
    gc.collect()
    gc.freeze()  # the remote side's memory is not ours to look after
    first, again, plain = [], [], []
    for _ in range(ROUNDS):
        empty()
        plain.append(seconds(bare))
        empty()
        first.append(seconds(run))
        again.append(seconds(run))
    ours, same, inserted = statistics.median(first), statistics.median(again), statistics.median(plain)
    second = run()
    assert (second.inserted, second.updated, second.skipped) == (0, 0, count)
    name = NAMES[database]
    way = "COPY" if database == "postgres" else "executemany"
    rows = f"{count:,} invoices"
    report(
        Figure(
            f"{rows} synced, {name}",
            f"{count / ours:,.0f} a second, {inserted / ours:.2f} of bare",
            f"{count / inserted:,.0f}, {way}",
            ours / inserted,
        ),
        Figure(
            f"{rows} synced again, nothing changed, {name}",
            f"{count / same:,.0f} a second, {ours / same:.2f} × faster, 0 rows written",
            f"{count / ours:,.0f}, the first time",
            same / ours,
        ),
    )
    empty()
    source.pages, source.latency = source.pages[:SLOW_PAGES], LATENCY
    slow = seconds(run)
    ideal = LATENCY * len(source.pages)
    what = f"{len(source.pages)} pages of {A_PAGE} at {LATENCY * 1000:.0f} ms, {name}"
    report(Figure(what, f"{slow:.2f} s", f"{ideal:.2f} s, latency × pages", slow / ideal))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if sys.argv[2:] else ROWS)
