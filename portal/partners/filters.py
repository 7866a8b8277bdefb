from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.partners.models import ApiCall


class CallOutcomeFilter(admin.SimpleListFilter):
    """How a call ended, in three words instead of all status numbers."""

    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("good", _("Answered")), ("refused", _("Refused")), ("failed", _("Failed or no answer"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ApiCall]) -> QuerySet[ApiCall]:
        match self.value():
            case "good":
                return queryset.filter(status__lt=400)
            case "refused":
                return queryset.filter(status__range=(400, 499))
            case "failed":
                return queryset.filter(Q(status__isnull=True) | Q(status__gte=500))
            case _:
                return queryset
