"""The list of received invoices."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from invoices import pills
from invoices.enums import Direction
from invoices.filters import CreatedFilter, StatusFilter
from invoices.hand_overs import admin as hand_over_admin
from invoices.list_admin import InvoiceAdmin
from invoices.models import Invoice, ReceivedInvoice
from invoices.receiving.filters import SavedFilter


@admin.register(ReceivedInvoice)
class ReceivedInvoiceAdmin(InvoiceAdmin):
    actions = ("export_csv", "export_zip", hand_over_admin.hand_over)
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
