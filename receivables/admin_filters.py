"""Filters of this app's lists: those of the Receivables API, and what staff ask for beside them."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter

from portal.lists.filters import WordFilter
from receivables.enums import (
    Agency,
    AssignmentStatus,
    EventType,
    HandOverStatus,
    MatchWay,
    Origin,
    ProposalState,
    ServiceStatus,
    Stage,
)

DUE_SOON_DAYS = 7


class DaysFilter(RangeDateFilter):
    """Rows whose moment lies on or between two days of the viewer."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        first, last = self._day("from"), self._day("to")
        if first:
            queryset = queryset.filter(**{f"{self.parameter_name}__gte": _begin(first)})
        return queryset.filter(**{f"{self.parameter_name}__lt": _begin(last + timedelta(days=1))}) if last else queryset

    def _day(self, end: str) -> date | None:
        given = self.used_parameters.get(f"{self.parameter_name}_{end}") or ""
        try:
            return parse_date(given)
        except ValueError:
            return None


class AgencyFilter(WordFilter):
    title, parameter_name = _("agency"), "agency"
    words = list(Agency.choices)


class ServiceStatusFilter(WordFilter):
    title, parameter_name = _("status"), "status"
    words = list(ServiceStatus.choices)


class HandOverStatusFilter(WordFilter):
    title, parameter_name = _("status"), "status"
    words = list(HandOverStatus.choices)


class StageFilter(WordFilter):
    title, parameter_name = _("stage"), "stage"
    words = list(Stage.choices)


class EventTypeFilter(WordFilter):
    title, parameter_name = _("event"), "type"
    words = list(EventType.choices)


class OriginFilter(WordFilter):
    title, parameter_name = _("from"), "origin"
    words = list(Origin.choices)


class ProposalStateFilter(WordFilter):
    title, parameter_name = _("state"), "state"
    words = list(ProposalState.choices)


class MatchWayFilter(WordFilter):
    title, parameter_name = _("found by"), "way"
    words = list(MatchWay.choices)


class StandingFilter(DropdownFilter):
    """How an assignment stands; the overview's figures lead here."""

    title, parameter_name = _("standing"), "standing"
    _words = {
        "open": _("Open"),
        "due_soon": _("Open, due within a week"),
        "overdue": _("Open, overdue"),
        AssignmentStatus.PARTIALLY_CLOSED.value: _("Capital paid, charges open"),
        AssignmentStatus.CLOSED.value: _("Closed"),
        "other": _("Other words"),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(self._words.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        today = timezone.localdate()
        wanted = self.value()
        if wanted == "open":
            return queryset.open()  # type: ignore[attr-defined,no-any-return]
        if wanted == "due_soon":
            return queryset.due_soon(today, today + timedelta(days=DUE_SOON_DAYS))  # type: ignore[attr-defined,no-any-return]
        if wanted == "overdue":
            return queryset.overdue(today)  # type: ignore[attr-defined,no-any-return]
        if wanted == "other":
            return queryset.exclude(status__in=AssignmentStatus.values)
        return queryset.filter(status=wanted) if wanted else queryset


class UnseenFilter(DropdownFilter):
    """Assignments with events of the agency that nobody has looked at, and such events."""

    title, parameter_name = _("seen"), "seen"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("Not seen"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "no":
            return queryset
        return queryset.filter(unseen__gt=0) if hasattr(queryset.model, "unseen") else queryset.unseen()  # type: ignore[attr-defined]


class WaitingFilter(DropdownFilter):
    """Agreements that nobody has signed for a week."""

    title, parameter_name = _("waiting"), "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("week", _("For a week or longer"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "week":
            return queryset
        return queryset.filter(pending_since__lte=timezone.now() - timedelta(days=7))


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
