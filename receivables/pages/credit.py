"""Invoice credit on a company's page, and the acts on it with what they will do."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from companies import tabs
from companies.models import Company
from companies.pages.one_act import Button, act_page
from companies.pages.one_company import company_or_404, on_tab, under_way
from portal.sites import site
from receivables.credit import pills as credit_pills
from receivables.credit.forms import FORMS
from receivables.enums import ServiceStatus
from receivables.operations.credit import (
    COUNTRY,
    ActivateCredit,
    ChangeCreditTerms,
    RefreshCredit,
    TellDirectPayment,
    credit_of,
)
from receivables.operations.credit_withdrawal import Withdraw

Text = str | Promise
TAB = "credit"
_may_view = permission_required("receivables.view_invoicecredit", raise_exception=True)

WHAT: dict[str, Text] = {
    ActivateCredit.kind: gettext_lazy(
        "OP makes an agreement and a page to sign it on. Once it is signed, the company's invoices are transferred to "
        "the bank, carry the bank's account, and the company can draw money against them."
    ),
    ChangeCreditTerms.kind: gettext_lazy(
        "The terms hold from now on, for what is owed already too. They must stay within the bank's offer."
    ),
    TellDirectPayment.kind: gettext_lazy(
        "The bank no longer counts on this invoice: what the company may draw falls by its sum."
    ),
    RefreshCredit.kind: gettext_lazy("The credit is read from AutoInvoice; a signed agreement is opened by this look."),
}


def register() -> None:
    """Put the tab on the company's page, and its addresses into the site."""
    title = gettext_lazy("Invoice credit")
    tabs.register_tab(
        tabs.Tab(TAB, title, "receivables/_tab_credit.html", context, "receivables.view_invoicecredit", order=38)
    )
    own = site()
    own.register_view("companies/<int:pk>/credit/live/", live, "company_credit_live")
    own.register_view("companies/<int:pk>/credit/<str:kind>/", act, "company_credit_act")


def context(request: HttpRequest, company: Company) -> dict[str, Any]:
    """Return what the tab shows: how the credit stands, what is available and owed, and what can be done."""
    row = credit_of(company)
    return {
        "fits": company.country == COUNTRY,
        "credit": row,
        "credit_pill": credit_pills.credit_pill(row),
        "terms": credit_pills.terms_of(row.terms) if row else [],
        "offer": credit_pills.terms_of(row.offer) if row and not row.is_active else [],
        "figures": credit_pills.figures_of(row) if row and row.is_active else [],
        "credit_buttons": _buttons(request, company, row.status if row else ""),
        "credit_look": _act_url(company, RefreshCredit.kind),
        "statement_url": reverse("admin:company_credit_statement", args=[company.pk]),
        "under_way": under_way(company, [*WHAT, Withdraw.kind]),
    }


@_may_view
@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """The tab's inside alone, for the page that asks again while something is under way."""
    company = company_or_404(request, pk)
    return render(request, "receivables/_credit.html", {"original": company, **context(request, company)})


@_may_view
def act(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Say what an act will do, take its fields, and queue it."""
    company = company_or_404(request, pk)
    if kind not in WHAT:
        raise Http404
    form = FORMS[kind](request.POST or None, company=company) if kind in FORMS else None
    return act_page(request, company, kind, what=WHAT[kind], form=form, back=on_tab(company, TAB))


def _buttons(request: HttpRequest, company: Company, status: str) -> list[Button]:
    user, found = request.user, []
    if status == ServiceStatus.ACTIVE:
        if user.has_perm(Withdraw.permission):
            url = reverse("admin:company_credit_withdraw", args=[company.pk])
            found.append(Button(_("Withdraw…"), url, is_main=True))
        if user.has_perm(TellDirectPayment.permission):
            found.append(Button(_("Tell of a direct payment"), _act_url(company, TellDirectPayment.kind)))
            found.append(Button(_("Change the terms"), _act_url(company, ChangeCreditTerms.kind)))
    elif status != ServiceStatus.PENDING and user.has_perm(ActivateCredit.permission):
        found.append(Button(_("Ask for invoice credit"), _act_url(company, ActivateCredit.kind), is_main=True))
    return found


def _act_url(company: Company, kind: str) -> str:
    return reverse("admin:company_credit_act", args=[company.pk, kind])
