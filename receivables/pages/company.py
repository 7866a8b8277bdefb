"""The tab "Collection" of a company's page: its agencies, what each act will do, and its latest assignments."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from companies import tabs
from companies.models import Company
from companies.pages.one_act import Button, act_page
from companies.pages.one_company import company_or_404, on_tab, under_way
from companies.tabs import Tab
from portal.operations import registry
from portal.operations.handlers import Text
from portal.sites import site
from receivables import pills
from receivables.collection.agencies import AGENCIES, EXPRESS, V1_ENDS, AgencyFacts
from receivables.collection.service_forms import FORMS
from receivables.enums import Agency, ServiceStatus
from receivables.models import Assignment, CollectionService

TAB_NAME = "collection"
REFRESH, CLOSE = "receivables.refresh_services", "receivables.close_service"
_REMIND_AFTER = timedelta(days=7)
_SHOWN = 10
_may_view = permission_required("receivables.view_collectionservice", raise_exception=True)

# What staff read before each act: kind → what it will do.
WHAT: dict[str, Text] = {
    "receivables.activate_amili": gettext_lazy(
        "Amili gets these facts. A person who may represent the company then identifies it by bank ID or mobile ID, "
        "with a power of attorney where the right rests on one. Active 1–2 business days later; free until collection."
    ),
    "receivables.activate_ropo": gettext_lazy(
        "Ropo mails its agreement to the contact, who fills the company's data in and signs."
    ),
    "receivables.activate_intrum": gettext_lazy(
        "Intrum makes a contract with the company. Its client code, given here afterwards, makes the service active."
    ),
    "receivables.change_amili": gettext_lazy(
        "With Kassavirta new invoices are followed by themselves and show Amili's account; with Perintä you hand over."
    ),
    "receivables.give_client_code": gettext_lazy("Intrum's service is active from then on."),
    REFRESH: gettext_lazy("The company's agencies are read from AutoInvoice; nothing is changed."),
}
_ACTIVATE = {
    Agency.AMILI: "receivables.activate_amili",
    Agency.ROPO: "receivables.activate_ropo",
    Agency.INTRUM: "receivables.activate_intrum",
}


@dataclass(slots=True)
class Card:
    """One agency that works in the company's country."""

    agency: AgencyFacts
    state: CollectionService | None
    pill: Text
    facts: list[tuple[Text, str]] = field(default_factory=list)
    notes: list[tuple[Text, str]] = field(default_factory=list)  # text, tone
    link: str = ""  # to forward
    buttons: list[Button] = field(default_factory=list)


def context(request: HttpRequest, company: Company) -> dict[str, Any]:
    """Return what the tab shows."""
    states = {row.agency: row for row in company.collection_services.all()}
    latest = Assignment.objects.filter(company=company).order_by("-created_at")[:_SHOWN]
    return {
        "cards": [_card(request, company, item, states.get(item.name)) for item in _fitting(company)],
        "strangers": [row for name, row in states.items() if name not in AGENCIES],
        "elsewhere": [item for item in AGENCIES.values() if not item.fits(company.country)],
        "looked_at": max((row.fact_at for row in states.values()), default=None),
        "look_button": _button(request, company, REFRESH),
        "under_way": under_way(company, [*WHAT, CLOSE]),
        "assignments": [(row, pills.assignment_pill(row), pills.stage_of(row)) for row in latest],
        "all_assignments": f"{reverse('admin:receivables_assignment_changelist')}?{urlencode({'company': company.pk})}",
        "v1_ends": V1_ENDS,
        "bank_url": reverse("admin:receivables_bank", args=[company.pk]),
        "may_tell": request.user.has_perm("receivables.add_event"),
    }


@_may_view
@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """The tab's inside alone, for the page that asks again while something is under way."""
    company = company_or_404(request, pk)
    return render(request, "receivables/_collection.html", {"original": company, **context(request, company)})


@_may_view
def act(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Say what an act will do, take its fields, and queue it."""
    company = company_or_404(request, pk)
    if kind not in WHAT and kind not in FORMS:
        raise Http404
    form, back = _form(request, kind, company), on_tab(company, TAB_NAME)
    return act_page(request, company, kind, what=_what(request, kind), form=form, back=back)


def _form(request: HttpRequest, kind: str, company: Company) -> Any:
    form = FORMS.get(kind)
    if form is None:
        return None
    more = {"initial": {"agency": request.GET.get("agency", "")}} if kind == CLOSE else {}
    return form(request.POST or None, company=company, **more)


def _what(request: HttpRequest, kind: str) -> Text:
    """Return what an act will do; closing says it by agency."""
    agency = AGENCIES.get(request.GET.get("agency", "")) if kind == CLOSE else None
    return f"{agency.title}: {agency.closing}" if agency else WHAT.get(kind, "")


def _fitting(company: Company) -> list[AgencyFacts]:
    return [item for item in AGENCIES.values() if item.fits(company.country)]


def _card(request: HttpRequest, company: Company, agency: AgencyFacts, state: CollectionService | None) -> Card:
    card = Card(agency, state, pills.service_pill(state))
    on = state is not None and state.status in (ServiceStatus.ACTIVE, ServiceStatus.PENDING)
    if state is not None and on:
        card.facts, card.notes = pills.facts_of(state), _notes(state)
        card.link = state.activation_url if state.status == ServiceStatus.PENDING else ""
    wanted = _on_kinds(agency.name, state) if on else [(_ACTIVATE[agency.name], {})]
    card.buttons = [button for kind, query in wanted if (button := _button(request, company, kind, query))]
    return card


def _on_kinds(agency: str, state: CollectionService | None) -> list[tuple[str, dict[str, str]]]:
    kinds: list[tuple[str, dict[str, str]]] = []
    if agency == Agency.AMILI:
        kinds.append(("receivables.change_amili", {}))
    if agency == Agency.INTRUM and state is not None and state.status == ServiceStatus.PENDING:
        kinds.append(("receivables.give_client_code", {}))
    return [*kinds, (CLOSE, {"agency": agency})]


def _notes(state: CollectionService) -> list[tuple[Text, str]]:
    notes: list[tuple[Text, str]] = []
    since = state.pending_since
    if since is not None and timezone.now() - since >= _REMIND_AFTER:
        days = (timezone.now() - since).days
        text = _("Nobody has signed for %(days)d days. Remind the contact, or forward the link again.")
        notes.append((text % {"days": days}, "warn"))
    if state.agency == Agency.AMILI and state.status == ServiceStatus.ACTIVE and state.service_type != EXPRESS:
        text = _("Amili changes the invoices on their way: what the buyer got is the file at AutoInvoice, not ours.")
        notes.append((text, "info"))
    return notes


def _button(request: HttpRequest, company: Company, kind: str, query: dict[str, str] | None = None) -> Button | None:
    handler = registry.get(kind)
    if not request.user.has_perm(handler.permission):
        return None
    url = reverse("admin:company_collection_act", args=[company.pk, kind])
    verb = _("Change") if kind == "receivables.change_amili" else handler.verb  # "Save" is said in its form
    return Button(verb, f"{url}?{urlencode(query)}" if query else url, kind == CLOSE)


TAB = Tab(
    TAB_NAME, gettext_lazy("Collection"), "receivables/_tab_collection.html", context,
    "receivables.view_collectionservice", order=36,
)  # fmt: skip


def register() -> None:
    """Put the tab on the company's page, and its addresses into the site."""
    own = site()
    own.register_view("companies/<int:pk>/collection/live/", live, "company_collection_live")
    own.register_view("companies/<int:pk>/collection/<str:kind>/", act, "company_collection_act")
    tabs.register_tab(TAB)
