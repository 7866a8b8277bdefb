"""
A bulk action on 10,000 rows: what the browser waits for, against one UPDATE of these rows.

    python -m tests.bench.picking postgres [ROWS]
"""

import sys
from typing import Any

from tests.bench import pages
from tests.bench.figures import Figure, median_of, report

ROWS, TURNS = 10_000, 7
LIST = "/admin/companies/company/"
ACTION = {"action": "bulk_companies_refresh", "_selected_action": "0", "select_across": "1"}


def pick(client: Any) -> str:
    """Choose all rows that the list shows; return the address of the batch that was made."""
    answer = client.post(LIST, ACTION)
    assert answer.status_code == 302, answer.status_code
    return str(answer["Location"])


def start(client: Any, batch: Any, token: str) -> None:
    answer = client.post(
        f"/admin/batches/{batch.pk}/do/start/", {"token": token, "number": str(batch.preview["will_run"])}
    )
    batch.refresh_from_db()
    assert (answer.status_code, batch.state) == (302, "FILLING"), batch.state


def counted(client: Any, address: str) -> tuple[Any, str]:
    """Return a batch whose preview a worker has worked out, and what its form confirms."""
    from portal.operations import counting
    from portal.operations.models import Batch

    batch = Batch.objects.latest("pk")
    client.get(f"{address}?preview=1")
    counting.count_due(batch.account_id)
    batch.refresh_from_db()
    return batch, batch.preview["token"]


def one_update() -> None:
    from django.utils import timezone

    from companies.models import Company

    assert Company.objects.update(checked_at=timezone.now()) >= ROWS


def main(database: str, rows: int = ROWS) -> None:
    account, client = pages.begin(database)
    from portal.operations.models import Batch
    from tests.load.world import World

    World(account).companies(rows)
    pages.analyze()
    pick(client)
    picked = median_of(lambda: pick(client), TURNS)
    started = []
    for _ in range(TURNS):
        batch, token = counted(client, pick(client))
        started.append(median_of(lambda batch=batch, token=token: start(client, batch, token), 1))
        Batch.objects.filter(pk=batch.pk).update(state="CANCELED")
    one_update()
    bare = median_of(one_update, TURNS)
    for what, took in (("chosen", picked), ("started", sorted(started)[TURNS // 2])):
        report(
            Figure(
                f"bulk action on {rows:,} rows {what}, answer to the browser, {pages.NAMES[database]}",
                f"{took * 1000:.0f} ms",
                f"{bare * 1000:.0f} ms, one UPDATE of them",
                took / bare,
            )
        )


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
