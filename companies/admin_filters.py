"""Filters of the companies' list that are about what staff added."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from companies.models import Tag


class TagFilter(DropdownFilter):
    """Companies with a tag; the viewer's accounts' tags only."""

    title, parameter_name = _("tag"), "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        tags = Tag.objects.visible_to(request.user).order_by("name", "account__name")
        return [(str(pk), name) for pk, name in tags.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = str(self.value() or "")
        if not value.isdigit():
            return queryset
        return queryset.filter(pk__in=QuerySet(Tag.companies.through).filter(tag=value).values("company"))
