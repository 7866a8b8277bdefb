"""How invoices are received: what is usual in an account, and what single companies have chosen."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from companies.models import Company
from invoices.models import ReceivedInvoice, ReceivingChoice
from invoices.receiving import choices as receiving
from invoices.receiving.forms import ReceivingForm
from invoices.receiving.return_formats import Wanted, name_of
from portal.partners.models import PartnerAccount
from portal.sites import page, site

_MOST_SHOWN = 200


def register() -> None:
    """Hang the pages into the admin site."""
    own = site()
    own.register_view("receiving/", overview, "receiving")
    own.register_view("receiving/<int:pk>/", of_account, "receiving_account")
    own.register_view("companies/<int:pk>/receiving/", of_company, "receiving_company")


@permission_required("invoices.view_invoice", raise_exception=True)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The accounts of this viewer with what is usual there, and the companies that differ."""
    accounts = list(PartnerAccount.objects.visible_to(request.user))
    own = ReceivingChoice.objects.filter(account__in=accounts).exclude(company=None)
    context = {
        "title": _("Receiving"),
        "opts": ReceivedInvoice._meta,
        "original": _("Receiving"),
        "accounts": [(account, words_of(receiving.wanted_by(account, None)[0])) for account in accounts],
        "companies": [
            (choice.company, words_of(choice.wanted), choice.changed_by)
            for choice in own.select_related("company", "changed_by").order_by("company__name")[:_MOST_SHOWN]
        ],
        "may_choose": request.user.has_perm("invoices.choose_receiving"),
    }
    return page(request, "invoices/receiving.html", context)


@permission_required("invoices.choose_receiving", raise_exception=True)
def of_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose what is usual in an account."""
    account = get_object_or_404(PartnerAccount.objects.visible_to(request.user), pk=pk)
    return _choose(request, account, None)


@permission_required("invoices.choose_receiving", raise_exception=True)
def of_company(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose for one company; "as usual" forgets its choice."""
    company = get_object_or_404(Company.objects.visible_to(request.user).select_related("account"), pk=pk)
    if "as_usual" in request.POST:
        receiving.follow_account(company)
        messages.success(request, _("What is usual in the account holds for it."))
        return redirect("admin:receiving_company", company.pk)
    return _choose(request, company.account, company)


def _choose(request: HttpRequest, account: PartnerAccount, company: Company | None) -> HttpResponse:
    wanted, is_own = receiving.wanted_by(account, company)
    form = ReceivingForm(request.POST or None, wanted=wanted)
    if request.method == "POST" and form.is_valid():
        receiving.choose(account, company, form.wanted(), request.user)
        messages.success(request, _("Saved. It holds for invoices that are fetched from now on."))
        return redirect("admin:receiving_company", company.pk) if company else redirect("admin:receiving")
    subject: Any = company or account
    context = {
        "title": _("Received files of %(name)s") % {"name": subject},
        "opts": Company._meta if company else PartnerAccount._meta,
        "original": subject,
        "heading": _("In which forms %(name)s keeps received invoices") % {"name": subject},
        "company": company,
        "is_own": is_own,
        "form": form,
    }
    return page(request, "invoices/receiving_choice.html", context)


def words_of(wanted: Wanted) -> str:
    """Return a choice in a line."""
    parts = [name_of(form) for form in (*wanted.xml, *wanted.images)]
    return " · ".join([*parts, *([_("Attachments")] if wanted.attachments else [])])
