"""What Detect warns of, the gravest first; reports of fraud; and Detect for many companies at once."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import DropdownFilter

from companies.admin import CompanyAdmin
from invoices import links, pills
from invoices.detect import words as detect_words
from invoices.detect.forms import DetectForm
from invoices.enums import Severity
from invoices.models import Finding, FraudReport
from invoices.operations import ReadDetectChecks, SetDetectChecks
from invoices.pages.detect import shown
from invoices.pages.fraud import reasons_of
from portal.admin_tools import MirrorAdmin
from portal.operations.actions import bulk_action
from portal.pills import pill

CompanyAdmin.actions = (
    *CompanyAdmin.actions,
    bulk_action(SetDetectChecks.kind, DetectForm),
    bulk_action(ReadDetectChecks.kind),
)


class SeverityFilter(DropdownFilter):
    title, parameter_name = _("severity"), "severity"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        named = [(str(one.value), one.label) for one in reversed(Severity) if one is not Severity.NONE]
        return [*named, ("all", _("Also those that say nothing"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        if self.value() in {str(one.value) for one in Severity}:
            return queryset.filter(severity=int(self.value() or 0))
        return queryset.filter(severity__gte=Severity.LOW)


class SeenFilter(DropdownFilter):
    title, parameter_name = _("looked at"), "seen"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("Not yet")), ("yes", _("Looked at"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "no":
            return queryset.filter(seen_at=None)
        return queryset.exclude(seen_at=None) if self.value() == "yes" else queryset


class CheckFilter(DropdownFilter):
    title, parameter_name = _("check"), "check"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(detect_words.CHECKS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(check_name=self.value()) if self.value() else queryset


@admin.register(Finding)
class FindingAdmin(MirrorAdmin):
    list_display = (
        "shown_what",
        "shown_severity",
        "shown_invoice",
        "shown_company",
        "shown_sender",
        "found_at",
        "seen_by",
    )
    list_display_links = ("shown_what",)
    list_filter = (SeverityFilter, SeenFilter, CheckFilter, "account")
    list_related = ("invoice__company", "account", "seen_by")
    search_fields = ("invoice__number", "invoice__counterparty_name")
    search_help_text = _("Number of the invoice, or name of the sender")
    ordering = ("-severity", "-id")
    empty_hint = _("Switch checks on for a company: on its page, under Invoices → Detect.")
    actions = ("mark_seen",)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        return redirect(links.page_of(row.invoice) if row else "admin:invoices_finding_changelist")

    def has_see_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("invoices.handle_invoice")

    @admin.action(description=_("Mark as looked at"), permissions=["see"])
    def mark_seen(self, request: HttpRequest, queryset: QuerySet[Finding]) -> None:
        """Take findings off the open ones; a finding that changes later comes back."""
        count = queryset.filter(seen_at=None).update(seen_at=timezone.now(), seen_by=request.user)
        text = ngettext("%(n)d finding is marked.", "%(n)d findings are marked.", count)
        self.message_user(request, text % {"n": count}, messages.SUCCESS)

    @admin.display(description=_("What was found"))
    def shown_what(self, row: Finding) -> Any:
        return shown(row).title

    @admin.display(description=_("Severity"), ordering="severity")
    def shown_severity(self, row: Finding) -> SafeString:
        return pills.finding_pill(row)

    @admin.display(description=_("Invoice"))
    def shown_invoice(self, row: Finding) -> str:
        return str(row.invoice)

    @admin.display(description=_("Company"))
    def shown_company(self, row: Finding) -> str:
        return str(row.invoice.company)

    @admin.display(description=_("Sender"))
    def shown_sender(self, row: Finding) -> str:
        return row.invoice.counterparty_name


@admin.register(FraudReport)
class FraudReportAdmin(MirrorAdmin):
    list_display = ("shown_invoice", "shown_state", "shown_sender", "shown_reasons", "reported_at", "reported_by")
    list_display_links = ("shown_invoice",)
    list_filter = (("withdrawn_at", admin.EmptyFieldListFilter), "account")
    list_related = ("invoice__company", "account", "reported_by")
    search_fields = ("invoice__number", "invoice__counterparty_name")
    search_help_text = _("Number of the invoice, or name of the sender")
    ordering = ("-id",)
    empty_hint = _("A received invoice is reported on its own page, under Fraud.")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        return redirect(links.page_of(row.invoice) if row else "admin:invoices_fraudreport_changelist")

    @admin.display(description=_("Invoice"))
    def shown_invoice(self, row: FraudReport) -> str:
        return f"{row.invoice} · {row.invoice.company}"

    @admin.display(description=_("State"))
    def shown_state(self, row: FraudReport) -> SafeString:
        return pill(_("Withdrawn"), "neutral", "undo") if row.withdrawn_at else pill(_("Reported"), "bad", "gavel")

    @admin.display(description=_("Sender"))
    def shown_sender(self, row: FraudReport) -> str:
        return row.invoice.counterparty_name

    @admin.display(description=_("Reasons"))
    def shown_reasons(self, row: FraudReport) -> str:
        return "; ".join(reasons_of(row))
