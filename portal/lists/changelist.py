"""The admin's list of one model, by key: what `ModelAdmin.get_changelist` answers for the lists of this project."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.views import ChangeList

from portal.lists import counting, facets, keyset, secrets, text
from portal.lists.counting import Count

AFTER, BEFORE = "after", "before"
END = "end"  # as BEFORE: the last page
PLACE_PARAMETERS = (AFTER, BEFORE)  # of an address: where in the list, not which rows


class KeysetChangeList(ChangeList):
    """
    A list whose pages are found by key and whose count stops at a cap.

    Its address holds `after=` or `before=` a position; `page` has the rows, `first_place` the number of the first one
    (0: nobody knows, deep in a list that is too long to count).
    """

    page: keyset.Page
    first_place = 0

    def get_filters_params(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        found: dict[str, Any] = super().get_filters_params(params)
        return {name: value for name, value in found.items() if name not in PLACE_PARAMETERS}

    def get_query_string(self, new_params: dict[str, Any] | None = None, remove: list[str] | None = None) -> str:
        query: str = super().get_query_string(new_params, [*(remove or []), *PLACE_PARAMETERS])
        return query

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """Sort by one column that the list offers; other wishes in an address are as if they were not there."""
        wish = self.params.get(ORDER_VAR, "").split(".")[0]
        number = wish.removeprefix("-")
        offered = number.isdecimal() and int(number) < len(self.list_display)
        if offered and self.list_display[int(number)] in self.sortable_by:
            self.params[ORDER_VAR] = wish
        else:
            self.params.pop(ORDER_VAR, None)
        ordering: list[Any] = super().get_ordering(request, queryset)
        if ORDER_VAR not in self.params:
            return list(dict.fromkeys(ordering))  # Django names the list's own order twice
        # By that column and then by key, both in the direction of the wish: an index is read in one.
        return [ordering[0], "-pk" if str(ordering[0]).startswith("-") else "pk"]

    def get_filters(self, request: HttpRequest) -> Any:
        """Return Django's answer; "Show counts" counts each choice no further than the list itself is counted."""
        found = super().get_filters(request)
        for each in found[0]:
            if hasattr(each, "get_facet_counts"):
                each.get_facet_queryset = partial(facets.of, each)
        return found

    def get_results(self, request: HttpRequest) -> None:
        self.order = keyset.Order.of(self.queryset, self.model_admin.never_empty)
        self.page, self.result_count = keyset.Page([], has_earlier=False, has_later=False), Count(0)
        # An action on ticked rows is answered by another page: nothing of this one is read.
        if request.method != "POST" or ACTION_CHECKBOX_NAME not in request.POST:
            self._read(request)
        self.result_list = self.page.rows
        self.show_full_result_count, self.full_result_count = False, self.result_count  # the page itself says it
        self.show_admin_actions, self.can_show_all = True, False
        self.multi_page = self.page.has_earlier or self.page.has_later
        self.paginator = Paginator(self.result_list, self.list_per_page)  # for templates that ask; it counts nothing

    def _read(self, request: HttpRequest) -> None:
        """Read the page that the address names, and count."""
        backwards = BEFORE in request.GET
        before, position = self._place(request.GET.get(BEFORE if backwards else AFTER, ""))
        found = counting.capped(self.queryset, text.FEW) if self.query else None
        shown = self._met_in_order(request) if found is not None and found.is_capped else self.queryset
        shown = shown.defer(*secrets.of(self.model, self.list_select_related or ()))
        shown = shown.prefetch_related(*(secrets.beside(self.model, path) for path in self.model_admin.list_related))
        parts = self.model_admin.parts(request, shown)
        self.page = keyset.page(parts, self.order, self.list_per_page, position, backwards=backwards)
        self.result_count = found if found is not None else self._count()
        self.first_place = self._first_place(before, backwards=backwards)

    @property
    def last_place(self) -> int:
        return self.first_place + len(self.result_list) - 1

    @property
    def earlier_url(self) -> str:
        return self._url(BEFORE, self.first_place - 1, self.result_list[:1]) if self.page.has_earlier else ""

    @property
    def later_url(self) -> str:
        return self._url(AFTER, self.last_place, self.result_list[-1:]) if self.page.has_later else ""

    @property
    def first_url(self) -> str:
        return self.get_query_string() if self.page.has_earlier else ""

    @property
    def end_url(self) -> str:
        return self.get_query_string({BEFORE: END}) if self.page.has_later else ""

    def _url(self, parameter: str, before: int, rows: Iterable[Any]) -> str:
        known = before if self.first_place else -1
        return "".join(
            self.get_query_string({parameter: keyset.packed(known, self.order.position(row))}) for row in rows
        )

    def _met_in_order(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows of a search that finds many: the first are met soon by reading in its order."""
        with text.in_order():
            rows: QuerySet[Any] = self.get_queryset(request)
        return rows

    def _place(self, given: str) -> tuple[int, tuple[Any, ...] | None]:
        if given in ("", END):
            return 0, None
        try:
            return keyset.unpacked(given, self.order)
        except keyset.WrongPositionError as error:
            raise IncorrectLookupParameters(error) from error

    def _count(self) -> Count:
        if self.page.has_earlier or self.page.has_later:
            return counting.capped(self.queryset)
        return Count(len(self.page.rows))

    def _first_place(self, before: int, *, backwards: bool) -> int:
        """Return the number of the page's first row in the list; 0 when it cannot be told without counting."""
        shown = len(self.page.rows)
        if not self.page.has_earlier:
            return 1
        if not self.page.has_later:
            return 0 if self.result_count.is_capped else self.result_count - shown + 1
        if before < 0:
            return 0
        return before - shown + 1 if backwards else before + 1
