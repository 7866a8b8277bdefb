"""How a company's invoices are sent unless something else is said: staff see and change it."""

import msgspec
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from companies.models import Company
from invoices.sending import defaults
from invoices.sending.option_forms import OptionsForm
from portal.sites import page

_may_change = permission_required("invoices.send_invoice", raise_exception=True)


@_may_change
def edit(request: HttpRequest, company_pk: int) -> HttpResponse:
    """The form; empty fields are left to AutoInvoice."""
    company = get_object_or_404(Company.objects.visible_to(request.user).select_related("account"), pk=company_pk)
    now = msgspec.to_builtins(defaults.stored(defaults.of_company(company)))
    form = OptionsForm(request.POST if request.method == "POST" else None, initial=now, country=company.country)
    if request.method == "POST" and form.is_valid():
        defaults.save(company, form.options(), actor=request.user)
        messages.success(request, _("Saved. It holds for invoices that are sent from now on."))
        return redirect(reverse("admin:companies_company_change", args=[company.pk]) + "?tab=invoices")
    context = {
        "title": _("How invoices are sent"),
        "heading": _("How invoices of %(company)s are sent") % {"company": company},
        "company": company,
        "form": form,
        "saved": company.sending_defaults if hasattr(company, "sending_defaults") else None,
    }
    return page(request, "invoices/defaults.html", context)
