"""The page for "I did not get it": a company that expects an invoice, and what may stand in its way."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.models import Company
from companies.pages.one_company import company_or_404, on_tab
from invoices import links, pills
from invoices.receiving import searching
from invoices.receiving.searching import Point
from portal.operations import registry
from portal.pills import pill
from portal.sites import page, site

_WORDS = {
    "good": gettext_lazy("Fine"),
    "warn": gettext_lazy("Look at it"),
    "bad": gettext_lazy("Stands in the way"),
    "neutral": gettext_lazy("Not known"),
}


def register() -> None:
    """Hang the page into the admin site."""
    site().register_view("companies/<int:pk>/not-received/", show, "not_received")


@permission_required("invoices.view_invoice", raise_exception=True)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The checklist; a POST has the lists read at once."""
    company = company_or_404(request, pk)
    if request.method == "POST":
        if not request.user.has_perm("invoices.handle_invoice"):
            raise PermissionDenied
        searching.fetch(company)
        messages.success(request, _("The lists are read at once. Look again in a minute."))
        return redirect("admin:not_received", company.pk)
    text = request.GET.get("q", "")[:100]
    context = {
        "title": _("“I did not get it”"),
        "opts": Company._meta,
        "original": company,
        "heading": _("%(company)s did not get an invoice") % {"company": company},
        "lead": _(
            "What the portal knows, from the sender's end to the customer's. Begin with the first that is not fine."
        ),
        "text": text,
        "found": [(one, links.page_of(one), pills.saved_pill(one)) for one in searching.matches(company, text)],
        "points": [
            (one, pill(_WORDS[one.tone], one.tone), _act(request, company, one)) for one in searching.points(company)
        ],
        "channels": searching.channels(company),
        "may_fetch": request.user.has_perm("invoices.handle_invoice"),
        "back": on_tab(company, "invoices"),
    }
    return page(request, "invoices/not_received.html", context)


def _act(request: HttpRequest, company: Company, point: Point) -> tuple[str, object] | None:
    """Return address and name of the act that would help, when this viewer may do it."""
    if point.act in ("", searching.FETCH) or not registry.knows(point.act):
        return None
    handler = registry.get(point.act)
    if not request.user.has_perm(handler.permission):
        return None
    return reverse("admin:company_act", args=[company.pk, point.act]), handler.verb
