"""Invoices on a company's page."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from companies.tabs import Tab
from invoices import links, pills
from invoices.models import Invoice, Upload
from invoices.pages import detect
from portal.operations import pills as operation_pills
from portal.operations.enums import OPEN_STATES, TROUBLED_STATES
from portal.operations.models import Operation

_SHOWN = 20


def _context(request: HttpRequest, company: Company) -> dict[str, Any]:
    recent = company.invoices.order_by("-created_at")
    return {
        "invoices": [_row(invoice) for invoice in recent[:_SHOWN]],
        "uploads": [_upload(upload) for upload in _waiting(company)],
        **detect.of_company(request, company),
        "may_choose": request.user.has_perm("invoices.choose_receiving"),
        "may_send": request.user.has_perm("invoices.send_invoice"),
    }


def _row(invoice: Invoice) -> dict[str, Any]:
    return {"invoice": invoice, "url": links.page_of(invoice), "status": pills.status_pill(invoice)}


def _waiting(company: Company) -> list[Upload]:
    """Return given files that are no invoice at AutoInvoice yet, and whose sending was asked for."""
    states = (*OPEN_STATES, *TROUBLED_STATES)
    return list(company.uploads.filter(operations__state__in=states).distinct().order_by("-created_at")[:_SHOWN])


def _upload(upload: Upload) -> dict[str, Any]:
    operation: Operation | None = upload.operations.order_by("-pk").first()
    return {
        "upload": upload,
        "url": links.files_page(upload.company_id, [upload.pk]),
        "state": operation_pills.of_operation(operation) if operation else "",
    }


TAB = Tab("invoices", _("Invoices"), "invoices/_tab_invoices.html", _context, "invoices.view_invoice", order=30)
