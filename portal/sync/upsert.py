"""
Writing pages of remote facts: one INSERT … ON CONFLICT … DO UPDATE, on PostgreSQL and on SQLite.

Django's `bulk_create(update_conflicts=True)` overwrites whatever is there. Here an older fact never overwrites a newer
one, and rows whose facts are the same are not rewritten.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connections, models, router, transaction

from portal.partners.fields import EncryptedTextField
from portal.writing import columns_of, records


@dataclass(frozen=True, slots=True)
class Written:
    """What one page did: primary keys of the rows that were written, and how many were not."""

    inserted: list[Any] = field(default_factory=list)
    updated: list[Any] = field(default_factory=list)
    unchanged: int = 0  # the same facts, older ones, or doubled in the page

    @property
    def news(self) -> list[Any]:
        """Return the primary keys of all rows that are new or changed."""
        return [*self.inserted, *self.updated]


def upsert(
    model: type[models.Model],
    rows: Iterable[models.Model],
    *,
    key: Sequence[str],
    columns: Sequence[str],
    fact_at: str = "fact_at",
    touch: bool = True,
) -> Written:
    """
    Insert rows, or overwrite `columns` of those that are there where the given fact is newer.

    :param key: fields of a unique constraint of the model
    :param columns: fields to overwrite; all others are only written for new rows. Encrypted ones are written along with
        others but say nothing about a change: put a digest beside them
    :param fact_at: the field that says when a row's facts were true; NULL is older than everything
    :param touch: move `fact_at` of rows that are unchanged, so that a fact from in between, told late, does not win.
        Without it nothing is written for them: for facts that have one source only
    """
    newest = _newest(rows, [_attribute(model, name) for name in key], fact_at)
    if not newest:
        return Written()
    connection = connections[router.db_for_write(model)]
    statement = _Statement(connection, model, key=key, columns=columns, fact_at=fact_at)
    inserted: list[Any] = []
    updated: list[Any] = []
    with transaction.atomic(using=connection.alias):
        for pk, is_new in statement.run(newest.rows):
            (inserted if is_new else updated).append(pk)
        if touch and len(inserted) + len(updated) < len(newest.rows):
            _touch(model, newest.rows, [_attribute(model, name) for name in key], fact_at)
    return Written(inserted, updated, newest.given - len(inserted) - len(updated))


@dataclass(frozen=True, slots=True)
class _Newest:
    rows: list[models.Model]
    given: int

    def __bool__(self) -> bool:
        return bool(self.rows)


def _attribute(model: type[models.Model], name: str) -> str:
    """Return where a row keeps the field's value: of a relation its id, so that comparing rows reads no others."""
    return str(model._meta.get_field(name).attname)  # type: ignore[union-attr]


def _newest(rows: Iterable[models.Model], key: Sequence[str], fact_at: str) -> _Newest:
    """Keep the newest of rows with the same key: one statement may write a row once only."""
    kept: dict[tuple[Any, ...], models.Model] = {}
    given = 0
    for row in rows:
        given += 1
        named = tuple(getattr(row, attribute) for attribute in key)
        if named not in kept or getattr(row, fact_at) >= getattr(kept[named], fact_at):
            kept[named] = row
    return _Newest(list(kept.values()), given)


class _Statement:
    """
    The statements for one model, from Django's own names and conversions.

    Rows are put into a temporary table of the connection (COPY on PostgreSQL, executemany on SQLite), then one INSERT
    takes over those that are new or differ. Rows that are the same are compared there and never reach the table.
    """

    def __init__(
        self, connection: Any, model: type[models.Model], *, key: Sequence[str], columns: Sequence[str], fact_at: str
    ) -> None:
        self._connection = connection
        self._quote = connection.ops.quote_name
        self._meta: Any = model._meta
        self._table, self._pk = self._quote(self._meta.db_table), self._quote(self._meta.pk.column)
        self._given = columns_of(model)
        self._names = ", ".join(column.name for column in self._given)
        self._key = [self._name(name) for name in key]
        self._columns: list[Any] = [self._meta.get_field(name) for name in columns]
        self._fact_at = self._name(fact_at)
        self._postgres = connection.vendor == "postgresql"
        # Another shape of the model needs another table: connections outlive migrations.
        shape = hashlib.sha256("".join(self._types()).encode() + self._names.encode()).hexdigest()[:8]
        self._told = self._quote(f"told_{self._meta.db_table[:40]}_{shape}")

    def run(self, rows: list[models.Model]) -> list[tuple[Any, bool]]:
        """Write the rows; return (primary key, is new) of those that were written."""
        with self._connection.cursor() as cursor:
            self._put_down(cursor, records(self._given, rows))
            # SQLite never uses a primary key twice and has one writer: a key above the highest is a new row's.
            before = [] if self._postgres else [self._highest(cursor)]
            cursor.execute(self._take_over(), before)
            written = [(pk, bool(is_new)) for pk, is_new in cursor.fetchall()]
            cursor.execute(f"DELETE FROM {self._told}")  # noqa: S608  our own names, here and below
            return written

    def _put_down(self, cursor: Any, given: list[tuple[Any, ...]]) -> None:
        """Put what is told into the temporary table."""
        like = f"AS SELECT {self._names} FROM {self._table}"  # noqa: S608
        if not self._postgres:
            cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {self._told} {like} WHERE 0")
            places = ", ".join(["%s"] * len(self._given))
            cursor.executemany(f"INSERT INTO {self._told} VALUES ({places})", given)  # noqa: S608
            return
        cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {self._told} ON COMMIT DELETE ROWS {like} WITH NO DATA")
        with cursor.copy(f"COPY {self._told} FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(self._types())
            for record in given:
                copy.write_row(record)

    def _types(self) -> list[str]:
        fields = [field for field in self._meta.concrete_fields if not isinstance(field, models.AutoField)]
        return [field.db_type(self._connection).partition("(")[0] for field in fields]

    def _take_over(self) -> str:
        is_new = f"({self._table}.xmax = 0)" if self._postgres else f"{self._pk} > %s"
        written = [self._quote(field.column) for field in self._columns]
        overwrite = ", ".join(f"{name} = excluded.{name}" for name in [*written, self._fact_at])
        same = " AND ".join(f"kept.{name} = told.{name}" for name in self._key)
        return (
            f"INSERT INTO {self._table} ({self._names}) SELECT {self._names} FROM {self._told} AS told "  # noqa: S608
            f"WHERE NOT EXISTS (SELECT 1 FROM {self._table} AS kept "
            f"WHERE {same} AND NOT ({self._guard('kept', 'told')})) "
            f"ON CONFLICT ({', '.join(self._key)}) DO UPDATE SET {overwrite} "
            f"WHERE {self._guard(self._table, 'excluded')} "
            f"RETURNING {self._table + '.' if self._postgres else ''}{self._pk}, {is_new}"
        )

    def _guard(self, kept: str, told: str) -> str:
        """Newer, and different in a column that can be compared."""
        unlike = "IS DISTINCT FROM" if self._postgres else "IS NOT"  # SQLite before 3.39 knows only the latter
        compared = [self._quote(f.column) for f in self._columns if not isinstance(f, EncryptedTextField)]
        at = f"{kept}.{self._fact_at}"
        newer = f"({at} IS NULL OR {at} < {told}.{self._fact_at})"
        if not compared:
            return newer
        different = " OR ".join(f"{kept}.{name} {unlike} {told}.{name}" for name in compared)
        return f"{newer} AND ({different})"

    def _highest(self, cursor: Any) -> int:
        cursor.execute(f"SELECT coalesce(max({self._pk}), 0) FROM {self._table}")  # noqa: S608
        return int(cursor.fetchone()[0])

    def _name(self, field: str) -> str:
        return str(self._quote(self._meta.get_field(field).column))


def _touch(model: type[models.Model], rows: list[models.Model], key: Sequence[str], fact_at: str) -> None:
    """Move the time of facts that are confirmed. A page was asked for at one time: nearly always one statement."""
    by_time: dict[Any, list[models.Model]] = defaultdict(list)
    for row in rows:
        by_time[getattr(row, fact_at)].append(row)
    for at, confirmed in by_time.items():
        named = models.Q()
        for values in _by_head(confirmed, key):
            named |= values
        older = models.Q(**{f"{fact_at}__lt": at}) | models.Q(**{fact_at: None})
        models.QuerySet(model).filter(named, older).update(**{fact_at: at})


def _by_head(rows: list[models.Model], key: Sequence[str]) -> list[models.Q]:
    """Name rows by their key: those that share all but its last field (the account) go into one IN."""
    *head, last = key
    groups: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for row in rows:
        groups[tuple(getattr(row, name) for name in head)].append(getattr(row, last))
    return [models.Q(**dict(zip(head, shared, strict=True)), **{f"{last}__in": ids}) for shared, ids in groups.items()]
