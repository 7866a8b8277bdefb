"""Filters of the admin's lists by one column: a remote word, or one of ours."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

OTHER = "other"


class ColumnFilter(DropdownFilter):
    """
    Rows whose column holds the chosen word.

    :cvar words: word and text of each choice
    :cvar column: its name; "": as the parameter
    :cvar has_others: the column holds AutoInvoice's words, of which some may be new to us: "other" finds them
    """

    words: Iterable[tuple[str, Any]]
    column = ""
    has_others = False

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*self.words, *([(OTHER, _("Other words"))] if self.has_others else [])]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen, column = self.value(), self.column or self.parameter_name
        if chosen == OTHER and self.has_others:
            return queryset.exclude(**{f"{column}__in": [word for word, _text in self.words]})
        return queryset.filter(**{str(column): chosen}) if chosen else queryset


class WordFilter(ColumnFilter):
    """Rows by a word of AutoInvoice's."""

    has_others = True
