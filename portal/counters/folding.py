"""Adding up the parts of counts, so that reading them costs the same however much was written."""

from django.db import connection, transaction

from portal.counters.models import Tally

AT_ONCE = 5_000  # parts


def fold() -> int:
    """Add parts into part 0 of their counts; returns how many parts are gone. Two at once do no harm."""
    if connection.vendor != "postgresql":
        return 0  # SQLite writes part 0 itself
    table = Tally._meta.db_table
    statement = (
        f"WITH chosen AS (SELECT id FROM {table} WHERE part <> 0 ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED), "  # noqa: S608  our own name
        f"gone AS (DELETE FROM {table} USING chosen WHERE {table}.id = chosen.id "
        f"RETURNING {table}.account_id, {table}.name, {table}.hour, {table}.key, {table}.amount), "
        f"added AS (INSERT INTO {table} AS tally (account_id, name, hour, key, part, amount) "
        "SELECT account_id, name, hour, key, 0, SUM(amount) FROM gone "
        "GROUP BY account_id, name, hour, key ORDER BY 1, 2, 3, 4 "
        "ON CONFLICT (account_id, name, hour, key, part) DO UPDATE SET amount = tally.amount + EXCLUDED.amount) "
        "SELECT COUNT(*) FROM gone"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [AT_ONCE])
        return int(cursor.fetchone()[0])
