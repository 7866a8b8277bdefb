"""Lists of invoices and of files to send; the pages behind them are in `invoices.pages`."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from invoices import finding, links, pills, remedies
from invoices.enums import Direction, Status
from invoices.filters import CauseFilter, CreatedFilter, MoverFilter, StatusFilter
from invoices.models import FailedInvoice, Invoice, ReceivedInvoice, SentInvoice, Upload
from invoices.operations import RerouteToEinvoice, RerouteToEmail, RerouteToPrint
from invoices.pages import invoice as invoice_page
from invoices.received_filters import SavedFilter
from invoices.reroute_forms import BulkEinvoiceForm
from portal import csv_output
from portal.admin_tools import MirrorAdmin
from portal.operations import pills as operation_pills
from portal.operations.actions import bulk_action
from portal.operations.models import Operation
from portal.pills import pill

_EXPORTED = (
    "uuid",
    "company",
    "status",
    "number",
    "counterparty_name",
    "counterparty_country",
    "business_id",
    "invoice_date",
    "due_date",
    "sum_amount",
    "total_amount",
    "currency",
    "destination",
    "created_at",
    "error_text",
)


class InvoiceAdmin(MirrorAdmin):
    """What the lists have in common."""

    list_filter: tuple[Any, ...] = (StatusFilter, CreatedFilter, "account")
    search_fields = ("number",)
    search_help_text = _("Number, UUID, business id or name of the other party")
    list_select_related = ("company", "account")
    list_display_links = ("shown_number",)
    ordering = ("-created_at", "-id")
    actions: tuple[Any, ...] = ("export_csv",)

    def matching(self, text: str) -> Q:
        return finding.matching(text)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("invoices.view_invoice")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("invoices.view_invoice")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return invoice_page.show(request, object_id)

    @admin.action(description=_("Export as CSV"), permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: QuerySet[Invoice]) -> StreamingHttpResponse:
        """Export the chosen rows, or with “select all” everything that the filters let through."""
        rows = queryset.select_related("company").order_by("-created_at", "-id").iterator(chunk_size=2000)
        answer = StreamingHttpResponse(csv_output.lines(_EXPORTED, _cells(rows)), content_type=csv_output.CONTENT_TYPE)
        answer["Content-Disposition"] = 'attachment; filename="invoices.csv"'
        return answer

    @admin.display(description=_("Number"), ordering="number")
    def shown_number(self, invoice: Invoice) -> str:
        return str(invoice)

    @admin.display(description=_("Status"))
    def shown_status(self, invoice: Invoice) -> SafeString:
        return pills.status_pill(invoice)

    @admin.display(description=_("Company"))
    def shown_company(self, invoice: Invoice) -> SafeString:
        link = reverse("admin:companies_company_change", args=[invoice.company_id])
        return format_html('<a href="{}">{}</a>', link, invoice.company)

    @admin.display(description=_("With tax"))
    def shown_total(self, invoice: Invoice) -> str:
        if invoice.total_amount is None:
            return "–"
        return f"{number_format(invoice.total_amount, 2, use_l10n=True, force_grouping=True)} {invoice.currency}"


def _cells(rows: Any) -> Iterator[list[Any]]:
    for invoice in rows:
        yield [str(value) if (value := getattr(invoice, name)) is not None else "" for name in _EXPORTED]


@admin.register(SentInvoice)
class SentInvoiceAdmin(InvoiceAdmin):
    list_display = ("shown_number", "shown_status", "shown_company", "counterparty_name", "shown_total", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(direction=Direction.SENT)


@admin.register(ReceivedInvoice)
class ReceivedInvoiceAdmin(InvoiceAdmin):
    list_display = (
        "shown_number", "shown_status", "shown_saved", "shown_company", "shown_sender", "shown_total", "created_at"
    )  # fmt: skip
    list_filter = (StatusFilter, SavedFilter, CreatedFilter, "account")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(direction=Direction.RECEIVED)

    @admin.display(description=_("Sender"))
    def shown_sender(self, invoice: Invoice) -> str:
        return invoice.counterparty_name

    @admin.display(description=_("Saved here"))
    def shown_saved(self, invoice: Invoice) -> SafeString:
        return pills.saved_pill(invoice)


@admin.register(FailedInvoice)
class FailedInvoiceAdmin(InvoiceAdmin):
    list_display = (
        "shown_number", "shown_status", "shown_cause", "shown_mover", "shown_company", "counterparty_name", "fact_at",
    )  # fmt: skip
    list_filter = (CauseFilter, MoverFilter, CreatedFilter, "account")
    actions = (
        bulk_action(RerouteToEinvoice.kind, BulkEinvoiceForm),
        bulk_action(RerouteToEmail.kind),
        bulk_action(RerouteToPrint.kind),
        "export_csv",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(status=Status.FAILED)

    @admin.display(description=_("Cause"))
    def shown_cause(self, invoice: Invoice) -> str:
        return str(remedies.by_key(invoice.remedy_key).name) if invoice.remedy_key else invoice.error_text[:120]

    @admin.display(description=_("Whose move"))
    def shown_mover(self, invoice: Invoice) -> SafeString:
        return pill(pills.mover_word(invoice.remedy_by or remedies.GENERAL.by), "warn", "person")


@admin.register(Upload)
class UploadAdmin(MirrorAdmin):
    """Files that staff gave: how their sending stands."""

    list_display = ("name", "shown_state", "shown_company", "number", "receiver", "created_by", "created_at")
    list_filter = ("account",)
    search_fields = ("number", "name")
    list_select_related = ("company", "account", "created_by")
    ordering = ("-created_at", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        latest = Operation.objects.order_by("-pk")
        return (
            super().get_queryset(request).prefetch_related(Prefetch("operations", latest, to_attr="latest_operations"))
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return invoice_page.show_upload(request, object_id)

    @admin.display(description=_("State"))
    def shown_state(self, upload: Upload) -> SafeString:
        operations: list[Operation] = upload.latest_operations  # type: ignore[attr-defined]
        return operation_pills.of_operation(operations[0]) if operations else pill(_("Not sent"), "neutral", "draft")

    @admin.display(description=_("Company"))
    def shown_company(self, upload: Upload) -> SafeString:
        return format_html('<a href="{}">{}</a>', links.files_page(upload.company_id, [upload.pk]), upload.company)
