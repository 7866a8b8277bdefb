"""Change of the field key: every encrypted column of the project is written anew with the first of FIELD_KEYS."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import ExpressionWrapper, F, Model, TextField, Value

from portal.partners import fields
from portal.partners.fields import EncryptedTextField, WrongFieldKeyError

_PAGE = 500  # rows


@dataclass(slots=True)
class Rotated:
    """What became of one column. `unreadable`: primary keys of values that none of FIELD_KEYS decrypts."""

    column: str  # "partners.PartnerAccount.user_key"
    current: int = 0  # already under the first key
    written: int = 0
    unreadable: list[Any] = field(default_factory=list)


def columns() -> Iterator[tuple[type[Model], EncryptedTextField]]:
    """Yield every encrypted column of every model."""
    for model in apps.get_models():
        for column in model._meta.local_concrete_fields:
            if isinstance(column, EncryptedTextField):
                yield model, column


def rotate(model: type[Model], column: EncryptedTextField, *, write: bool) -> Rotated:
    """
    Write one column anew, row by row; safe to break off, to repeat and to run beside the portal.

    :param write: False only counts: `written` is then what would be
    """
    result = Rotated(f"{model._meta.label}.{column.name}")
    raw = ExpressionWrapper(F(column.name), output_field=TextField())  # the column itself would decrypt
    rows = model._base_manager.annotate(_raw=raw)  # noqa: SLF001  all rows, whatever the default manager hides
    last: Any = None
    while True:
        page = rows.order_by("pk") if last is None else rows.order_by("pk").filter(pk__gt=last)
        found = list(page.values_list("pk", "_raw")[:_PAGE])
        if not found:
            return result
        last = found[-1][0]
        for pk, raw in found:
            _rotate_one(rows.filter(pk=pk, _raw=raw), column.name, pk, raw, result, write=write)


def _rotate_one(row: Any, name: str, pk: Any, raw: str | None, result: Rotated, *, write: bool) -> None:
    if not raw:
        return
    try:
        renewed = fields.renew(raw)
    except WrongFieldKeyError:
        result.unreadable.append(pk)
        return
    if renewed == raw:
        result.current += 1
    elif not write or row.update(**{name: Value(renewed, output_field=TextField())}):
        result.written += 1  # a row that changed meanwhile was written with the first key by whoever changed it
