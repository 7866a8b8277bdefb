"""Partner accounts and the call log in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from portal import maventa
from portal.admin_tools import MirrorAdmin
from portal.partners import calls, clients, links
from portal.partners.checks import ConnectionReport, Finding, Level, check_connection
from portal.partners.filters import CallOutcomeFilter
from portal.partners.forms import TEST, URL_FIELDS, PartnerAccountForm
from portal.partners.models import ApiCall, Environment, PartnerAccount
from portal.pills import pill

_TONES = {Environment.PRODUCTION: "bad", Environment.STAGE: "warn", Environment.SANDBOX: "info"}


@admin.register(PartnerAccount)
class PartnerAccountAdmin(ModelAdmin):
    form = PartnerAccountForm
    change_form_outer_before_template = "partners/connection_report.html"  # on top, where the page opens
    change_form_after_template = "partners/connection_test.html"
    list_display = ("name", "shown_environment", "company_uuid", "own_kyc", "is_active")
    list_filter = ("environment", "is_active")
    search_fields = ("name", "company_uuid")
    warn_unsaved_form = True
    fieldsets = (
        (None, {"fields": ("name", "environment", "company_uuid")}),
        (_("Keys"), {"fields": ("new_user_key", "new_vendor_key")}),
        (_("Simulator addresses (sandbox only)"), {"fields": URL_FIELDS}),
        (_("Authorizing companies"), {"fields": ("own_kyc", "default_method")}),
        (_("Quiet companies"), {"fields": ("keeps_active",)}),
        (_("Pace of calls"), {"fields": ("calls_per_second", "parallel_calls")}),
        (_("Access"), {"fields": ("staff", "is_active")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[PartnerAccount]:
        rows: QuerySet[PartnerAccount] = super().get_queryset(request)
        # Keys are read only where they are used: one that cannot be decrypted must not close the page that mends it.
        return rows.filter(pk__in=PartnerAccount.objects.visible_to(request.user)).defer("user_key", "vendor_key")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Rows of one environment must never be taken for another's: the two that say whose they are stay."""
        return ("environment", "company_uuid") if obj else ()

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = dict(extra_context or {})
        context["account_links"] = links.links_for(request.user, object_id) if object_id else ()
        if request.method == "POST" and TEST in request.POST:
            # Here, not while saving: no call leaves the house inside a transaction.
            context["connection"] = self._tested(request, object_id)
        response: HttpResponse = super().changeform_view(request, object_id, form_url, context)
        return response

    def save_model(self, request: HttpRequest, obj: PartnerAccount, form: Any, change: bool) -> None:
        if change and isinstance(form, PartnerAccountForm) and form.keys_changed:
            obj.key_version += 1  # tokens of the old keys are forgotten with it
            obj.user_remote_id = ""  # whose key the new one is has to be asked
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change and not request.user.is_superuser:
            form.instance.staff.add(request.user)  # or whoever made the account could not see it

    @display(description=_("environment"), ordering="environment")
    def shown_environment(self, account: PartnerAccount) -> str:
        environment = Environment(account.environment)
        return pill(environment.label, _TONES[environment])

    def _tested(self, request: HttpRequest, object_id: str | None) -> ConnectionReport | None:
        """Try the values as they were typed; None when they do not make an account, the form shows why."""
        stored = self.get_object(request, object_id) if object_id else None
        allowed = self.has_change_permission(request, stored) if object_id else self.has_add_permission(request)
        if not allowed or (object_id and stored is None):
            return None
        form = self.get_form(request, stored, change=stored is not None)(request.POST, instance=stored)
        if form.errors:
            return None
        try:
            credentials = clients.credentials_of(form.instance)
        except maventa.ConfigurationError as exc:
            return ConnectionReport((Finding(Level.BAD, exc.staff_text),))
        return check_connection(credentials, calls.writer(stored.pk) if stored else None)


@admin.register(ApiCall)
class ApiCallAdmin(MirrorAdmin):
    list_display = (
        "at",
        "account",
        "shown_company",
        "method",
        "path",
        "shown_status",
        "ms",
        "shown_operation",
        "error",
    )
    list_filter = (CallOutcomeFilter, "account", "api", "method")
    list_related = ("account",)
    search_fields = ("company_uuid__exact", "request_id__exact")
    search_help_text = _("A company's UUID or a request id, whole")
    ordering = ("-at", "-id")
    sortable_by = ("at",)
    fields = (
        "at", "account", "company_uuid", "api", "method", "path", "status", "ms", "request_id", "operation_id", "error",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiCall]:
        rows: QuerySet[ApiCall] = super().get_queryset(request)
        return rows.defer("account__user_key", "account__vendor_key")

    @display(description=_("at"), ordering="-at")
    def shown_at(self, call: ApiCall) -> str:
        return timezone.localtime(call.at).strftime("%Y-%m-%d %H:%M:%S")

    @display(description=_("status"), ordering="status")
    def shown_status(self, call: ApiCall) -> str:
        if call.status is None:
            return pill(_("no answer"), "bad")
        tone = "good" if call.status < 400 else "warn" if call.status < 500 else "bad"
        return pill(str(call.status), tone)

    @display(description=_("company"))
    def shown_company(self, call: ApiCall) -> str:
        if call.company_uuid is None:
            return "–"
        return _linked("admin:companies_company_changelist", str(call.company_uuid), query=f"?q={call.company_uuid}")

    @display(description=_("operation"), ordering="operation_id")
    def shown_operation(self, call: ApiCall) -> str:
        if call.operation_id is None:
            return "–"
        return _linked("admin:operations_operation_change", f"#{call.operation_id}", call.operation_id)


def _linked(name: str, text: str, *args: Any, query: str = "") -> str:
    """Return a link to a page of another room, which is known by its name only."""
    try:
        return format_html('<a href="{}{}">{}</a>', reverse(name, args=args), query, text)
    except NoReverseMatch:
        return text
