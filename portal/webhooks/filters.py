"""Filters of the deliveries' list."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.webhooks.models import Delivery

_LOOKED_AT = 2000  # rows; a list of all events ever seen would read the whole table


class EventFilter(SimpleListFilter):
    """Events that came lately."""

    title = _("event")
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows: QuerySet[Delivery] = model_admin.get_queryset(request)
        latest = rows.order_by("-pk").values_list("event", flat=True)[:_LOOKED_AT]
        return [(event or "-", event or str(_("unreadable"))) for event in sorted(set(latest))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        wanted = self.value()
        return queryset if wanted is None else queryset.filter(event="" if wanted == "-" else wanted)
