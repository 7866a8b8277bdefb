"""Quiet accounts: a list with the day on which each would be closed, and telling AutoInvoice that they are in use."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from companies import finding
from companies.exports import quiet_columns
from companies.life import activity
from companies.models import Company, QuietCompany
from companies.operations.lifecycle import KeepActive
from companies.operations.refresh import Refresh
from companies.pages import company as company_page
from portal.admin_tools import MirrorAdmin
from portal.list_exports import export_action
from portal.operations.actions import bulk_action
from portal.pills import pill

_SOON = 30  # days before closing


class QuietnessFilter(DropdownFilter):
    """How long nothing has happened; without a choice, all that need a look."""

    title, parameter_name = _("quiet"), "quiet"
    _words = {
        "quiet": _("11 months or more"),
        "soon": _("Closed within 30 days"),
        "unknown": _("Nothing known"),
        "closed": _("Closed by AutoInvoice"),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(self._words.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "quiet":
            return activity.quiet(queryset)
        if self.value() == "soon":
            limit = activity.months_from(timezone.now() + timedelta(days=_SOON), -activity.CLOSED)
            return queryset.filter(disabled=False, active_at__lte=limit)
        if self.value() == "unknown":
            return activity.unknown(queryset)
        return queryset.filter(disabled=True) if self.value() == "closed" else queryset


@admin.register(QuietCompany)
class QuietCompanyAdmin(MirrorAdmin):
    list_display = ("shown_name", "shown_id", "shown_active", "shown_age", "shown_closing", "account")
    list_display_links = None
    list_filter = (QuietnessFilter, "account")
    search_fields = ("name",)
    search_help_text = _("Name, business id or AutoInvoice id")
    list_related = ("account",)
    list_before_template = "companies/quiet.html"
    actions = (
        bulk_action(KeepActive.kind),
        bulk_action(Refresh.kind),
        export_action(quiet_columns, ("account", "profiles")),
    )

    def matching(self, text: str) -> Q:
        return finding.matching(text)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).order_by(F("active_at").asc(nulls_last=True), "pk")
        limit = activity.months_from(timezone.now(), -activity.LISTED)
        return rows.filter(Q(active_at__lte=limit) | activity.nothing_known() | Q(disabled=True))

    def get_ordering(self, request: HttpRequest) -> tuple[Any, ...]:
        return (F("active_at").asc(nulls_last=True), "pk")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("companies.view_company")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("companies.view_company")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return company_page.show(request, object_id)

    @display(description=_("Company"), ordering="name")
    def shown_name(self, company: Company) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("admin:companies_company_change", args=[company.pk]), company)

    @display(description=_("Business id"))
    def shown_id(self, company: Company) -> SafeString:
        return format_html('<span class="mono">{} {}</span>', company.country, company.business_id)

    @display(description=_("Last active"), ordering="active_at")
    def shown_active(self, company: Company) -> str:
        if company.active_at is None:
            return str(_("nothing known"))
        kept = company.kept_active_at and company.kept_active_at >= company.active_at
        day = date_format(timezone.localtime(company.active_at), "SHORT_DATE_FORMAT")
        return f"{day} ({_('kept active')})" if kept else day

    @display(description=_("Quiet for"))
    def shown_age(self, company: Company) -> str:
        months = months_between(company.active_at, timezone.now()) if company.active_at else 0
        return ngettext("%(n)d month", "%(n)d months", months) % {"n": months} if company.active_at else "–"

    @display(description=_("Closed on"))
    def shown_closing(self, company: Company) -> SafeString:
        return closing_pill(company)


def months_between(start: datetime, end: datetime) -> int:
    """Return how many whole months lie between two moments."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - 1 if activity.months_from(start, months) > end else months


def closing_pill(company: Company) -> SafeString:
    """Return when the company is closed, in the tone of its urgency."""
    if company.disabled:
        return pill(_("closed"), "bad", "block")
    closing = activity.closes_at(company)
    if closing is None:
        return pill(_("nobody knows"), "warn", "help")
    left = (closing - timezone.now()).days
    day = date_format(timezone.localtime(closing), "SHORT_DATE_FORMAT")
    if left < 0:
        return pill(_("%(day)s, overdue") % {"day": day}, "bad", "error")
    words = ngettext("%(day)s, in %(n)d day", "%(day)s, in %(n)d days", left) % {"day": day, "n": left}
    return pill(words, "bad" if left <= _SOON else "warn", "event_busy")
