"""Filters of the invoice lists."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from invoices import remedies
from invoices.enums import Mover, Status
from invoices.models import InvoiceQuerySet, RefusedUpload, successors
from invoices.models.settled import settled


class StatusFilter(DropdownFilter):
    title, parameter_name = _("status"), "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        odd = [("stuck", _("Stuck")), ("failed_later", _("Failed after delivery"))]
        return [*Status.choices, *odd, ("other", _("Other words"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        odd: dict[str | None, Callable[[Any], QuerySet[Any]]] = {
            "stuck": InvoiceQuerySet.stuck,
            "failed_later": InvoiceQuerySet.failed_after_delivery,
        }
        if self.value() in odd:
            return odd[self.value()](queryset)
        if self.value() == "other":
            return queryset.exclude(status__in=Status.values)
        return queryset.filter(status=self.value()) if self.value() else queryset


class CreatedFilter(DropdownFilter):
    """A span up to now, or one day (as the dashboard's chart asks)."""

    title, parameter_name = _("created"), "created"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        spans = [("1", _("Today")), ("7", _("Last 7 days")), ("30", _("Last 30 days")), ("365", _("Last year"))]
        given = self.used_parameters.get(self.parameter_name) or ""
        return spans if given in dict(spans) or not _day(given) else [*spans, (given, given)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        given = self.value() or ""
        day = _day(given)
        if day:
            return queryset.filter(created_at__gte=day_begins(day), created_at__lt=day_begins(day + timedelta(days=1)))
        if given.isdecimal():
            since = timezone.localdate() - timedelta(days=min(int(given), 3650) - 1)
            return queryset.filter(created_at__gte=day_begins(since))
        return queryset


class CauseFilter(DropdownFilter):
    title, parameter_name = _("cause"), "cause"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        given = self.used_parameters.get(self.parameter_name) or ""
        one = [(given, remedies.by_key(given).name)] if given.startswith("unknown:") else []
        return [*remedies.names(), ("unknown", _("Not known to the portal")), *one]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        if self.value() == "unknown":
            return queryset.filter(Q(remedy_key="") | Q(remedy_key__startswith="unknown:"))
        return queryset.filter(remedy_key=self.value())


class MoverFilter(DropdownFilter):
    title, parameter_name = _("whose move"), "by"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Mover.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(remedy_by=self.value()) if self.value() else queryset


class WorkFilter(DropdownFilter):
    """Failures that want somebody, unless others are asked for."""

    title, parameter_name = _("work"), "work"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("To do")), ("done", _("Sent again or settled")), ("all", _("To do and done"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "all":
                return queryset
            case "done":
                return queryset.filter(successors() | settled())
        return queryset.filter(~successors(), ~settled())


class AgeFilter(DropdownFilter):
    """How long ago it failed: for rows with `fact_at` or `refused_at`."""

    title, parameter_name = _("failed"), "age"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("Less than a day ago")), ("7", _("1 to 7 days ago")), ("8", _("More than 7 days ago"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        field = "refused_at" if queryset.model is RefusedUpload else "fact_at"
        now = timezone.now()
        spans = {
            "1": {f"{field}__gte": now - timedelta(days=1)},
            "7": {f"{field}__lt": now - timedelta(days=1), f"{field}__gte": now - timedelta(days=7)},
            "8": {f"{field}__lt": now - timedelta(days=7)},
        }
        return queryset.filter(**spans.get(self.value() or "", {}))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def day_begins(day: date) -> datetime:
    """Return the moment a day begins in the viewer's zone."""
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001  made aware at once
