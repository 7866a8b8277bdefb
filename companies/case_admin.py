"""The list of cases: the open ones first, the oldest on top, with whose move it is."""

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from companies import cases, finding
from companies.models import Case, Company
from companies.pages import cases as case_page
from portal.admin_tools import MirrorAdmin
from portal.pills import pill


class KindFilter(DropdownFilter):
    title, parameter_name = _("kind"), "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(kind.name, kind.label) for kind in cases.kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class StateFilter(DropdownFilter):
    """Open ones unless somebody asks for others."""

    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("Open")), ("closed", _("Closed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "open":
            return queryset.filter(closed_at=None)
        return queryset.exclude(closed_at=None) if self.value() == "closed" else queryset


@admin.register(Case)
class CaseAdmin(MirrorAdmin):
    list_display = ("shown_subject", "shown_company", "shown_kind", "shown_step", "shown_whose", "shown_age", "account")
    list_display_links = ("shown_subject",)
    list_filter = (StateFilter, KindFilter, ("whose", ChoicesDropdownFilter), "account")
    search_fields = ("subject",)
    search_help_text = _("Company, business id or address")
    list_related = ("company", "account")
    ordering = (F("closed_at").desc(nulls_first=True), "opened_at", "id")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        text = search_term.strip()
        if not text:
            return queryset, False
        companies = Company.objects.visible_to(request.user).filter(finding.matching(text))
        return queryset.filter(company__in=companies) | queryset.filter(subject__icontains=text), False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return case_page.show(request, object_id)

    @display(description=_("About"))
    def shown_subject(self, case: Case) -> str:
        return case.subject or f"{case.kind} {case.pk}"

    @display(description=_("Company"))
    def shown_company(self, case: Case) -> SafeString | str:
        if case.company is None:
            return "–"
        link = reverse("admin:companies_company_change", args=[case.company.pk])
        return format_html('<a href="{}">{}</a>', link, case.company)

    @display(description=_("Kind"))
    def shown_kind(self, case: Case) -> Any:
        kind = cases.kind_of(case)
        return kind.label if kind else case.kind

    @display(description=_("Step"))
    def shown_step(self, case: Case) -> SafeString:
        if not case.is_open:
            return pill(cases.word(case, case.outcome), "neutral", "task_alt")
        step = cases.step_of(case)
        return pill(step.label, step.tone)

    @display(description=_("Whose move"))
    def shown_whose(self, case: Case) -> str:
        return str(case.get_whose_display()) if case.is_open else "–"

    @display(description=_("Age"), ordering="opened_at")
    def shown_age(self, case: Case) -> str:
        return timesince(case.opened_at, case.closed_at or None)
