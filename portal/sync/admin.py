"""Sync runs in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portal.admin_tools import MirrorAdmin
from portal.pills import pill
from portal.sync import registry
from portal.sync.models import RunState, SyncRun
from portal.sync.step_admin import DriftAdmin, GapAdmin

__all__ = ["DriftAdmin", "GapAdmin", "SyncRunAdmin"]

_TONES = {
    RunState.RUNNING: "info",
    RunState.DONE: "good",
    RunState.PART: "info",
    RunState.FAILED: "bad",
    RunState.LOST: "warn",
}


class SourceFilter(admin.SimpleListFilter):
    """The feeds and watches that the apps have registered."""

    title = _("what")
    parameter_name = "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(source.name, source.label) for source in registry.all_sources()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SyncRun]) -> QuerySet[SyncRun]:
        return queryset.filter(source=self.value()) if self.value() else queryset


@admin.register(SyncRun)
class SyncRunAdmin(MirrorAdmin):
    list_display = (
        "started_at", "shown_source", "account", "shown_state", "seen", "inserted", "updated", "skipped", "failed",
        "calls", "shown_error",
    )  # fmt: skip
    list_filter = ("state", SourceFilter, "account")
    list_related = ("account",)
    ordering = ("-id",)
    fields = (
        "started_at", "ended_at", "shown_source", "account", "company_uuid", "shown_state", "since", "until", "calls",
        "asking_ms", "writing_ms", "pages", "seen", "inserted", "updated", "skipped", "failed", "position", "error",
    )  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[SyncRun]:
        rows: QuerySet[SyncRun] = super().get_queryset(request)
        return rows.defer("account__user_key", "account__vendor_key")

    @display(description=_("what"), ordering="source")
    def shown_source(self, run: SyncRun) -> str:
        known = {source.name: source.label for source in registry.all_sources()}
        return str(known.get(run.source, run.source))

    @display(description=_("state"), ordering="state")
    def shown_state(self, run: SyncRun) -> str:
        state = RunState(run.state)
        return pill(state.label, _TONES[state])

    @display(description=_("error"))
    def shown_error(self, run: SyncRun) -> str:
        return run.error[:120] or "–"
