"""The company's page: what is missing, what has happened, and the acts that staff can do here."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from companies import pills, tabs
from companies.act_forms import FORMS
from companies.enums import ProfileStatus
from companies.models import Company
from companies.pages import overview
from companies.pages.checklist import items_of
from portal.operations import queueing, registry
from portal.operations.handlers import Handler, NotQueueableError
from portal.partners.models import ApiCall
from portal.sites import page

CALLS_SHOWN = 100
_may_view = permission_required("companies.view_company", raise_exception=True)

# Buttons in the page's head: (kind, icon, what it will do)
_ACTS: tuple[tuple[str, str, str | Promise], ...] = (
    (
        "companies.authorize",
        "signature",
        gettext_lazy(
            "AutoInvoice sends the signer a link to Visma Sign, or takes your own proof and verifies at once."
        ),
    ),
    (
        "companies.activate_network",
        "hub",
        gettext_lazy("The company is registered as a receiver in the network. VISMA comes before all others."),
    ),
    (
        "companies.add_user",
        "person_add",
        gettext_lazy("The person or program may act in the company. A new user's key is kept here, encrypted."),
    ),
    (
        "companies.keep_active",
        "favorite",
        gettext_lazy("AutoInvoice counts the company as active, so that it is not closed after 13 quiet months."),
    ),
    (
        "companies.refresh",
        "refresh",
        gettext_lazy("The company's state, networks, users and link are read from AutoInvoice; nothing is changed."),
    ),
)
CLOSE = "companies.remove_network"  # its buttons stand beside each network
_WHAT = {
    **{kind: what for kind, _icon, what in _ACTS},
    CLOSE: gettext_lazy(
        "Others cannot reach the company in this network any more. Close VISMA last: the others need it."
    ),
    "companies.prove_reception": gettext_lazy(
        "The receiver look-up is asked for the company in each network. The test invoice comes from your own partner "
        "company, is of zero and marked as a test; it reaches the customer's system like any other."
    ),
    "companies.set_extensions": gettext_lazy(
        "What the company's invoices may carry beyond the standard is set at AutoInvoice, and told to its senders."
    ),
}


@dataclass(frozen=True, slots=True)
class Act:
    kind: str
    icon: str
    verb: str | Promise


@_may_view
def show(request: HttpRequest, object_id: str) -> HttpResponse:
    """The page; `?tab=` chooses its part."""
    company = _company(request, object_id)
    chosen = tabs.tabs_for(request)
    current = next((tab for tab in chosen if tab.name == request.GET.get("tab")), chosen[0])
    context = {
        "title": str(company),
        "opts": Company._meta,
        "original": company,
        "tabs": chosen,
        "current": current,
        "acts": _acts(request),
        **current.context(request, company),
    }
    return page(request, "companies/company.html", context)


@_may_view
@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """The overview alone, for the page that asks again while something is under way."""
    company = _company(request, pk)
    return render(request, "companies/_overview.html", {"original": company, **overview_context(request, company)})


def act(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Say what an act will do, take its fields, and queue it."""
    company = _company(request, pk)
    if kind not in _WHAT:
        raise Http404
    handler = registry.get(kind)
    if not request.user.has_perm(handler.permission):
        raise PermissionDenied
    form = _form(request, kind, company)
    if request.method == "POST" and (form is None or form.is_valid()):
        return _queue(request, handler, company, form.cleaned_data if form else {})
    context = {
        "title": handler.label,
        "opts": Company._meta,
        "original": company,
        "handler": handler,
        "what": _WHAT[kind],
        "form": form,
    }
    return page(request, "companies/act.html", context)


def overview_context(request: HttpRequest, company: Company) -> dict[str, Any]:
    """Return what the overview shows."""
    live_profiles = company.profiles.exclude(status=ProfileStatus.DISABLED).order_by("network")
    onboardings = company.onboardings.values_list("pk", flat=True)
    return {
        "standing": pills.company_pill(company),
        "checklist": items_of(request, company),
        "timeline": overview.timeline(company.account_id, company_uuid=company.uuid, onboarding_ids=onboardings),
        "profiles": [(profile, pills.profile_pill(profile)) for profile in live_profiles],
        "may_close": request.user.has_perm(registry.get(CLOSE).permission),
    }


def register_tabs() -> None:
    """Put this app's tabs on the page."""
    tabs.register_tab(
        tabs.Tab("overview", gettext_lazy("Overview"), "companies/_tab_overview.html", overview_context, order=10)
    )
    tabs.register_tab(
        tabs.Tab("calls", gettext_lazy("Calls"), "companies/_tab_calls.html", _calls, "partners.view_apicall", order=90)
    )


def _calls(request: HttpRequest, company: Company) -> dict[str, Any]:
    calls = ApiCall.objects.filter(account=company.account_id, company_uuid=company.uuid)
    return {"calls": calls.order_by("-at")[:CALLS_SHOWN]}


def _company(request: HttpRequest, pk: str | int) -> Company:
    if not str(pk).isdigit():
        raise Http404
    visible = Company.objects.visible_to(request.user).select_related("account")
    return get_object_or_404(visible, pk=pk)


def _acts(request: HttpRequest) -> list[Act]:
    handlers = ((registry.get(kind), icon) for kind, icon, _what in _ACTS)
    return [
        Act(handler.kind, icon, handler.verb) for handler, icon in handlers if request.user.has_perm(handler.permission)
    ]


def _form(request: HttpRequest, kind: str, company: Company) -> Any:
    form = FORMS.get(kind)
    if form is None:
        return None
    initial = {name: value for name, value in request.GET.items() if name in form.base_fields}
    made = form(request.POST or None, company=company)
    made.initial.update(initial)
    return made


def _queue(
    request: HttpRequest, handler: Handler[Any, Any], company: Company, parameters: dict[str, Any]
) -> HttpResponse:
    try:
        queueing.queue(
            handler.kind,
            company,
            parameters,
            account=company.account,
            actor=request.user,
            company_uuid=company.uuid,
        )
    except NotQueueableError as error:
        messages.warning(request, f"{error.reason} {error.remedy}".strip())
    else:
        messages.success(request, _("%(what)s: queued. Watch it below.") % {"what": handler.label})
    return redirect("admin:companies_company_change", company.pk)
