"""Drift and gaps in the admin: what was not in step, since when, and what was done about it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portal.admin_tools import MirrorAdmin
from portal.pills import pill
from portal.sync import comparing
from portal.sync.models import Drift, DriftKind, Gap

_TONES = {DriftKind.MISSING: "bad", DriftKind.DIFFERENT: "warn", DriftKind.GONE: "warn"}


def _company(uuid: Any) -> str:
    try:
        return format_html('<a href="{}?q={}">{}</a>', reverse("admin:companies_company_changelist"), uuid, uuid)
    except NoReverseMatch:
        return str(uuid)


class _Step(MirrorAdmin):
    list_related = ("account",)
    ordering = ("-id",)
    search_fields = ("company_uuid__exact", "subject__exact")
    search_help_text = _("The UUID of a company or an invoice, whole")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("account__user_key", "account__vendor_key")


class ComparerFilter(admin.SimpleListFilter):
    """What the apps compare."""

    title = _("what")
    parameter_name = "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(comparing.labels().items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Drift]) -> QuerySet[Drift]:
        return queryset.filter(source=self.value()) if self.value() else queryset


@admin.register(Drift)
class DriftAdmin(_Step):
    list_display = (
        "found_at", "shown_source", "title", "shown_kind", "field", "local", "remote", "since", "shown_told", "repair",
    )  # fmt: skip
    list_filter = ("kind", ComparerFilter, "account")
    list_before_template = "sync/compare.html"
    fields = (
        "found_at", "account", "shown_company", "shown_source", "title", "subject", "shown_kind", "field", "local",
        "remote", "since", "event", "shown_told", "repair", "shown_run",
    )  # fmt: skip
    readonly_fields = fields

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {**(extra_context or {}), "may_reconcile": request.user.has_perm("sync.reconcile")}
        response: HttpResponse = super().changelist_view(request, context)
        return response

    @display(description=_("company"))
    def shown_company(self, drift: Drift) -> str:
        return _company(drift.company_uuid)

    @display(description=_("what"))
    def shown_source(self, drift: Drift) -> str:
        return str(comparing.labels().get(drift.source, drift.source))

    @display(description=_("how"))
    def shown_kind(self, drift: Drift) -> str:
        kind = DriftKind(drift.kind)
        return pill(kind.label, _TONES[kind])

    @display(description=_("should have been told by"))
    def shown_told(self, drift: Drift) -> str:
        if not drift.event:
            return str(_("No event tells of it"))
        if drift.delivery_id is None:
            return format_html("{}: {}", drift.event, _("never came"))
        url = reverse("admin:webhooks_delivery_change", args=[drift.delivery_id])
        return format_html('<a href="{}">{} #{}</a>', url, drift.event, drift.delivery_id)

    @display(description=_("comparison"))
    def shown_run(self, drift: Drift) -> str:
        if drift.run_id is None:
            return "–"
        return format_html(
            '<a href="{}">#{}</a>', reverse("admin:sync_syncrun_change", args=[drift.run_id]), drift.run_id
        )


class OpenFilter(admin.SimpleListFilter):
    """Open gaps, unless others are asked for."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("Open")), ("closed", _("Closed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Gap]) -> QuerySet[Gap]:
        return queryset.filter(closed_at__isnull=self.value() == "open") if self.value() else queryset


@admin.register(Gap)
class GapAdmin(_Step):
    list_display = ("known_at", "title", "shown_lacking", "account", "shown_asked", "asked_at", "closed_at")
    list_filter = (OpenFilter, "lacking", "account")
    fields = (
        "known_at", "found_at", "account", "shown_company", "title", "subject", "shown_lacking", "shown_asked",
        "asked_at", "closed_at",
    )  # fmt: skip
    readonly_fields = fields

    @display(description=_("company"))
    def shown_company(self, gap: Gap) -> str:
        return _company(gap.company_uuid)

    @display(description=_("what is lacking"))
    def shown_lacking(self, gap: Gap) -> str:
        return pill(gap.get_lacking_display(), "good" if gap.closed_at else "warn")

    @display(description=_("asked for"))
    def shown_asked(self, gap: Gap) -> str:
        return str(gap.get_asked_display()) if gap.asked else str(_("Nothing yet"))
