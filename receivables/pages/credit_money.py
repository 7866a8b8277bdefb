"""Withdrawing invoice credit, and the account statement of a day: both ask AutoInvoice while staff look."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from companies.models import Company
from companies.pages.one_act import queue
from companies.pages.one_company import company_or_404, on_tab
from invoices.files.xml import UnreadableFileError
from portal import maventa
from portal.operations.handlers import NotQueueableError
from portal.sites import page, site
from receivables import clients
from receivables.credit import pills as credit_pills
from receivables.credit import statement as credit_statement
from receivables.credit.forms import WithdrawForm
from receivables.operations.credit_withdrawal import Withdraw
from receivables.pages.credit import TAB
from receivables.services.credit import NO_STATEMENT, AvailableCredit, CreditService


def register() -> None:
    own = site()
    own.register_view("companies/<int:pk>/credit/withdraw/", withdraw, "company_credit_withdraw")
    own.register_view("companies/<int:pk>/credit/statement/", statement, "company_credit_statement")


@permission_required(Withdraw.permission, raise_exception=True)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """What is available now; four typed words and an amount draw it."""
    company = company_or_404(request, pk)
    try:
        told = CreditService(clients.for_company(company)).available()
    except maventa.MaventaError as error:
        messages.error(request, error.staff_text)
        return redirect(on_tab(company, TAB))
    if told.available_credit_amount is None or told.total_withdrawn is None:
        messages.error(request, _("The bank does not tell what is available; nothing can be withdrawn here."))
        return redirect(on_tab(company, TAB))
    form = WithdrawForm(request.POST or None, available=told.available_credit_amount, drawn=told.total_withdrawn)
    if request.method == "POST" and form.is_valid():
        try:
            queue(request, Withdraw.kind, company, form.parameters())
        except NotQueueableError as error:
            form.add_error(None, error.staff_text)
        else:
            messages.success(request, _("Withdrawal queued. Watch it below."))
            return redirect(on_tab(company, TAB))
    return page(request, "receivables/credit_withdraw.html", _withdrawing(company, told, form))


def _withdrawing(company: Company, told: AvailableCredit, form: WithdrawForm) -> dict[str, Any]:
    return {
        "title": Withdraw.label,
        "opts": Company._meta,
        "original": company,
        "form": form,
        "available": credit_pills.euros(told.available_credit_amount or Decimal(0)),
        "drawn": credit_pills.euros(told.total_withdrawn or Decimal(0)),
        "verb": Withdraw.verb,
        "back": on_tab(company, TAB),
    }


@permission_required("receivables.view_invoicecredit", raise_exception=True)
@require_safe
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """One day of the account as a table; `format=xml` gives the bank's own file."""
    company, today = company_or_404(request, pk), timezone.localdate()
    day, wrong = _day(request.GET.get("day", ""), today)
    content, error = _content(company, day) if not wrong else (None, wrong)
    if content is not None and request.GET.get("format") == "xml":
        name = f"op-{company.business_id}-{day}.xml"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(content, content_type="application/xml", headers=headers)
    found = None
    if content is not None:
        try:
            found = credit_statement.read(content)
        except UnreadableFileError as exc:
            error = str(exc)
    before, after = credit_statement.days_with(day)
    shown = {
        "title": _("Account statement of %(company)s") % {"company": company},
        "opts": Company._meta,
        "original": company,
        "day": day,
        "before": before,
        "after": after if after <= today else None,
        "today": today,
        "statement": found,
        "has_file": content is not None,
        "error": error,
        "back": on_tab(company, TAB),
    }
    return page(request, "receivables/credit_statement.html", shown)


def _day(text: str, today: date) -> tuple[date, str]:
    if not text:
        return today, ""
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        return today, _("This is no date; give it as %(example)s.") % {"example": today.isoformat()}
    if not 2000 <= day.year <= today.year or day > today:
        return today, _("There is no statement of that day yet.")
    return day, ""


def _content(company: Company, day: date) -> tuple[bytes | None, str]:
    """Return the bank's file; None with "" where nothing moved that day, None with words when it cannot be had."""
    try:
        return CreditService(clients.for_company(company)).statement(day), ""
    except maventa.RejectedError as error:
        if error.status == 404 and error.code == NO_STATEMENT:
            return None, ""
        return None, error.staff_text
    except maventa.MaventaError as error:
        return None, error.staff_text
