"""Reporting fraud on a received invoice: what a report is, its reasons, sending and withdrawing it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from invoices import links
from invoices.detect import definitions
from invoices.detect import words as detect_words
from invoices.detect.forms import ReportForm
from invoices.enums import Direction
from invoices.models import FraudReport, Invoice
from invoices.operations import LookUpReport, ReportFraud, WithdrawReport
from invoices.pages.visible import in_its_list, visible
from portal.operations import queueing
from portal.operations.enums import OPEN_STATES
from portal.operations.handlers import NotQueueableError
from portal.operations.models import Operation
from portal.sites import page, site

_may_report = permission_required("invoices.report_fraud", raise_exception=True)


def register() -> None:
    """Hang the pages into the admin site."""
    own = site()
    own.register_view("invoices/page/<int:pk>/report/", report, "invoice_report")
    own.register_view("invoices/page/<int:pk>/report/withdraw/", withdraw, "invoice_report_withdraw")
    own.register_view("invoices/page/<int:pk>/report/look/", look_up, "invoice_report_look")


def context(request: HttpRequest, invoice: Invoice) -> dict[str, Any]:
    """Return what the card of a received invoice shows; nothing for a sent one."""
    if invoice.direction != Direction.RECEIVED:
        return {}
    found = FraudReport.objects.filter(invoice=invoice).select_related("reported_by").first()
    return {
        "report": found if found and not found.withdrawn_at else None,
        "report_before": found if found and found.withdrawn_at else None,
        "report_reasons": reasons_of(found) if found else [],
        "may_report": request.user.has_perm(ReportFraud.permission),
    }


def reasons_of(report: FraudReport) -> list[str]:
    """Return a report's reasons in the viewer's language."""
    return [
        detect_words.in_language(report.names.get(name, {})) or str(detect_words.REASONS.get(name, name))
        for name in report.reasons
    ]


@_may_report
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the report's fields; the second press, on what will be sent, queues it."""
    invoice = _received(request, pk)
    told = definitions.reporting(invoice.account)
    form = ReportForm(request.POST or None, reasons=told.reasons, initial={"contact_email": _email(request)})
    valid = request.method == "POST" and form.is_valid()
    if valid and "confirmed" in request.POST:
        return _queue(request, ReportFraud.kind, invoice, invoice, form.cleaned_data)
    names = dict(told.reasons)
    context = {
        "title": _("Report fraud"),
        "opts": invoice._meta,
        "original": invoice,
        "heading": _("Report invoice %(number)s of %(sender)s as fraud")
        % {"number": invoice, "sender": invoice.counterparty_name or "–"},
        "form": form,
        "disclaimer": told.disclaimer,
        "confirming": valid,
        "chosen": [names.get(name, name) for name in form.cleaned_data["reasons"]] if valid else [],
        "back": links.page_of(invoice),
    }
    return page(request, "invoices/report.html", context)


@_may_report
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then queue the withdrawal."""
    invoice = _received(request, pk)
    found = FraudReport.objects.filter(invoice=invoice, withdrawn_at=None).first()
    if found is None:
        messages.warning(request, _("There is no report to withdraw."))
        return redirect(links.page_of(invoice))
    if request.method == "POST":
        return _queue(request, WithdrawReport.kind, invoice, found, {})
    context = {
        "title": _("Withdraw the report"),
        "opts": invoice._meta,
        "original": invoice,
        "heading": _("Withdraw the report on invoice %(number)s") % {"number": invoice},
        "report": found,
        "reasons": reasons_of(found),
        "back": links.page_of(invoice),
    }
    return page(request, "invoices/report_withdraw.html", context)


@_may_report
def look_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a look whether the invoice is reported."""
    if request.method != "POST":
        raise PermissionDenied
    invoice = _received(request, pk)
    return _queue(request, LookUpReport.kind, invoice, invoice, {})


def _queue(request: HttpRequest, kind: str, invoice: Invoice, target: Any, parameters: dict[str, Any]) -> HttpResponse:
    account, uuid = invoice.account, invoice.company.uuid
    try:
        queueing.queue(kind, target, parameters, account=account, actor=request.user, company_uuid=uuid)
    except NotQueueableError as error:
        messages.warning(request, error.staff_text)
    else:
        messages.success(request, _("It is on its way to AutoInvoice; how it ends stands here in a moment."))
    return redirect(links.page_of(invoice))


def is_under_way(invoice: Invoice) -> bool:
    """Tell whether a report of the invoice, or its checks, are being sent now."""
    kinds = (ReportFraud.kind, WithdrawReport.kind, LookUpReport.kind, "invoices.rerun_detect")
    mine = Operation.objects.filter(company_uuid=invoice.company.uuid, kind__in=kinds, state__in=OPEN_STATES)
    return mine.exists()


def _received(request: HttpRequest, pk: int) -> Invoice:
    invoice = in_its_list(visible(request, pk))
    if invoice.direction != Direction.RECEIVED:
        raise Http404
    return invoice


def _email(request: HttpRequest) -> str:
    return str(getattr(request.user, "email", ""))
