"""Filters of the deliveries' list."""

from datetime import timedelta
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
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


class ReceivedFilter(SimpleListFilter):
    """How long ago it came: what an outage left is found by its time."""

    title = _("received")
    parameter_name = "received"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("Last hour")), ("24", _("Last day")), ("168", _("Last week"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        hours = self.value() or ""
        if not hours.isdecimal():
            return queryset
        return queryset.filter(received_at__gte=timezone.now() - timedelta(hours=min(int(hours), 10_000)))
