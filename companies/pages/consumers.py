"""Looking Norwegian consumers up, and the consents of an AvtaleGiro agreement. Nothing shown here is kept."""

from itertools import islice
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from companies import clients, finding, services
from companies.models import Company
from companies.pages.one_company import company_or_404, on_tab
from companies.side_services import consumers
from portal import maventa
from portal.partners.models import PartnerAccount
from portal.sites import page, site

_MOST_MANDATES = 200
_ROUTES = {"dpi": gettext_lazy("Digital mailbox"), "yes2all": gettext_lazy("eFaktura in the bank")}
_WORDS = {
    "RECEIVING": (gettext_lazy("Receives"), "good"),
    "NOT_RECEIVING": (gettext_lazy("Does not take invoices"), "warn"),
    "NOT_AVAILABLE": (gettext_lazy("Not known there"), "neutral"),
    "TEMPORARY_UNAVAILABLE": (gettext_lazy("Cannot be told just now"), "info"),
}


class LookForm(forms.Form):
    """For which company, and whom: one person by what is known, or a list of keys."""

    company = forms.CharField(
        label=gettext_lazy("Sender"),
        help_text=gettext_lazy("The Norwegian company that wants to send: its business id, or a part of its name."),
        widget=UnfoldAdminTextInputWidget,
    )
    keys = forms.CharField(
        label=gettext_lazy("Consumers, one a line"),
        required=False,
        help_text=gettext_lazy("E-mail, phone, eFaktura identifier or personal number; 100 lines at most."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 6}),
    )
    first_name = forms.CharField(label=gettext_lazy("First name"), required=False, widget=UnfoldAdminTextInputWidget)
    last_name = forms.CharField(label=gettext_lazy("Last name"), required=False, widget=UnfoldAdminTextInputWidget)
    date_of_birth = forms.DateField(
        label=gettext_lazy("Born"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "1980-05-17"}),
    )
    postal_code = forms.CharField(label=gettext_lazy("Post code"), required=False, widget=UnfoldAdminTextInputWidget)
    city = forms.CharField(label=gettext_lazy("City"), required=False, widget=UnfoldAdminTextInputWidget)

    def __init__(self, *args: Any, choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.choices = choices

    def clean_company(self) -> Company:
        """Return the one verified Norwegian company that the text names."""
        named = finding.matching(self.cleaned_data["company"].strip())
        found: list[Company] = list(self.choices.filter(named)[:2])
        if not found:
            raise ValidationError(_("No verified Norwegian company of yours is called so."))
        if len(found) > 1:
            raise ValidationError(_("Several companies are called so: give the business id."))
        return found[0]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        named = bool(cleaned.get("last_name"))
        lines = [line for line in (cleaned.get("keys") or "").splitlines() if line.strip()]
        if not named and not lines:
            self.add_error("keys", ValidationError(_("Give a list of keys, or at least a last name.")))
        if len(lines) > consumers.MOST:
            self.add_error("keys", ValidationError(_("100 lines at most: look the others up afterwards.")))
        return cleaned

    def asked(self) -> list[consumers.Asked]:
        """Return whom to ask for."""
        given = self.cleaned_data
        asked = consumers.read_list(given["keys"])
        if given["last_name"]:
            names = ("first_name", "last_name", "date_of_birth", "postal_code", "city")
            parameters = {name: str(given[name]) for name in names if given[name]}
            asked.insert(0, consumers.Asked(f"{given['first_name']} {given['last_name']}".strip(), parameters))
        return asked


def register() -> None:
    """Hang the pages into the admin site."""
    own = site()
    own.register_view("consumers/", look_up, "consumers")
    own.register_view("companies/<int:pk>/mandates/", mandates, "company_mandates")


@never_cache
@permission_required("companies.look_up_consumers", raise_exception=True)
def look_up(request: HttpRequest) -> HttpResponse:
    """Ask, and show the answers once: they are personal, so neither a list nor the log keeps them."""
    accounts = PartnerAccount.objects.active().visible_to(request.user)
    usable = Company.objects.filter(account__in=accounts, country="NO").usable().select_related("account")
    given = request.GET.get("company", "")
    company = usable.filter(pk=given).first() if given.isdigit() else None
    initial = {"company": company.business_id if company else ""}
    form = LookForm(request.POST or None, initial=initial, choices=usable)
    asked: list[consumers.Asked] = []
    if request.method == "POST" and form.is_valid():
        asked = form.asked()
        consumers.ask(form.cleaned_data["company"], asked)
    return page(
        request,
        "companies/consumers.html",
        {
            "title": _("Look consumers up"),
            "form": form,
            "rows": [{"asked": item, "routes": [_route(*pair) for pair in item.routes.items()]} for item in asked],
            "receiving": sum(item.receives for item in asked),
        },
    )


@never_cache
@permission_required("companies.view_company", raise_exception=True)
def mandates(request: HttpRequest, pk: int) -> HttpResponse:
    """The payers' consents, as they are at AutoInvoice now."""
    company = company_or_404(request, pk)
    query, status = request.GET.get("q", "").strip(), request.GET.get("status", "")
    found: list[services.Mandate] = []
    error = ""
    try:
        pages = services.NationalService(clients.for_company(company)).mandates(query=query, status=status)
        found = list(islice((mandate for part in pages for mandate in part), _MOST_MANDATES))
    except maventa.MaventaError as failure:
        error = failure.staff_text
    return page(
        request,
        "companies/mandates.html",
        {
            "title": _("Consents to direct debit: %(company)s") % {"company": company},
            "opts": Company._meta,
            "original": company,
            "mandates": found,
            "error": error,
            "query": query,
            "status": status,
            "most": _MOST_MANDATES,
            "back": on_tab(company, "services"),
        },
    )


def _route(name: str, route: services.national.ConsumerRoute) -> dict[str, Any]:
    word, tone = _WORDS.get(route.status or "", (route.status or "–", "neutral"))
    return {"name": _ROUTES.get(name, name), "word": word, "tone": tone, "details": route.details or ""}
