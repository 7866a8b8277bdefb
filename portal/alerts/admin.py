"""Alerts as a list, and what administrators set: rules and destinations."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portal import watching
from portal.admin_tools import AccountScopedAdmin, MirrorAdmin
from portal.alerts import pages, pills
from portal.alerts.forms import AlertRuleForm, DestinationForm
from portal.alerts.models import Alert, AlertRule, Destination
from portal.partners.models import PartnerAccount


class StateFilter(admin.SimpleListFilter):
    """How alerts stand."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("open", _("Open")),
            ("acknowledged", _("Acknowledged")),
            ("muted", _("Muted")),
            ("ended", _("Ended")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Alert]:
        rows = {
            "open": queryset.calling,
            "acknowledged": queryset.acknowledged,
            "muted": queryset.muted,
            "ended": queryset.ended,
        }
        found: QuerySet[Alert] = rows.get(self.value() or "", queryset.all)()
        return found


class KindFilter(admin.SimpleListFilter):
    """What is watched."""

    title = _("what")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(watched.name, watched.label) for watched in watching.every()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Alert]) -> QuerySet[Alert]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Alert)
class AlertAdmin(MirrorAdmin):
    list_display = ("shown_label", "shown_state", "text", "account", "opened_at", "raised_at", "ended_at")
    list_display_links = ("shown_label",)
    list_filter = (StateFilter, KindFilter, "severity", "account")
    list_related = ("account",)
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Alert]:
        rows: QuerySet[Alert] = super().get_queryset(request)
        return rows.defer("account__user_key", "account__vendor_key")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return pages.show(request, object_id)

    @display(description=_("what"))
    def shown_label(self, alert: Alert) -> str:
        return alert.label

    @display(description=_("state"))
    def shown_state(self, alert: Alert) -> str:
        return pills.of_alert(alert)


class _Set(AccountScopedAdmin):
    """Rows that are for one of the viewer's accounts, or for all accounts."""

    list_related = ("account",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model.objects.all()
        visible = PartnerAccount.objects.visible_to(request.user)
        return rows.filter(Q(account=None) | Q(account__in=visible)).defer("account__user_key", "account__vendor_key")

    def parts(self, request: HttpRequest, rows: QuerySet[Any]) -> list[QuerySet[Any]]:
        return [rows]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        made = super().get_form(request, obj, change, **kwargs)

        class Bound(made):  # type: ignore[misc, valid-type]
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, viewer=request.user, **kwargs)

        return Bound

    @display(description=_("for"))
    def shown_for(self, row: Any) -> Any:
        return row.account or _("all accounts")


@admin.register(AlertRule)
class AlertRuleAdmin(_Set):
    form = AlertRuleForm
    list_display = (
        "shown_what", "is_on", "threshold", "shown_measure", "severity", "worse_percent", "calm_minutes", "shown_for",
    )  # fmt: skip
    list_filter = ("is_on", "severity")
    ordering = ("kind", "id")

    @display(description=_("what"))
    def shown_what(self, rule: AlertRule) -> str:
        return str(rule)

    @display(description=_("of"))
    def shown_measure(self, rule: AlertRule) -> str:
        watched = watching.get(rule.kind)
        return str(watched.measure) if watched else "–"


@admin.register(Destination)
class DestinationAdmin(_Set):
    form = DestinationForm
    list_display = ("name", "way", "shown_where", "least_severity", "tells_end", "is_active", "shown_for")
    list_filter = ("way", "is_active")
    ordering = ("name", "id")
    change_form_after_template = "alerts/test.html"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # what was told stays on record; switch a destination off instead

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        found = Destination.objects.filter(pk=object_id).first() if object_id and object_id.isdigit() else None
        context = {**(extra_context or {}), "tests": pages.tests_of(found, request.user)}
        response: HttpResponse = super().changeform_view(request, object_id, form_url, context)
        return response

    @display(description=_("where to"))
    def shown_where(self, destination: Destination) -> str:
        return ", ".join(destination.addresses()) or destination.url.partition("?")[0]
