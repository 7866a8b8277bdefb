"""The list of all companies' invoice credit."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from companies import finding
from companies.models import Company
from companies.pages.one_company import on_tab
from portal.admin_tools import MirrorAdmin
from portal.lists.columns import figure
from receivables.credit import pills as credit_pills
from receivables.enums import ServiceStatus
from receivables.models import InvoiceCredit


class CreditStatusFilter(DropdownFilter):
    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(ServiceStatus.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(status=self.value()) if self.value() else queryset


@admin.register(InvoiceCredit)
class InvoiceCreditAdmin(MirrorAdmin):
    list_display = ("shown_company", "shown_status", "shown_available", "shown_withdrawn", "shown_interest", "fact_at")
    list_display_links = None
    list_filter = (CreditStatusFilter, "account")
    search_fields = ("company__name",)
    search_help_text = _("Name, business id or AutoInvoice id of the company")
    list_related = ("company", "account")
    ordering = ("-id",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        text = search_term.strip()
        found = Company.objects.visible_to(request.user).filter(finding.matching(text)) if text else None
        return (queryset.filter(company__in=found.values("pk")) if found is not None else queryset), False

    @display(description=_("Company"))
    def shown_company(self, credit: InvoiceCredit) -> SafeString:
        return format_html('<a href="{}">{}</a>', on_tab(credit.company, "credit"), credit.company)

    @display(description=_("State"))
    def shown_status(self, credit: InvoiceCredit) -> SafeString:
        return credit_pills.credit_pill(credit)

    @figure
    @display(description=_("Available"), ordering="available")
    def shown_available(self, credit: InvoiceCredit) -> str:
        return _sum(credit.available)

    @figure
    @display(description=_("Owed to the bank"), ordering="withdrawn")
    def shown_withdrawn(self, credit: InvoiceCredit) -> str:
        return _sum(credit.withdrawn)

    @figure
    @display(description=_("Unpaid interest"), ordering="interest")
    def shown_interest(self, credit: InvoiceCredit) -> str:
        return _sum(credit.interest)


def _sum(amount: Decimal | None) -> str:
    return "–" if amount is None else credit_pills.euros(amount)
