"""The list of print jobs; their pages are in `invoices.pages.printing`."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from invoices.filters import CreatedFilter
from invoices.letters import words
from invoices.models import PrintJob
from invoices.pages import printing
from portal.admin_tools import MirrorAdmin


@admin.register(PrintJob)
class PrintJobAdmin(MirrorAdmin):
    list_display = ("name", "shown_status", "shown_mode", "shown_company", "letters", "pages", "created_at")
    list_filter = (CreatedFilter, "test_mode", "account")
    search_fields = ("name",)
    search_help_text = _("Name of a letter, number at the service, or company")
    list_related = ("company", "account")
    ordering = ("-created_at", "-id")
    empty_hint = _("Register a Finnish company on its Printing tab, then print letters from there.")

    def matching(self, text: str) -> Q:
        return Q(name__icontains=text) | Q(number=text) | Q(company__name__icontains=text)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("invoices.view_printjob")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return printing.show(request, object_id)

    @admin.display(description=_("Status"))
    def shown_status(self, job: PrintJob) -> SafeString:
        return words.status_pill(job)

    @admin.display(description=_("Mode"))
    def shown_mode(self, job: PrintJob) -> SafeString | str:
        return words.mode_pill(test_mode=job.test_mode) if job.sent_at else "–"

    @admin.display(description=_("Company"))
    def shown_company(self, job: PrintJob) -> SafeString:
        link = f"{reverse('admin:companies_company_change', args=[job.company_id])}?tab=printing"
        return format_html('<a href="{}">{}</a>', link, job.company)
