"""Lists of what failed: invoices, and files that AutoInvoice did not take."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from invoices import links, pills, remedies
from invoices.enums import Status
from invoices.failures import queue as failures
from invoices.failures.reroute_forms import BulkEinvoiceForm
from invoices.filters import AgeFilter, CauseFilter, CreatedFilter, MoverFilter, WorkFilter
from invoices.list_admin import InvoiceAdmin
from invoices.models import FailedInvoice, RefusedUpload, UploadQuerySet
from invoices.operations import SEND_AGAIN, RerouteToEinvoice, RerouteToEmail, RerouteToPrint, Resend
from invoices.pages import invoice as invoice_page
from portal.admin_tools import MirrorAdmin
from portal.operations.actions import bulk_action
from portal.pills import pill


def _cause(row: failures.Failure) -> str:
    found = remedies.by_key(row.remedy_key)
    return found.name if found.key else row.error_text[:120]


def _mover(row: failures.Failure) -> SafeString:
    return pill(pills.mover_word(row.remedy_by or remedies.BY_DEFAULT), "warn", "person")


def _age(since: datetime | None) -> str:
    return timesince(since, depth=1) if since else "–"


@admin.action(description=_("Settled otherwise: nothing more is sent"), permissions=["settle"])
def settle(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> None:
    """Take the chosen rows off the work list."""
    count = failures.settle(list(queryset), by=request.user)
    text = ngettext("%(n)d failure is settled.", "%(n)d failures are settled.", count)
    messages.success(request, text % {"n": count})


class _MaySettle:
    def has_settle_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("invoices.reroute_invoice")


@admin.register(FailedInvoice)
class FailedInvoiceAdmin(_MaySettle, InvoiceAdmin):
    list_display = (
        "shown_number", "shown_status", "shown_cause", "shown_mover", "shown_company", "counterparty_name", "shown_age",
    )  # fmt: skip
    list_filter = (WorkFilter, CauseFilter, MoverFilter, AgeFilter, CreatedFilter, "account")
    actions = (
        bulk_action(RerouteToEinvoice.kind, BulkEinvoiceForm),
        bulk_action(RerouteToEmail.kind),
        bulk_action(RerouteToPrint.kind),
        bulk_action(Resend.kind),
        settle,
        "export_csv",
        "export_zip",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(status=Status.FAILED)

    @admin.display(description=_("Cause"))
    def shown_cause(self, invoice: FailedInvoice) -> str:
        return _cause(invoice)

    @admin.display(description=_("Whose move"))
    def shown_mover(self, invoice: FailedInvoice) -> SafeString:
        return _mover(invoice)

    @admin.display(description=_("Failed for"), ordering="fact_at")
    def shown_age(self, invoice: FailedInvoice) -> str:
        return _age(invoice.fact_at)


@admin.register(RefusedUpload)
class RefusedUploadAdmin(_MaySettle, MirrorAdmin):
    list_display = ("shown_name", "shown_cause", "shown_mover", "shown_company", "receiver", "shown_age")
    list_display_links = ("shown_name",)
    list_filter = (WorkFilter, CauseFilter, MoverFilter, AgeFilter, "account")
    search_fields = ("number", "name", "receiver")
    search_help_text = _("Number, file or receiver")
    list_related = ("company", "account")
    ordering = ("-refused_at", "-id")
    empty_hint = _("Files that AutoInvoice does not take stand here with their reason.")
    never_empty = ("refused_at",)
    actions = (bulk_action(SEND_AGAIN.name), settle)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        return UploadQuerySet.refused(rows)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("invoices.view_upload")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("invoices.view_upload")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return invoice_page.show_upload(request, object_id)

    @admin.display(description=_("File"), ordering="name")
    def shown_name(self, upload: RefusedUpload) -> str:
        return f"{upload.number} · {upload.name}" if upload.number else upload.name

    @admin.display(description=_("Cause"))
    def shown_cause(self, upload: RefusedUpload) -> str:
        return _cause(upload) or _now("unknown")

    @admin.display(description=_("Whose move"))
    def shown_mover(self, upload: RefusedUpload) -> SafeString:
        return _mover(upload)

    @admin.display(description=_("Company"))
    def shown_company(self, upload: RefusedUpload) -> SafeString:
        return format_html('<a href="{}">{}</a>', links.files_page(upload.company_id, [upload.pk]), upload.company)

    @admin.display(description=_("Refused for"), ordering="refused_at")
    def shown_age(self, upload: RefusedUpload) -> str:
        return _age(upload.refused_at)
