"""Lists of companies, onboardings and network profiles; the pages behind them are in `companies.pages`."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

import companies.case_admin  # registers its list, as those of the rooms do
import companies.life.quiet_admin
import companies.reminders.admin
import companies.staff_notes.tag_admin  # noqa: F401
from companies import bulk_acts, finding, moves, pills
from companies.admin_filters import TagFilter
from companies.enums import USABLE_STATES, AuthState, CompanyState, ProfileStatus
from companies.exports import company_columns, onboarding_columns, profile_columns
from companies.forms import COUNTRY_NAMES
from companies.models import Company, NetworkProfile, Onboarding
from companies.networks import catalogue
from companies.networks.forms import ExtensionsForm, ProveForm
from companies.pages import company as company_page
from companies.pages import onboardings as onboarding_page
from companies.side_services import admin as service_admin
from companies.side_services import forms as service_forms
from companies.staff_notes.tagging import tag_companies
from companies.users.forms import BulkAddUserForm, BulkRemoveUserForm
from portal.admin_tools import MirrorAdmin
from portal.list_exports import export_action
from portal.lists.filters import ColumnFilter
from portal.operations.actions import bulk_action
from portal.partners.models import PartnerAccount
from portal.pills import pill


class CountryFilter(ColumnFilter):
    title, parameter_name = _("country"), "country"
    words = tuple(COUNTRY_NAMES.items())


class NetworkFilter(ColumnFilter):
    title, parameter_name = _("network"), "network"
    words = tuple((name, name) for name in catalogue.names())


class ProfileStatusFilter(ColumnFilter):
    title, parameter_name = _("status"), "status"
    words = tuple(ProfileStatus.choices)


class StandingFilter(DropdownFilter):
    """How far a company has come, in staff words; the dashboard's cards lead here."""

    title, parameter_name = _("standing"), "standing"
    _words = {
        "verified": _("Verified"),
        "waiting": _("Waiting for signature"),
        "expired": _("Signature expired"),
        "declined": _("Signer declined"),
        "unauthorized": _("Not authorized"),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(self._words.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "verified":
            return queryset.filter(state__in=USABLE_STATES)
        if self.value() == "unauthorized":
            return queryset.filter(state=CompanyState.UNVERIFIED, auth_state__in=[AuthState.NONE, ""])
        if self.value() not in _REQUESTS:
            return queryset
        accounts = PartnerAccount.objects.visible_to(request.user)
        return queryset.filter(pk__in=_REQUESTS[self.value()](accounts).values("company"))


_REQUESTS: dict[Any, Any] = {"waiting": moves.waiting, "expired": moves.expired, "declined": moves.declined}


@admin.register(Company)
class CompanyAdmin(MirrorAdmin):
    list_display = ("shown_name", "shown_id", "shown_state", "shown_networks", "account", "created_at")
    list_display_links = ("shown_name",)
    list_filter = (StandingFilter, CountryFilter, service_admin.RiskFilter, TagFilter, "account")
    search_fields = ("name",)
    search_help_text = _("Name, business id or AutoInvoice id")
    list_related = ("account",)
    ordering = ("-created_at", "-id")
    sortable_by = ("shown_name", "created_at")
    actions = (
        *bulk_acts.on_companies(),
        bulk_action("companies.set_extensions", ExtensionsForm),
        bulk_action("companies.prove_reception", ProveForm),
        bulk_action("companies.add_user", BulkAddUserForm),
        bulk_action("companies.remove_user", BulkRemoveUserForm),
        *(bulk_action(kind, form) for kind, form in service_forms.BULK.items()),
        bulk_action("companies.refresh_services"),
        export_action(company_columns, ("account", "profiles")),
        tag_companies,
    )

    def matching(self, text: str) -> Q:
        return finding.matching(text)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Company]:
        live = NetworkProfile.objects.exclude(status=ProfileStatus.DISABLED).order_by("network")
        rows: QuerySet[Company] = super().get_queryset(request)
        return rows.prefetch_related(Prefetch("profiles", live, to_attr="live_profiles"), "tags")

    def has_tag_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("companies.tag_company")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return company_page.show(request, object_id)

    @display(description=_("Company"), ordering="name")
    def shown_name(self, company: Company) -> SafeString:
        tags = ((tag.colour, tag.name) for tag in company.tags.all())
        shown = format_html_join(" ", '<span class="tag tag-{}">{}</span>', tags)
        return format_html("{} {}", company, shown) if shown else format_html("{}", company)

    @display(description=_("Business id"))
    def shown_id(self, company: Company) -> SafeString:
        return format_html('<span class="mono">{} {}</span>', company.country, company.business_id)

    @display(description=_("Standing"))
    def shown_state(self, company: Company) -> SafeString:
        return pills.company_pill(company)

    @display(description=_("Networks"))
    def shown_networks(self, company: Company) -> SafeString:
        tones: dict[str, str] = {ProfileStatus.ACTIVE: "good", ProfileStatus.ERROR: "bad"}
        live: list[NetworkProfile] = company.live_profiles  # type: ignore[attr-defined]
        icons: dict[str, str] = {ProfileStatus.ACTIVE: "check", ProfileStatus.ERROR: "error"}
        return format_html_join(
            " ",
            "{}",
            (
                (pill(profile.network, tones.get(profile.status, "info"), icons.get(profile.status, "hourglass_top")),)
                for profile in live
            ),
        )


@admin.register(Onboarding)
class OnboardingAdmin(MirrorAdmin):
    list_display = ("shown_name", "shown_id", "shown_state", "source", "source_file", "created_by", "created_at")
    list_filter = (("state", ChoicesDropdownFilter), CountryFilter, ("source", ChoicesDropdownFilter), "account")
    search_fields = ("name",)
    search_help_text = _("Name or business id")
    list_related = ("account", "created_by")
    ordering = ("-id",)
    actions = (
        *bulk_acts.on_companies("company"),
        export_action(onboarding_columns, ("account", "created_by")),
    )

    def matching(self, text: str) -> Q:
        return finding.matching_row(text, Onboarding)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return onboarding_page.show(request, int(object_id))

    @display(description=_("Company"))
    def shown_name(self, row: Onboarding) -> str:
        return str(row)

    @display(description=_("Business id"))
    def shown_id(self, row: Onboarding) -> SafeString:
        return format_html('<span class="mono">{} {}</span>', row.country, row.business_id)

    @display(description=_("State"))
    def shown_state(self, row: Onboarding) -> SafeString:
        return pills.onboarding_pill(row)


@admin.register(NetworkProfile)
class NetworkProfileAdmin(MirrorAdmin):
    list_display = ("shown_company", "network", "shown_status", "shown_address", "error_text", "fact_at")
    list_display_links = None
    list_filter = (NetworkFilter, ProfileStatusFilter, "account")
    list_related = ("company", "account")
    ordering = ("-id",)
    actions = (
        bulk_action("companies.close_profiles"),
        *bulk_acts.on_companies("company"),
        export_action(profile_columns, ("account", "company")),
    )

    @display(description=_("Company"))
    def shown_company(self, profile: NetworkProfile) -> SafeString:
        link = reverse("admin:companies_company_change", args=[profile.company_id])
        return format_html('<a href="{}">{}</a>', link, profile.company)

    @display(description=_("Status"))
    def shown_status(self, profile: NetworkProfile) -> SafeString:
        return pills.profile_pill(profile)

    @display(description=_("Address"))
    def shown_address(self, profile: NetworkProfile) -> str:
        return f"{profile.scheme}:{profile.endpoint_id}" if profile.endpoint_id else "–"
