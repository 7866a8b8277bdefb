"""
A part of a name is found by index: trigrams on PostgreSQL, an FTS5 table with trigrams on SQLite.

An app registers the columns in `AppConfig.ready`; `portal.standing` makes the indexes after every `migrate`.
A text that few rows hold is looked up; one that many rows hold is met sooner by reading a list in its order. PostgreSQL
chooses between the two by itself; for SQLite a list counts first, up to FEW, and then chooses by `in_order`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.apps import apps
from django.db import connections, router
from django.db.models import Model, Q
from django.db.models.expressions import RawSQL

SHORTEST = 3  # letters; less has no trigram
FEW = 2_000  # rows
_MOST = 10 * FEW  # rows that SQLite hands from one index to the other
_columns: set[tuple[str, str]] = set()
_is_in_order: ContextVar[bool] = ContextVar("is_in_order", default=False)


def register(model: str, field: str) -> None:
    """Make parts of a text column findable; `model` is a label, such as "companies.Company"."""
    _columns.add((model, field))


@contextmanager
def in_order() -> Iterator[None]:
    """Have `containing` return conditions that let the database read rows in the order asked for."""
    token = _is_in_order.set(True)
    try:
        yield
    finally:
        _is_in_order.reset(token)


def is_in_order() -> bool:
    """Tell whether rows are being read in the order asked for, because many hold the text."""
    return _is_in_order.get()


def containing(model: type[Model], field: str, text: str) -> Q:
    """Return the condition on rows whose registered `field` holds a text, in whichever case."""
    by_reading = Q(**{f"{field}__icontains": text})
    connection = connections[router.db_for_read(model)]
    if connection.vendor != "sqlite" or len(text) < SHORTEST or _is_in_order.get():
        return by_reading
    found, phrase = f'FROM "{_index(model, field)}" WHERE "text" MATCH %s', _phrase(text)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM (SELECT 1 {found} LIMIT %s)", [phrase, _MOST + 1])  # noqa: S608  our names
        is_too_many = cursor.fetchone()[0] > _MOST
    return by_reading if is_too_many else Q(pk__in=RawSQL(f"SELECT rowid {found}", [phrase]))  # noqa: S611  our names


def make_missing(using: str = "default", **_signal: Any) -> None:
    """Make the indexes that a database lacks. PostgreSQL's needs the extension pg_trgm."""
    connection = connections[using]
    on_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute(_NAMES_ON_POSTGRESQL if on_postgresql else _NAMES_ON_SQLITE)
        there = {row[0] for row in cursor.fetchall()}
        for label, field in sorted(_columns):
            model = apps.get_model(label)
            index, rows, column = _index(model, field), model._meta.db_table, _column(model, field)
            if rows in there and on_postgresql and index not in there:
                _make_on_postgresql(cursor, index, rows, column)
            if rows in there and not on_postgresql and not there.issuperset(_triggers(index, rows, column)):
                _make_on_sqlite(cursor, index, rows, column)


_NAMES_ON_POSTGRESQL = "SELECT indexname FROM pg_indexes UNION SELECT tablename FROM pg_tables"
_NAMES_ON_SQLITE = "SELECT name FROM sqlite_master"


def _make_on_postgresql(cursor: Any, index: str, rows: str, column: str) -> None:
    # Django writes `icontains` as UPPER(column::text) LIKE UPPER(text).
    cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    cursor.execute(f'CREATE INDEX "{index}" ON "{rows}" USING gin (UPPER("{column}"::text) gin_trgm_ops)')


def _make_on_sqlite(cursor: Any, index: str, rows: str, column: str) -> None:
    cursor.execute(f'DROP TABLE IF EXISTS "{index}"')
    cursor.execute(f"CREATE VIRTUAL TABLE \"{index}\" USING fts5(\"text\", content='', tokenize='trigram')")
    cursor.execute(f'INSERT INTO "{index}"(rowid, "text") SELECT id, "{column}" FROM "{rows}"')  # noqa: S608  our names
    for name, statement in _triggers(index, rows, column).items():
        cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')
        cursor.execute(f'CREATE TRIGGER "{name}" {statement}')


def _triggers(index: str, rows: str, column: str) -> dict[str, str]:
    old = f'INSERT INTO "{index}"("{index}", rowid, "text") VALUES (\'delete\', old.id, old."{column}");'  # noqa: S608
    new = f'INSERT INTO "{index}"(rowid, "text") VALUES (new.id, new."{column}");'  # noqa: S608  our names
    changed = f'WHEN old."{column}" IS NOT new."{column}"'
    return {
        f"{index}_new": f'AFTER INSERT ON "{rows}" BEGIN {new} END',
        f"{index}_changed": f'AFTER UPDATE OF "{column}" ON "{rows}" {changed} BEGIN {old} {new} END',
        f"{index}_gone": f'AFTER DELETE ON "{rows}" BEGIN {old} END',
    }


def _index(model: type[Model], field: str) -> str:
    return f"{model._meta.db_table}_{field}_text"


def _column(model: type[Model], field: str) -> str:
    found: Any = model._meta.get_field(field)
    return str(found.column)


def _phrase(text: str) -> str:
    """Return a text as one phrase of FTS5, where nothing in it is an operator."""
    return '"' + text.replace('"', '""') + '"'
