"""Where operations may name a person: the record of who did what stays until its retention rule lets it go."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.operations.models import Operation
from portal.persons import Person, Place, register

_COLUMNS = ("parameters", "result", "error_text")


def _operations(person: Person, accounts: Sequence[int]) -> QuerySet[Operation]:
    rows: QuerySet[Any] = Operation.objects.filter(account__in=accounts)
    found = Q(pk__in=[])
    for column in _COLUMNS:
        rows = rows.annotate(**{f"{column}_as_text": Cast(column, TextField())})
        for word in person.words():
            found |= Q(**{f"{column}_as_text__icontains": word})
    return rows.filter(found)


def _never(_row: Any, _person: Person) -> None:
    raise AssertionError("such rows stay")


register(
    Place(
        "operations.operations",
        _("Operations"),
        _COLUMNS,
        find=_operations,
        stays=lambda _row: _("The record of what staff did at AutoInvoice: it goes by its retention rule"),
        erase=_never,
        url=lambda row: reverse("admin:operations_operation_change", args=[row.pk]),
    )
)
