"""What is counted: declared by the apps whose rows they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model

SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Counted:
    """
    Rows of a model with an `account`, counted by columns.

    :ivar name: unique; what the counts are asked by
    :ivar by: fields; only the last may hold a SEPARATOR
    :ivar hour: field of a time by whose hours they are counted too: viewers' days are whole hours of UTC; "" for none
    """

    name: str
    label: str  # of the model
    by: tuple[str, ...]
    hour: str = ""

    @property
    def model(self) -> type[Model]:
        return apps.get_model(self.label)

    def column(self, field: str) -> str:
        found: Any = self.model._meta.get_field(field)
        return str(found.column)

    def columns(self) -> list[str]:
        """Return the columns that a count depends on, the account's first."""
        return [self.column(field) for field in ("account", *self.by, *([self.hour] if self.hour else []))]

    def key_of(self, row: str) -> str:
        """Return the SQL of a row's key; `row` is what the row is called there, such as "new"."""
        parts = [f"COALESCE(CAST({row}.\"{self.column(field)}\" AS text), '')" for field in self.by]
        return f" || '{SEPARATOR}' || ".join(parts)

    def hour_of(self, row: str, vendor: str) -> str:
        """Return the SQL of a row's hour."""
        if not self.hour:
            return "''"
        column = f'{row}."{self.column(self.hour)}"'
        if vendor == "postgresql":
            return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24')"
        return f"strftime('%Y-%m-%dT%H', {column})"

    def split(self, key: str) -> tuple[str, ...]:
        return tuple(key.split(SEPARATOR, len(self.by) - 1))


_declared: dict[str, Counted] = {}


def register(name: str, label: str, *by: str, hour: str = "") -> None:
    """Count the rows of a model; call from `AppConfig.ready` or a module that it imports."""
    _declared[name] = Counted(name, label, by, hour)


def get(name: str) -> Counted:
    return _declared[name]


def every() -> Iterator[Counted]:
    yield from (_declared[name] for name in sorted(_declared))
