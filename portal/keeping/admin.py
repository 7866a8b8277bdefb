"""Rules of retention, and the list of runs."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from portal import retention
from portal.keeping import pages, person_pages, pills
from portal.keeping.forms import RetentionRuleForm
from portal.keeping.models import PersonRequest, RetentionRule, RetentionRun
from portal.partners.models import PartnerAccount


class _ForAllAccounts(ModelAdmin):
    actions_on_bottom = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(RetentionRule)
class RetentionRuleAdmin(_ForAllAccounts):
    form = RetentionRuleForm
    list_display = ("shown_kind", "is_on", "days", "shown_lowest")
    list_before_template = "keeping/rules.html"
    ordering = ("kind",)
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[RetentionRule]:
        known = [kind.name for kind in retention.every()]
        rows: QuerySet[RetentionRule] = super().get_queryset(request)
        return rows.filter(kind__in=known)

    @display(description=_("what"))
    def shown_kind(self, rule: RetentionRule) -> str:
        return str(rule)

    @display(description=_("at least"))
    def shown_lowest(self, rule: RetentionRule) -> str:
        kind = retention.get(rule.kind)
        return str(kind.lowest) if kind else "–"


@admin.register(RetentionRun)
class RetentionRunAdmin(_ForAllAccounts):
    list_display = ("started_at", "shown_what", "shown_state", "shown_gone", "started_by", "ended_at")
    list_filter = ("state", "is_trial")
    list_select_related = ("started_by",)
    list_before_template = "keeping/rules.html"
    list_per_page = 50
    ordering = ("-id",)
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[RetentionRun]:
        rows: QuerySet[RetentionRun] = super().get_queryset(request)
        return rows.annotate(gone=Sum("steps__gone"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {**(extra_context or {}), "may_keep_house": request.user.has_perm("keeping.keep_house")}
        response: HttpResponse = super().changelist_view(request, context)
        return response

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return pages.show(request, object_id)

    @display(description=_("what"))
    def shown_what(self, run: RetentionRun) -> str:
        return str(_("Trial") if run.is_trial else _("Removal"))

    @display(description=_("state"))
    def shown_state(self, run: RetentionRun) -> str:
        return pills.of_run(run)

    @display(description=_("removed, or would be"))
    def shown_gone(self, run: RetentionRun) -> int:
        return int(getattr(run, "gone", 0) or 0)


@admin.register(PersonRequest)
class PersonRequestAdmin(_ForAllAccounts):
    list_display = ("reference", "shown_state", "started_by", "started_at", "decided_by", "ended_at")
    list_filter = ("state",)
    list_select_related = ("started_by", "decided_by")
    list_before_template = "keeping/persons.html"
    list_per_page = 50
    ordering = ("-id",)
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[PersonRequest]:
        """Show requests about accounts that the viewer may all see."""
        rows: QuerySet[PersonRequest] = super().get_queryset(request)
        visible = set(PartnerAccount.objects.visible_to(request.user).values_list("pk", flat=True))
        hidden = [pk for pk, accounts in rows.values_list("pk", "accounts") if not visible.issuperset(accounts)]
        return rows.exclude(pk__in=hidden).defer("wanted")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return person_pages.show(request, object_id)

    @display(description=_("state"))
    def shown_state(self, asked: PersonRequest) -> str:
        return person_pages.pill_of(asked)
