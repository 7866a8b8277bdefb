"""The list of unknown errors, the most frequent first; explaining one makes it known."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import DropdownFilter

from portal.atlas import unknown
from portal.atlas.models import UnknownError
from portal.pills import pill


class ExplainedFilter(DropdownFilter):
    title, parameter_name = _("explained"), "explained"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("Not yet")), ("yes", _("By staff"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "no":
                return queryset.filter(cause="")
            case "yes":
                return queryset.exclude(cause="")
        return queryset


class ExplanationForm(ModelForm):  # type: ignore[type-arg]
    def clean(self) -> dict[str, Any]:
        """Refuse half an explanation; an empty one takes it back."""
        cleaned = super().clean() or {}
        for name, other in (("cause", "remedy"), ("remedy", "cause")):
            if cleaned.get(other) and not cleaned.get(name):
                self.add_error(name, _now("Colleagues need both: why it happens, and what to do."))
        return cleaned


@admin.register(UnknownError)
class UnknownErrorAdmin(ModelAdmin):
    form = ExplanationForm
    list_display = ("shown_text", "code", "area", "count", "last_at", "shown_explained")
    list_filter = (ExplainedFilter, "area")
    search_fields = ("text", "code", "name")
    search_help_text = _("AutoInvoice's words, code or name")
    empty_hint = _("Errors that the atlas does not know are counted here, to be explained by a lead.")
    ordering = ("-count", "-last_at")
    list_per_page = 50
    readonly_fields = ("area", "code", "text", "count", "first_at", "last_at", "edited_by", "edited_at")
    fields = ("area", "code", "text", "count", "first_at", "last_at", "name", "cause", "remedy", "by", "edited_by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # they are met, not made

    @admin.display(description=_("AutoInvoice's words"), ordering="text")
    def shown_text(self, row: UnknownError) -> str:
        return row.text or row.code or "–"

    @admin.display(description=_("Explained"))
    def shown_explained(self, row: UnknownError) -> SafeString:
        return pill(row.name or _("By staff"), "good") if row.is_explained else pill(_("Not yet"), "warn", "help")

    def save_model(self, request: HttpRequest, obj: UnknownError, form: Any, change: bool) -> None:
        user: Any = request.user
        obj.edited_by, obj.edited_at = user, timezone.now()
        super().save_model(request, obj, form, change)
        unknown.tell(obj)
