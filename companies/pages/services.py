"""The tab "Services" of a company's page, and the acts on each service with what they will do."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from companies import tabs
from companies.models import Company, ServiceState
from companies.pages.one_act import Button, act_page
from companies.pages.one_company import company_or_404, on_tab, under_way
from companies.side_services import catalogue, risks
from companies.side_services import pills as service_pills
from companies.side_services.forms import FORMS
from portal.operations import registry
from portal.sites import site

Text = str | Promise
_may_view = permission_required("companies.view_company", raise_exception=True)
REFRESH, LINK, UNLINK = "companies.refresh_services", "companies.link_vendor", "companies.unlink_vendor"

# What staff read before each act: kind → what it will do.
WHAT: dict[str, Text] = {
    "companies.activate_scan": gettext_lazy(
        "AutoInvoice gives the company addresses for paper and PDF. Each scanned page is billed; what is no invoice is "
        "passed on to the return address for a fee."
    ),
    "companies.change_scan": gettext_lazy("The return address takes effect on the next business day."),
    "companies.close_scan": gettext_lazy(
        "The scan addresses end. What still arrives is passed on for 60 days: tell the suppliers."
    ),
    "companies.set_autoscan": gettext_lazy(
        "Mail to the company's AutoScan address is read by machine; only PDF attachments are taken."
    ),
    "companies.close_autoscan": gettext_lazy("Mail to the AutoScan address is not read any more."),
    "companies.activate_lyanthe": gettext_lazy("What Lyanthe sends from this address arrives as invoices."),
    "companies.close_lyanthe": gettext_lazy("What Lyanthe sends does not arrive any more."),
    "companies.agree_atg": gettext_lazy(
        "The signer gets the agreement by e-mail. Once it is signed, consumers can agree to direct debit."
    ),
    "companies.change_atg": gettext_lazy("The agreement on this bank account is written anew; the signer is told."),
    "companies.agree_b2cse": gettext_lazy(
        "AutoInvoice agrees with the banks on this giro account; consumers then find the company in their bank."
    ),
    "companies.trust_odp": gettext_lazy("The number is looked up first; another company's number changes nothing."),
    LINK: gettext_lazy(
        "AutoInvoice tells us by webhook what happens to the company, bills its invoices to us, and its support "
        "answers us about it."
    ),
    UNLINK: gettext_lazy(
        "We hear nothing of the company any more: no webhooks, no bill, no support. Signatures, deliveries and "
        "failures are seen only when somebody looks. Its account, users and networks stay as they are."
    ),
    REFRESH: gettext_lazy("The company's services are read from AutoInvoice; nothing is changed."),
}
_ON = {
    catalogue.SCAN: ("companies.change_scan", "companies.close_scan"),
    catalogue.AUTOSCAN: ("companies.set_autoscan", "companies.close_autoscan"),
    catalogue.LYANTHE: ("companies.close_lyanthe",),
    catalogue.ATG: ("companies.change_atg",),
    catalogue.B2CSE: ("companies.agree_b2cse",),
    catalogue.ODP: ("companies.trust_odp",),
}
_OFF = {
    catalogue.SCAN: ("companies.activate_scan",),
    catalogue.AUTOSCAN: ("companies.set_autoscan",),
    catalogue.LYANTHE: ("companies.activate_lyanthe",),
    catalogue.ATG: ("companies.agree_atg",),
    catalogue.B2CSE: ("companies.agree_b2cse",),
    catalogue.ODP: ("companies.trust_odp",),
}


@dataclass(slots=True)
class Line:
    """One service of the company, or one of several of a kind."""

    state: ServiceState | None
    pill: Text
    facts: list[tuple[Text, str]] = field(default_factory=list)
    risk: Text = ""
    buttons: list[Button] = field(default_factory=list)


@dataclass(slots=True)
class Part:
    """One service that fits the country."""

    service: catalogue.Service
    lines: list[Line]
    add: Button | None = None
    links: list[Button] = field(default_factory=list)


def register() -> None:
    """Put the tab on the company's page, and its addresses into the site."""
    tabs.register_tab(tabs.Tab("services", gettext_lazy("Services"), "companies/_tab_services.html", context, order=35))
    own = site()
    own.register_view("companies/<int:pk>/services/live/", live, "company_services_live")
    own.register_view("companies/<int:pk>/services/<str:kind>/", act, "company_service_act")


def context(request: HttpRequest, company: Company) -> dict[str, Any]:
    """Return what the tab shows: each service that fits, the others by name, and what is under way."""
    states: dict[str, list[ServiceState]] = {}
    for state in company.services.order_by("service", "key"):
        states.setdefault(state.service, []).append(state)
    known = [state.fact_at for found in states.values() for state in found]
    return {
        "parts": [
            _part(request, company, item, states.pop(item.name, [])) for item in catalogue.fitting(company.country)
        ],
        "unknown": [state for name, found in states.items() for state in found if not _is_known(name)],
        "elsewhere": catalogue.not_fitting(company.country),
        "looked_at": max(known, default=None),
        "look_button": _button(request, company, REFRESH),
        "vendor": service_pills.vendor_pill(company),
        "vendor_buttons": [button for kind in (LINK, UNLINK) if (button := _button(request, company, kind))],
        "under_way": under_way(company, [*WHAT]),
    }


@_may_view
@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """The tab's inside alone, for the page that asks again while something is under way."""
    company = company_or_404(request, pk)
    return render(request, "companies/_services.html", {"original": company, **context(request, company)})


@_may_view
def act(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Say what an act will do, take its fields, and queue it."""
    company = company_or_404(request, pk)
    if kind not in WHAT and kind not in FORMS:
        raise Http404
    form, back = _form(request, kind, company), on_tab(company, "services")
    return act_page(request, company, kind, what=WHAT.get(kind, ""), form=form, back=back)


def _form(request: HttpRequest, kind: str, company: Company) -> Any:
    form = FORMS.get(kind)
    if form is None:
        return None
    more = {"chosen": request.GET.get("account_number", "")} if kind == "companies.change_atg" else {}
    return form(request.POST or None, company=company, **more)


def _part(request: HttpRequest, company: Company, service: catalogue.Service, states: list[ServiceState]) -> Part:
    there = [state for state in states if not (service.several and state.status == catalogue.NONE)]
    lines = [_line(request, company, service, state) for state in there]
    if not lines:
        shown = states[0] if states else None
        lines = [Line(None, service_pills.service_pill(shown, service.name))]
    part = Part(service, lines)
    if service.several or not there or there[0].status in catalogue.OFF:
        kinds = _OFF.get(service.name, ())
        part.add = next((button for kind in kinds if (button := _button(request, company, kind))), None)
    if service.name == catalogue.ATG and there:
        part.links.append(Button(_("Payers' consents"), reverse("admin:company_mandates", args=[company.pk])))
    if service.name == catalogue.B2CNO and request.user.has_perm("companies.look_up_consumers"):
        address = f"{reverse('admin:consumers')}?{urlencode({'company': company.pk})}"
        part.links.append(Button(_("Look consumers up"), address))
    return part


def _line(request: HttpRequest, company: Company, service: catalogue.Service, state: ServiceState) -> Line:
    on = state.status not in catalogue.OFF
    kinds = _ON.get(service.name, ()) if on or service.several else ()
    query = {"account_number": state.key} if service.name == catalogue.ATG else {}
    buttons = [button for kind in kinds if (button := _button(request, company, kind, query, is_on=True))]
    return Line(state, service_pills.service_pill(state), service_pills.facts_of(state), risks.of(state), buttons)


def _button(
    request: HttpRequest, company: Company, kind: str, query: dict[str, str] | None = None, *, is_on: bool = False
) -> Button | None:
    handler = registry.get(kind)
    if not request.user.has_perm(handler.permission):
        return None
    url = reverse("admin:company_service_act", args=[company.pk, kind])
    costly = kind.startswith("companies.close_") or kind == UNLINK
    return Button(_VERBS.get((kind, is_on), handler.verb), f"{url}?{urlencode(query)}" if query else url, costly)


# Buttons are named by what they do to the service as it stands, where the verb of the act alone would mislead.
_VERBS: dict[tuple[str, bool], Text] = {
    ("companies.change_scan", True): gettext_lazy("Change"),
    ("companies.change_atg", True): gettext_lazy("Change"),
    ("companies.set_autoscan", True): gettext_lazy("Change"),
    ("companies.set_autoscan", False): gettext_lazy("Activate"),
    ("companies.agree_b2cse", True): gettext_lazy("Change"),
    ("companies.agree_b2cse", False): gettext_lazy("Agree"),
    ("companies.agree_atg", False): gettext_lazy("New agreement"),
    ("companies.trust_odp", True): gettext_lazy("Change"),
    ("companies.trust_odp", False): gettext_lazy("Give the number"),
}


def _is_known(name: str) -> bool:
    return any(item.name == name for item in catalogue.SERVICES)
