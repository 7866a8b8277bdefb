"""Sending a failed invoice another way: choose the route, give what it needs, see what speaks against it, send."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from invoices import links, remedies
from invoices.enums import Status
from invoices.failures import rerouting
from invoices.failures.reroute_forms import FORMS, initial_of
from invoices.models import Invoice
from invoices.operations import RerouteToEinvoice, RerouteToEmail, RerouteToPrint
from invoices.pages.reachable import reachable
from invoices.pages.visible import visible
from invoices.sending.concerns import Concern
from portal.operations import queueing
from portal.operations.handlers import Handler, NotQueueableError
from portal.sites import page

_may_reroute = permission_required("invoices.reroute_invoice", raise_exception=True)


@dataclass(frozen=True, slots=True)
class Way:
    """One route on the page."""

    route: str
    name: str | Promise
    icon: str
    handler: type[Handler[Any, Any]]
    doubts: Callable[[Invoice, Any], Any]


WAYS = (
    Way("einvoice", gettext_lazy("E-invoice"), "send", RerouteToEinvoice, rerouting.doubts_of_einvoice),
    Way("email", gettext_lazy("E-mail"), "mail", RerouteToEmail, rerouting.doubts_of_email),
    Way("print", gettext_lazy("Letter"), "print", RerouteToPrint, rerouting.doubts_of_print),
)


@_may_reroute
def show(request: HttpRequest, pk: int, route: str) -> HttpResponse:
    """The page of one route. POST checks; without doubts, or with `sure`, it queues."""
    invoice = visible(request, pk)
    way = next((way for way in WAYS if way.route == route), None)
    if way is None:
        raise Http404
    doubts: list[Concern] = []
    form = FORMS[route](request.POST or None, initial=_initial(request, route, invoice))
    if request.method == "POST" and form.is_valid():
        doubts = list(way.doubts(invoice, form.parameters()))
        seen = "|".join(doubt.code for doubt in doubts)
        if not doubts or request.POST.get("sure") == seen:
            return _queue(request, invoice, way, form.parameters())
    context = {
        "title": _("Send invoice %(number)s another way") % {"number": invoice},
        "lead": _("The same content under the same UUID; the failed attempt stays on its page."),
        "invoice": invoice,
        "way": way,
        "ways": WAYS,
        "form": form,
        "doubts": doubts,
        "sure": "|".join(doubt.code for doubt in doubts),
        "remedy": remedies.by_key(invoice.remedy_key),
        "can_go": invoice.status == Status.FAILED,
        "back": links.page_of(invoice),
        **(reachable(lambda: rerouting.addresses_of(invoice)) if route == "einvoice" and "find" in request.GET else {}),
    }
    return page(request, "invoices/reroute.html", context)


def _initial(request: HttpRequest, route: str, invoice: Invoice) -> dict[str, Any]:
    """Return what the file says, or an address that was picked from the look-up."""
    picked = {name: request.GET[name][:100] for name in ("eia", "operator") if name in request.GET}
    return {**initial_of(route, invoice), **picked}


def _queue(request: HttpRequest, invoice: Invoice, way: Way, parameters: Any) -> HttpResponse:
    try:
        with transaction.atomic():
            # Reading the form took its time: a twin of this click may have ended since the invoice was read.
            invoice.refresh_from_db(fields=["status"])
            queueing.queue(
                way.handler.kind,
                invoice,
                parameters,
                account=invoice.account,
                actor=request.user,
                company_uuid=invoice.company.uuid,
            )
    except NotQueueableError as error:
        messages.warning(request, error.staff_text)
    else:
        messages.success(request, _("The invoice is on its way again: %(way)s.") % {"way": way.name})
    return redirect(links.page_of(invoice))
