"""The admin's list of one model, by key: what `ModelAdmin.get_changelist` answers for the lists of this project."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.views import ChangeList

from portal.lists import counting, keyset
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
        text: str = super().get_query_string(new_params, [*(remove or []), *PLACE_PARAMETERS])
        return text

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

    def get_results(self, request: HttpRequest) -> None:
        self.order = keyset.Order.of(self.queryset, self.model_admin.never_empty)
        size = self.list_per_page
        backwards = BEFORE in request.GET
        text = request.GET.get(BEFORE if backwards else AFTER, "")
        before, position = self._place(text)
        parts = self.model_admin.parts(request, self.queryset)
        self.page = keyset.page(parts, self.order, size, position, backwards=backwards)
        self.result_list = self.page.rows
        self.result_count = self._count()
        self.first_place = self._first_place(before, backwards=backwards)
        self.show_full_result_count, self.full_result_count = False, self.result_count  # the page itself says it
        self.show_admin_actions, self.can_show_all = True, False
        self.multi_page = self.page.has_earlier or self.page.has_later
        self.paginator = Paginator(self.result_list, size)  # for templates that ask; it counts nothing

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

    def _place(self, text: str) -> tuple[int, tuple[Any, ...] | None]:
        if text in ("", END):
            return 0, None
        try:
            return keyset.unpacked(text, self.order)
        except keyset.WrongPositionError as error:
            raise IncorrectLookupParameters(error) from error

    def _count(self) -> Count:
        if self.page.has_earlier or self.page.has_later:
            return counting.capped(self.queryset)
        return Count(len(self.result_list))

    def _first_place(self, before: int, *, backwards: bool) -> int:
        """Return the number of the page's first row in the list; 0 when it cannot be told without counting."""
        shown = len(self.result_list)
        if not self.page.has_earlier:
            return 1
        if not self.page.has_later:
            return 0 if self.result_count.is_capped else self.result_count - shown + 1
        if before < 0:
            return 0
        return before - shown + 1 if backwards else before + 1
