"""The lines of billing reports: by month, action and company, for search and export."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from companies import finding
from companies.models import Company
from companies.pages.one_company import on_tab
from portal.admin_tools import MirrorAdmin
from portal.list_exports import Column, export_action
from portal.partners.models import PartnerAccount
from receivables.models import BilledUse, BillingMonth

_COLUMNS = (
    Column("month", _("Month"), lambda row: str(row.month)),
    Column("account", _("Account"), lambda row: str(row.account)),
    Column("company", _("Company"), lambda row: row.company_name),
    Column("business_id", _("Business id"), lambda row: row.business_id),
    Column("company_uuid", _("AutoInvoice id"), lambda row: row.company_uuid),
    Column("software", _("Software"), lambda row: row.software),
    Column("action", _("Action"), lambda row: row.action),
    Column("count", _("Count"), lambda row: row.count),
    Column("license_key", _("Licence"), lambda row: row.license_key, chosen=False),
    Column("license_meta", _("About the licence"), lambda row: row.license_meta, chosen=False),
    Column("licensing_system", _("Licensing system"), lambda row: row.licensing_system, chosen=False),
    Column("state", _("State"), lambda row: _("final") if row.month.is_final else _("can change")),
)


class MonthFilter(DropdownFilter):
    title, parameter_name = _("month"), "month__id__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        months = BillingMonth.objects.visible_to(request.user).exclude(read_at=None).select_related("account")
        shown = months.only("month", "account__name").order_by("-month", "account__name")[:120]
        return [(str(row.pk), f"{date_format(row.month, 'F Y')} · {row.account}") for row in shown]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or ""
        return queryset.filter(month=value) if value.isdecimal() else queryset


class ActionFilter(DropdownFilter):
    title, parameter_name = _("action"), "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        months = BillingMonth.objects.filter(account__in=PartnerAccount.objects.visible_to(request.user))
        newest = months.order_by("-month").values_list("totals", flat=True)[:36]
        return [(name, name) for name in sorted({name for totals in newest for name in totals})]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(BilledUse)
class BilledUseAdmin(MirrorAdmin):
    list_display = ("shown_company", "business_id", "month", "action", "count", "software", "account")
    list_display_links = None
    list_filter = (MonthFilter, ActionFilter, "account")
    search_fields = ("company_name",)
    search_help_text = _("Name, business id or AutoInvoice id of the company")
    list_related = ("company", "account", "month")
    ordering = ("-month__month", "-count", "-pk")
    paginator = InfinitePaginator
    actions = (export_action(_COLUMNS, ("month", "account")),)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("receivables.view_billing")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("receivables.view_billing")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("account__user_key", "account__vendor_key")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """One month is shown by count, which has an index; all of them by id."""
        return ("-count", "-pk") if request.GET.get("month__id__exact") else ("-pk",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        text = search_term.strip()
        if not text:
            return queryset, False
        found = Company.objects.visible_to(request.user).filter(finding.matching(text))
        return queryset.filter(company__in=found.values("pk")), False

    @display(description=_("Company"), ordering="company_name")
    def shown_company(self, row: BilledUse) -> SafeString | str:
        if row.company is None:
            return row.company_name or row.company_uuid
        return format_html('<a href="{}">{}</a>', on_tab(row.company, "overview"), row.company_name or row.company)
