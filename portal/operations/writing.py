"""Writing many rows with one prepared statement: several times faster than one UPDATE with a CASE for each column."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models


def update_many(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Write the named fields of rows of one model, each by its primary key."""
    if not rows:
        return
    meta: Any = type(rows[0])._meta
    quote = connection.ops.quote_name
    columns: list[Any] = [meta.get_field(name) for name in fields]
    assignments = ", ".join(f"{quote(column.column)} = %s" for column in columns)
    statement = f"UPDATE {quote(meta.db_table)} SET {assignments} WHERE {quote(meta.pk.column)} = %s"  # noqa: S608  own names
    with connection.cursor() as cursor:
        cursor.executemany(
            statement,
            [
                (*(column.get_db_prep_save(getattr(row, column.attname), connection) for column in columns), row.pk)
                for row in rows
            ],
        )
