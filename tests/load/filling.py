"""Writing very many rows: COPY on PostgreSQL, `executemany` on SQLite. Nothing but tests and load tools writes so."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.db import connection, models, transaction

CHUNK = 20_000


def fill(model: type[models.Model], fields: tuple[str, ...], rows: Iterable[tuple[Any, ...]], **same: Any) -> None:
    """
    Insert rows of a model.

    :param fields: names of the fields that `rows` hold, each value as the column takes it
    :param same: fields that are alike in every row; all others get the model's defaults
    """
    given = {_field(model, name).attname for name in fields}
    alike = _defaults(model) | {_field(model, name).attname: _prepared(model, name, same[name]) for name in same}
    rest = {name: value for name, value in alike.items() if name not in given}
    columns = [str(connection.ops.quote_name(_field(model, name).column)) for name in (*fields, *rest)]
    tail = tuple(rest.values())
    write = _copy if connection.vendor == "postgresql" else _execute_many
    with transaction.atomic():
        write(model._meta.db_table, columns, (row + tail for row in rows))


def analyze() -> None:
    """Let the planner know how many rows there are, as the database's own housekeeping does."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _defaults(model: type[models.Model]) -> Mapping[str, Any]:
    fresh = model()
    return {
        field.attname: field.get_db_prep_save(getattr(fresh, field.attname), connection)
        for field in model._meta.concrete_fields
        if not isinstance(field, models.AutoField)
    }


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def _prepared(model: type[models.Model], name: str, value: Any) -> Any:
    plain = value.pk if isinstance(value, models.Model) else value
    return _field(model, name).get_db_prep_save(plain, connection)


def _copy(table: str, columns: list[str], rows: Iterator[tuple[Any, ...]]) -> None:
    names = ", ".join(columns)
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _execute_many(table: str, columns: list[str], rows: Iterator[tuple[Any, ...]]) -> None:
    statement = f'INSERT INTO "{table}" ({", ".join(columns)}) VALUES ({", ".join(["%s"] * len(columns))})'
    with connection.cursor() as cursor:
        while chunk := list(islice(rows, CHUNK)):
            cursor.executemany(statement, chunk)
