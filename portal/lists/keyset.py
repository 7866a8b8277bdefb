"""
Pages by key: the rows after or before the one that ends a page, found by index however deep the page lies.

An order is the columns of a list's ORDER BY, the last of them unique. A position in it is the columns' values of one
row; it travels in the address of the next page.
"""

import base64
import binascii
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import OrderBy


class WrongPositionError(ValueError):
    """The text is no position in this order: of another sort, or made up."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an order; `nulls_first` says where rows without a value stand."""

    name: str  # attribute of the row
    descending: bool
    nullable: bool
    nulls_first: bool = False

    def ordering(self, *, backwards: bool) -> OrderBy:
        nulls = {"nulls_first" if self.nulls_first else "nulls_last": True} if self.nullable else {}
        plain = OrderBy(F(self.name), descending=self.descending, **nulls)
        if backwards:
            plain.reverse_ordering()
        return plain

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})

    def beyond(self, value: Any, *, backwards: bool) -> Q | None:
        """Return the condition on rows that come later (or earlier) than a value; None: there are none."""
        empty_come_first = self.nulls_first != backwards
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if empty_come_first else None
        later = Q(**{f"{self.name}__{'lt' if self.descending != backwards else 'gt'}": value})
        return later | Q(**{f"{self.name}__isnull": True}) if self.nullable and not empty_come_first else later

    def bound(self, value: Any, *, backwards: bool) -> Q:
        """Return what all rows beyond have in common: with it the database begins at the right place of its index."""
        if self.nullable:
            return Q()
        return Q(**{f"{self.name}__{'lte' if self.descending != backwards else 'gte'}": value})

    def rank(self, row: Any, *, backwards: bool) -> tuple[bool, Any]:
        """Return what to sort rows by, in reverse where the column then goes down."""
        value, down = getattr(row, self.name), self.descending != backwards
        empty_come_first = self.nulls_first != backwards
        return (value is None) == (down == empty_come_first), 0 if value is None else value


@dataclass(frozen=True, slots=True)
class Order:
    """The columns that rows of a model are sorted by."""

    model: type[Model]
    columns: tuple[Column, ...]

    @classmethod
    def of(cls, rows: QuerySet[Any], never_empty: Collection[str] = ()) -> "Order":
        """
        Return the order that a queryset has.

        :param never_empty: columns that may be empty in the table but never are in these rows
        :raises TypeError: it is sorted by more than columns of its own table
        """
        return cls(rows.model, tuple(_column(rows.model, term, never_empty) for term in rows.query.order_by))

    def sort(self, rows: QuerySet[Any], *, backwards: bool = False) -> QuerySet[Any]:
        return rows.order_by(*(column.ordering(backwards=backwards) for column in self.columns))

    def position(self, row: Model) -> tuple[Any, ...]:
        return tuple(getattr(row, column.name) for column in self.columns)

    def beyond(self, position: Sequence[Any], *, backwards: bool) -> Q:
        """Return the condition on all rows after (or before) a position."""
        found, same = Q(pk__in=[]), Q()
        for column, value in zip(self.columns, position, strict=True):
            later = column.beyond(value, backwards=backwards)
            if later is not None:
                found |= same & later
            same &= column.same(value)
        return self.columns[0].bound(position[0], backwards=backwards) & found


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list, in its order, and whether there are others around them."""

    rows: list[Any]
    has_earlier: bool
    has_later: bool


def page(
    parts: Sequence[QuerySet[Any]], order: Order, size: int, position: Sequence[Any] | None, *, backwards: bool
) -> Page:
    """
    Return the page after a position (or before it); without one the first page (or the last).

    :param parts: querysets that together are the list, each of which an index carries; their rows are merged
    """
    found: list[Any] = []
    for part in parts:
        around = part.filter(order.beyond(position, backwards=backwards)) if position is not None else part
        found += order.sort(around, backwards=backwards)[: size + 1]
    if len(parts) > 1:
        _sort(found, order, backwards=backwards)
    others, rows = len(found) > size, found[:size]
    if backwards:
        rows.reverse()
        return Page(rows, has_earlier=others, has_later=position is not None)
    return Page(rows, has_earlier=position is not None, has_later=others)


def packed(before: int, position: Sequence[Any]) -> str:
    """Return a position as text for an address, and how many rows lie before it (-1: nobody knows)."""
    # `str` keeps what a value is found by again to the microsecond; Django's own encoder cuts times short.
    text = json.dumps([before, *position], default=str)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def unpacked(text: str, order: Order) -> tuple[int, tuple[Any, ...]]:
    """
    Return how many rows lie before a position, and the position.

    :raises WrongPositionError: the text was not made by `packed` for this order
    """
    try:
        before, *values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        fields: list[Any] = [order.model._meta.get_field(column.name) for column in order.columns]
        position = tuple(field.to_python(value) for field, value in zip(fields, values, strict=True))
        if not isinstance(before, int) or any(
            value is None and not column.nullable for column, value in zip(order.columns, position, strict=True)
        ):
            raise WrongPositionError(text)
    except (ValueError, TypeError, AttributeError, binascii.Error, ValidationError) as error:
        raise WrongPositionError(text) from error
    return before, position


def _column(model: type[Model], term: Any, never_empty: Collection[str]) -> Column:
    if isinstance(term, str):
        term = F(term.removeprefix("-")).desc() if term.startswith("-") else F(term).asc()
    if not isinstance(term, OrderBy) or not isinstance(term.expression, F):
        raise TypeError(f"{model.__name__} is sorted by {term!r}, which is no column")
    named: Any = term.expression
    name = model._meta.pk.name if named.name == "pk" else named.name
    try:
        field: Any = model._meta.get_field(name)
    except FieldDoesNotExist:
        raise TypeError(f"{model.__name__} is sorted by {name}, which is no column") from None
    nullable = field.null and field.name not in never_empty
    return Column(field.attname, term.descending, nullable, bool(term.nulls_first))


def _sort(rows: list[Any], order: Order, *, backwards: bool) -> None:
    """Sort rows of several parts by the order: stable sorts, the last column first."""
    for column in reversed(order.columns):
        rows.sort(key=lambda row: column.rank(row, backwards=backwards), reverse=column.descending != backwards)
