"""What the lists of invoices have in common."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from invoices import finding, links, pills
from invoices.files import bundles
from invoices.filters import CreatedFilter, StatusFilter
from invoices.models import Invoice
from invoices.pages import invoice as invoice_page
from portal import csv_output
from portal.admin_tools import MirrorAdmin
from portal.lists.columns import figure

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
    list_select_related = ("company",)
    list_display_links = ("shown_number",)
    ordering = ("-created_at", "-id")
    sortable_by: tuple[str, ...] = ("created_at",)
    actions: tuple[Any, ...] = ("export_csv", "export_zip")

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

    @admin.action(description=_("Download files as ZIP"), permissions=["view"])
    def export_zip(self, request: HttpRequest, queryset: QuerySet[Invoice]) -> StreamingHttpResponse:
        """Pack the files of the chosen rows, or with “select all” of everything that the filters let through."""
        rows = queryset.select_related("company").prefetch_related("files").order_by("pk")
        packed = bundles.stream(bundles.of(invoice) for invoice in rows.iterator(chunk_size=200))
        answer = StreamingHttpResponse(packed, content_type="application/zip")
        answer["Content-Disposition"] = f'attachment; filename="invoices-{timezone.localdate():%Y-%m-%d}.zip"'
        return answer

    @admin.display(description=_("Number"), ordering="number")
    def shown_number(self, invoice: Invoice) -> str:
        return str(invoice)

    @admin.display(description=_("Status"))
    def shown_status(self, invoice: Invoice) -> SafeString:
        return pills.status_pill(invoice)

    @admin.display(description=_("Company"))
    def shown_company(self, invoice: Invoice) -> SafeString:
        return format_html('<a href="{}">{}</a>', links.page_of_company(invoice.company_id), invoice.company)

    @figure
    @admin.display(description=_("With tax"))
    def shown_total(self, invoice: Invoice) -> str:
        if invoice.total_amount is None:
            return "–"
        return f"{number_format(invoice.total_amount, 2, use_l10n=True, force_grouping=True)} {invoice.currency}"


def _cells(rows: Any) -> Iterator[list[Any]]:
    for invoice in rows:
        yield [str(value) if (value := getattr(invoice, name)) is not None else "" for name in _EXPORTED]
