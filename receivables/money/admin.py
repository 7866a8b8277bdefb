"""What the list of assignments needs for the figures of the money page to lead to their rows."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from receivables.collection.admin import AssignmentAdmin
from receivables.models import AgencyMoney


class PaidFilter(DropdownFilter):
    """Assignments on which something was paid, whatever became of them."""

    title, parameter_name = _("paid"), "paid"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Something was paid")), ("no", _("Nothing was paid yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "yes":
            return queryset.filter(paid_amount__gt=0)
        return queryset.exclude(paid_amount__gt=0) if self.value() == "no" else queryset


class CurrencyFilter(DropdownFilter):
    title, parameter_name = _("currency"), "currency"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        known = AgencyMoney.objects.order_by().values_list("currency", flat=True).distinct()
        return [(name, name) for name in sorted(known) if name]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(currency=self.value()) if self.value() else queryset


_filters: Any = (*AssignmentAdmin.list_filter, PaidFilter, CurrencyFilter)
AssignmentAdmin.list_filter = _filters
