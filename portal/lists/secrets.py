"""Columns that no list shows: decrypting four of them for each row costs more than reading the rows."""

from collections.abc import Collection
from functools import cache
from typing import Any

from django.db.models import Model, Prefetch

from portal.partners.fields import EncryptedTextField


def of(model: type[Model], related: Collection[str]) -> frozenset[str]:
    """Return the names of the encrypted columns of a model and of those that `select_related` names beside it."""
    return _of(model, tuple(related))


def beside(model: type[Model], path: str) -> "Prefetch[Any]":
    """Return how the rows that a path of relations leads to are read for a page of a list."""
    first, _dots, rest = path.partition("__")
    related: Any = model._meta.get_field(first).related_model
    rows = related._base_manager.defer(*_of(related, ()))  # noqa: SLF001  Django's documented name
    return Prefetch(first, rows.prefetch_related(beside(related, rest)) if rest else rows)


@cache
def _of(model: type[Model], related: tuple[str, ...]) -> frozenset[str]:
    found = {field.name for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)}
    for path in related:
        first, _dots, rest = path.partition("__")
        beside: Any = model._meta.get_field(first).related_model
        found |= {f"{first}__{name}" for name in _of(beside, (rest,) if rest else ())}
    return frozenset(found)
