"""Counting anew: what the rows say, beside what was kept in step."""

import logging
from dataclasses import dataclass

from django.db import connections, transaction
from django.db.models import Sum

from portal.counters import declared
from portal.counters.declared import Counted
from portal.counters.models import Tally

logger = logging.getLogger("portal.counters")


Place = tuple[int, str, str]  # account's id, hour, key


@dataclass(frozen=True, slots=True)
class Difference:
    """A count that was not in step; it has been mended."""

    name: str
    account_id: int
    hour: str
    key: str
    kept: int
    counted: int


def verify(using: str = "default") -> list[Difference]:
    """Compare all counts with the rows, mend what differs, and return that. In step, nothing is written."""
    found: list[Difference] = []
    for counted in declared.every():
        differences = recount(counted, using)
        found += differences
        for one in differences:
            logger.error("count %s %s was %d, is %d: mended", one.name, one.key, one.kept, one.counted)
    return found


def recount(counted: Counted, using: str = "default") -> list[Difference]:
    """Compare one declaration's counts with its rows, and mend what differs."""
    with transaction.atomic(using):
        true = _by_rows(counted, using)
        kept = _kept(counted, using)
        different = [
            Difference(counted.name, *place, kept.get(place, 0), true.get(place, 0))
            for place in sorted(true.keys() | kept.keys())
            if kept.get(place, 0) != true.get(place, 0)
        ]
        if different:
            _write(counted, true, using)
    return different


def _by_rows(counted: Counted, using: str) -> dict[Place, int]:
    connection = connections[using]
    table = connection.ops.quote_name(counted.model._meta.db_table)
    account = counted.columns()[0]
    hour, key = counted.hour_of(table, connection.vendor), counted.key_of(table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Writers wait, readers do not: rows and counts are of one moment.
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(f'SELECT "{account}", {hour}, {key}, COUNT(*) FROM {table} GROUP BY 1, 2, 3')  # noqa: S608  our own
        return {(row[0], row[1], row[2]): row[3] for row in cursor.fetchall()}


def _kept(counted: Counted, using: str) -> dict[Place, int]:
    sums = Tally.objects.using(using).filter(name=counted.name).values_list("account_id", "hour", "key")
    summed = sums.annotate(sum=Sum("amount")).order_by()
    return {(account, hour, key): amount for account, hour, key, amount in summed if amount}


def _write(counted: Counted, true: dict[Place, int], using: str) -> None:
    rows = Tally.objects.using(using)
    rows.filter(name=counted.name).delete()
    rows.bulk_create(
        [
            Tally(account_id=account, name=counted.name, hour=hour, key=key, amount=count)
            for (account, hour, key), count in true.items()
        ],
        batch_size=1000,
    )
