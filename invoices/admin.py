"""Lists of invoices and of files to send; the pages behind them are in `invoices.pages`."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

import invoices.detect.admin  # registers its lists, as those of the other rooms do
import invoices.failures.admin
import invoices.letters.admin
import invoices.receiving.admin
import invoices.trade.admin  # noqa: F401
from invoices import links
from invoices.enums import Direction
from invoices.list_admin import InvoiceAdmin
from invoices.models import SentInvoice, Upload
from invoices.pages import invoice as invoice_page
from portal.admin_tools import MirrorAdmin
from portal.operations import pills as operation_pills
from portal.operations.models import Operation
from portal.pills import pill


@admin.register(SentInvoice)
class SentInvoiceAdmin(InvoiceAdmin):
    list_display = ("shown_number", "shown_status", "shown_company", "counterparty_name", "shown_total", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(direction=Direction.SENT)


@admin.register(Upload)
class UploadAdmin(MirrorAdmin):
    """Files that staff gave: how their sending stands."""

    list_display = ("name", "shown_state", "shown_company", "number", "receiver", "created_by", "created_at")
    list_filter = ("account",)
    search_fields = ("number", "name")
    search_help_text = _("Number or file")
    list_related = ("company", "account", "created_by")
    ordering = ("-created_at", "-id")
    sortable_by = ("created_at",)

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
