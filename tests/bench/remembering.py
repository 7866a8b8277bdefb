"""
What a sync remembers: the memory of a process that reads a million invoices, against one that reads a hundred thousand.

Each size has a process of its own and an empty database; the remote side makes its pages as they are asked for.
"""

import resource
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from tests.bench import sync
from tests.bench.figures import Figure, prepare, report
from tests.bench.pages import NAMES

FEW, MANY = 100_000, 1_000_000


class Endless:
    """Pages that are made when they are asked for."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __iter__(self) -> Iterator[Any]:
        from invoices.enums import Direction
        from portal.sync.feeds import Page

        for first in range(0, self.count, sync.A_PAGE):
            yield Page([(Direction.SENT, entity) for entity in sync.entities(sync.A_PAGE, first)])


def read(database: str, count: int) -> None:
    """Read so many invoices, and print the most bytes that this process held."""
    prepare(database)
    from invoices.models import Invoice

    company = sync.make_company()
    sync.bench_feed(Endless(count))
    sync.run_of(company)
    assert Invoice.objects.count() == count
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def held(database: str, count: int) -> int:
    command = [sys.executable, "-m", "tests.bench.remembering", database, str(count)]
    return int(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.split()[-1])


def main(database: str) -> None:
    few, many = held(database, FEW), held(database, MANY)
    report(
        Figure(
            f"memory of a process that syncs {MANY:,} invoices, {NAMES[database]}",
            f"{many / 2**20:.0f} MB",
            f"{few / 2**20:.0f} MB, {FEW:,} invoices",
            many / few,
        )
    )


if __name__ == "__main__":
    if sys.argv[2:]:
        read(sys.argv[1], int(sys.argv[2]))
    else:
        main(sys.argv[1])
