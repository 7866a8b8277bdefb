"""“Send invoices”: which company, which files. Readable ones are stored and then shown; nothing is sent yet."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from companies import finding
from companies.models import Company
from invoices import links, sending
from invoices.forms import SendForm
from portal.sites import page

_may_send = permission_required("invoices.send_invoice", raise_exception=True)


@_may_send
def choose(request: HttpRequest) -> HttpResponse:
    """The form; `?company=` names the company by its row's id."""
    form = SendForm(request.POST or None, request.FILES or None, user=request.user, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        company: Company = form.cleaned_data["company"]
        kept = [sending.keep(company, file, read, actor=request.user) for file, read in form.cleaned_data["files"]]
        return redirect(links.files_page(company.pk, list(dict.fromkeys(upload.pk for upload in kept))))
    context = {"title": _("Send invoices"), "form": form}
    return page(request, "invoices/send.html", context)


def _initial(request: HttpRequest) -> dict[str, Any]:
    pk = request.GET.get("company", "")
    company = Company.objects.visible_to(request.user).filter(pk=pk).first() if pk.isdecimal() else None
    if company is None:
        return {}
    namesakes = Company.objects.visible_to(request.user).filter(finding.matching(company.business_id))
    is_clear = company.business_id and not company.business_id_secret and namesakes.count() == 1
    return {"company": company.business_id if is_clear else str(company.uuid)}
