"""The list of all companies' services, with what threatens them."""

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
from companies.exports import service_columns
from companies.models import Company, ServiceState
from companies.pages.one_company import on_tab
from companies.side_services import catalogue, risks
from companies.side_services import forms as service_forms
from companies.side_services import pills as service_pills
from portal.admin_tools import MirrorAdmin
from portal.list_exports import export_action
from portal.operations.actions import bulk_action
from portal.partners.models import PartnerAccount

_STATES = {
    "on": (_("Active"), catalogue.LIVE),
    "coming": (_("Being opened"), catalogue.COMING),
    "broken": (_("Error"), catalogue.BROKEN),
    "off": (_("Not active"), catalogue.OFF),
}


class ServiceFilter(DropdownFilter):
    title, parameter_name = _("service"), "service"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(item.name, item.title) for item in catalogue.SERVICES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(service=self.value()) if self.value() else queryset


class ServiceStateFilter(DropdownFilter):
    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, word) for name, (word, _statuses) in _STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = _STATES.get(self.value() or "")
        return queryset.filter(status__in=known[1]) if known else queryset


class RiskFilter(DropdownFilter):
    """For rows of services, and for companies by their services."""

    title, parameter_name = _("risk"), "risk"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("autoscan", _("AutoScan without return e-mail"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "autoscan":
            return queryset
        threatened = risks.autoscan_without_email(PartnerAccount.objects.visible_to(request.user))
        named = threatened.values("company") if queryset.model is Company else threatened.values("pk")
        return queryset.filter(pk__in=named)


@admin.register(ServiceState)
class ServiceStateAdmin(MirrorAdmin):
    list_display = ("shown_company", "shown_service", "shown_key", "shown_status", "address", "shown_return", "told_at")
    list_display_links = None
    list_filter = (ServiceFilter, ServiceStateFilter, RiskFilter, "account")
    search_fields = ("company__name",)
    search_help_text = _("Name, business id or AutoInvoice id of the company")
    list_related = ("company", "account")
    ordering = ("-id",)
    actions = (
        *(bulk_action(kind, form, path="company") for kind, form in service_forms.BULK.items()),
        bulk_action("companies.refresh_services", path="company"),
        export_action(service_columns, ("company", "account")),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        text = search_term.strip()
        found = Company.objects.visible_to(request.user).filter(finding.matching(text)) if text else None
        return (queryset.filter(company__in=found.values("pk")) if found is not None else queryset), False

    @display(description=_("Company"))
    def shown_company(self, state: ServiceState) -> SafeString:
        return format_html('<a href="{}">{}</a>', on_tab(state.company, "services"), state.company)

    @display(description=_("Service"))
    def shown_service(self, state: ServiceState) -> Any:
        return catalogue.service(state.service).title

    @display(description=_("State"))
    def shown_status(self, state: ServiceState) -> SafeString:
        return service_pills.service_pill(state)

    @display(description=_("Account or number"))
    def shown_key(self, state: ServiceState) -> str:
        return state.key or "–"

    @display(description=_("Told"), ordering="fact_at")
    def told_at(self, state: ServiceState) -> Any:
        return state.fact_at

    @display(description=_("Return e-mail"))
    def shown_return(self, state: ServiceState) -> Any:
        return state.return_email or risks.of(state) or "–"
