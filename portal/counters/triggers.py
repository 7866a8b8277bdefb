"""
The triggers that count. PostgreSQL counts a statement's rows at once, SQLite row by row.

They are made after `migrate` rather than by a migration, see `portal.standing`. Where triggers were missing, the rows
are counted anew.
"""

from typing import Any

from django.db import connections, transaction

from portal.counters import declared, verifying
from portal.counters.declared import Counted

_TRIGGERS_ON_POSTGRESQL = "SELECT tgname FROM pg_trigger UNION SELECT tablename FROM pg_tables"
_NAMES_ON_SQLITE = "SELECT name FROM sqlite_master"


def make_missing(using: str = "default", **_signal: Any) -> None:
    """Make the triggers that a database lacks, and count what they would have counted."""
    connection = connections[using]
    on_postgresql = connection.vendor == "postgresql"
    with transaction.atomic(using), connection.cursor() as cursor:
        cursor.execute(_TRIGGERS_ON_POSTGRESQL if on_postgresql else _NAMES_ON_SQLITE)
        there = {row[0] for row in cursor.fetchall()}
        for counted in declared.every():
            if counted.model._meta.db_table not in there:
                continue
            wanted = _on_postgresql(counted) if on_postgresql else _on_sqlite(counted)
            is_whole = there.issuperset(wanted)
            if not is_whole:
                for name, statements in wanted.items():
                    _make(cursor, counted, name, statements, on_postgresql=on_postgresql)
            # `flush` on SQLite: the trigger counts down rows whose counts were emptied before them.
            rows = counted.model._default_manager.using(using)  # noqa: SLF001  Django's documented name
            if not is_whole or not rows.exists():
                verifying.recount(counted, using)


def _make(cursor: Any, counted: Counted, name: str, statements: list[str], *, on_postgresql: bool) -> None:
    table = f' ON "{counted.model._meta.db_table}"' if on_postgresql else ""
    cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{table}')
    for statement in statements:
        cursor.execute(statement)


def _on_postgresql(counted: Counted) -> dict[str, list[str]]:
    """Return the statements of each trigger, by its name. A part is the transaction's number: nobody else writes it."""
    table = counted.model._meta.db_table
    made: dict[str, list[str]] = {}
    for event, rows in (("insert", ("new",)), ("update", ("new", "old")), ("delete", ("old",))):
        name = f"tally_{counted.name}_{event}"
        sides = " UNION ALL ".join(_side(counted, row) for row in rows)
        referencing = " ".join(f"{row.upper()} TABLE AS {row}_rows" for row in rows)
        counting = (
            "INSERT INTO counters_tally AS tally (account_id, name, hour, key, part, amount) "  # noqa: S608  our names
            f"SELECT account_id, '{counted.name}', hour, key, pg_current_xact_id()::text::bigint, SUM(one) "
            f"FROM ({sides}) AS changed GROUP BY account_id, hour, key HAVING SUM(one) <> 0 "
            "ON CONFLICT (account_id, name, hour, key, part) DO UPDATE SET amount = tally.amount + EXCLUDED.amount"
        )
        made[name] = [
            f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ '
            f"BEGIN {counting}; RETURN NULL; END $$",
            f'CREATE TRIGGER "{name}" AFTER {event.upper()} ON "{table}" REFERENCING {referencing} '
            f'FOR EACH STATEMENT EXECUTE FUNCTION "{name}"()',
        ]
    return made


def _side(counted: Counted, row: str) -> str:
    one, account = ("1" if row == "new" else "-1"), counted.columns()[0]
    rows = f"{row}_rows"
    hour, key = counted.hour_of(rows, "postgresql"), counted.key_of(rows)
    return f'SELECT {rows}."{account}" AS account_id, {hour} AS hour, {key} AS key, {one} AS one FROM {rows}'  # noqa: S608


def _on_sqlite(counted: Counted) -> dict[str, list[str]]:
    table, columns = counted.model._meta.db_table, counted.columns()
    changed = " OR ".join(f'old."{column}" IS NOT new."{column}"' for column in columns)
    of = ", ".join(f'"{column}"' for column in columns)
    more, less = _add(counted, "new", 1), _add(counted, "old", -1)
    bodies = {
        "insert": f'AFTER INSERT ON "{table}" BEGIN {more} END',
        "update": f'AFTER UPDATE OF {of} ON "{table}" WHEN {changed} BEGIN {less} {more} END',
        "delete": f'AFTER DELETE ON "{table}" BEGIN {less} END',
    }
    names = {event: f"tally_{counted.name}_{event}" for event in bodies}
    return {names[event]: [f'CREATE TRIGGER "{names[event]}" {body}'] for event, body in bodies.items()}


def _add(counted: Counted, row: str, one: int) -> str:
    account, hour, key = counted.columns()[0], counted.hour_of(row, "sqlite"), counted.key_of(row)
    return (
        "INSERT INTO counters_tally (account_id, name, hour, key, part, amount) "  # noqa: S608  names are our own
        f"VALUES ({row}.\"{account}\", '{counted.name}', {hour}, {key}, 0, {one}) "
        f"ON CONFLICT (account_id, name, hour, key, part) DO UPDATE SET amount = amount + {one};"
    )
