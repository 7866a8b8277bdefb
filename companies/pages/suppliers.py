"""A company's suppliers: asking who could send e-invoices, choosing, looking what would be sent, and sending it."""

from typing import Any

import msgspec
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies import services
from companies.models import Company, Supplier
from companies.operations.suppliers import LANGUAGES, MOST_DAYS, NotifySuppliers, QuerySuppliers, check_addressees
from companies.pages.one_act import queue
from companies.pages.one_company import company_or_404, on_tab, under_way
from portal.operations.handlers import NotQueueableError
from portal.sites import page, site

_LANGUAGE_NAMES = {
    "en": gettext_lazy("English"),
    "se": gettext_lazy("Swedish"),
    "fi": gettext_lazy("Finnish"),
    "nl": gettext_lazy("Dutch"),
}
_BY_COUNTRY = {"SE": "se", "FI": "fi", "NL": "nl"}
_MOST_SHOWN = 500


def register() -> None:
    """Hang the pages into the admin site."""
    own = site()
    own.register_view("companies/<int:pk>/suppliers/", show, "company_suppliers")
    own.register_view("companies/<int:pk>/suppliers/write/", write, "company_suppliers_write")


@permission_required("companies.view_company", raise_exception=True)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The suppliers that AutoInvoice found; a POST asks for them."""
    company = company_or_404(request, pk)
    if request.method == "POST":
        return _ask(request, company)
    return page(
        request,
        "companies/suppliers.html",
        {
            "title": _("Suppliers of %(company)s") % {"company": company},
            "opts": Company._meta,
            "original": company,
            "suppliers": company.suppliers.order_by("-invoice_count", "name")[:_MOST_SHOWN],
            "query": company.supplier_queries.order_by("-asked_at").first(),
            "may_ask": request.user.has_perm(QuerySuppliers.permission),
            "may_write": request.user.has_perm(NotifySuppliers.permission),
            "languages": _LANGUAGE_NAMES.items(),
            "language": _BY_COUNTRY.get(company.country, "en"),
            "most_days": MOST_DAYS,
            "back": on_tab(company, "services"),
            "under_way": under_way(company, (QuerySuppliers.kind, NotifySuppliers.kind)),
        },
    )


@permission_required("companies.notify_suppliers", raise_exception=True)
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """What would be sent, and to whom; the second press sends it."""
    company = company_or_404(request, pk)
    if request.method != "POST":
        return redirect("admin:company_suppliers", company.pk)
    chosen = list(company.suppliers.filter(pk__in=[pk for pk in request.POST.getlist("supplier") if pk.isdigit()]))
    language = request.POST.get("language", "")
    addressees = [_addressee(request, supplier, language) for supplier in chosen]
    again = "again" in request.POST
    if "send" in request.POST:
        parameters = {"suppliers": msgspec.to_builtins(addressees), "again": again}
        try:
            queue(request, NotifySuppliers.kind, company, parameters)
        except NotQueueableError as error:
            messages.warning(request, error.staff_text)
        else:
            messages.success(request, _("Queued. Its answer is shown here in a moment."))
            return redirect("admin:company_suppliers", company.pk)
    return page(request, "companies/suppliers_write.html", _preview(company, chosen, addressees, language, again=again))


def _ask(request: HttpRequest, company: Company) -> HttpResponse:
    if not request.user.has_perm(QuerySuppliers.permission):
        raise PermissionDenied
    days = request.POST.get("days", "")
    try:
        queue(request, QuerySuppliers.kind, company, {"days": int(days) if days.isdigit() else 30})
    except NotQueueableError as error:
        messages.warning(request, error.staff_text)
    else:
        messages.success(request, _("Asked. The answer may take a while; it is shown here."))
    return redirect("admin:company_suppliers", company.pk)


def _addressee(request: HttpRequest, supplier: Supplier, language: str) -> services.Addressee:
    email = request.POST.get(f"email-{supplier.pk}", "").strip() or supplier.email
    return services.Addressee(email_address=email, name=supplier.name, language=language)


def _preview(
    company: Company, chosen: list[Supplier], addressees: list[services.Addressee], language: str, *, again: bool
) -> dict[str, Any]:
    try:
        check_addressees(addressees)
        wrong = ""
    except NotQueueableError as error:
        wrong = error.staff_text
    return {
        "title": _("Write to suppliers of %(company)s") % {"company": company},
        "opts": Company._meta,
        "original": company,
        "rows": list(zip(chosen, addressees, strict=True)),
        "wrong": wrong,
        "language": language,
        "language_name": _LANGUAGE_NAMES.get(language, language),
        "known_language": language in LANGUAGES,
        "written_before": [supplier.name for supplier in chosen if supplier.notified_at],
        "again": again,
    }
