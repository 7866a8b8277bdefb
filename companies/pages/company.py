"""The company's page: what is missing, what to do next, what has happened, and the acts that staff can do here."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from companies import acts, pills, tabs
from companies.act_forms import FORMS
from companies.enums import ProfileStatus
from companies.models import Company, Note
from companies.pages import happenings
from companies.pages.checklist import items_of
from companies.pages.next_step import next_step
from companies.pages.one_act import act_page
from companies.pages.one_company import company_or_404
from portal.operations import registry
from portal.operations.enums import OPEN_STATES
from portal.operations.models import Operation
from portal.sites import page

_may_view = permission_required("companies.view_company", raise_exception=True)
CLOSE, REFRESH = "companies.remove_network", "companies.refresh"
BRIEF = 12  # entries of the timeline under the checklist; its own tab has all
_CALM = "20000"  # milliseconds between looks while nothing is under way


@_may_view
def show(request: HttpRequest, object_id: str) -> HttpResponse:
    """The page; `?tab=` chooses its part, `&part=1` gives that part alone."""
    company = company_or_404(request, object_id)
    chosen = tabs.tabs_for(request)
    current = next((tab for tab in chosen if tab.name == request.GET.get("tab")), chosen[0])
    if "part" in request.GET:
        return render(request, current.template, {"original": company, **current.context(request, company)})
    is_later = current.lazy and "whole" not in request.GET
    context = {
        "title": str(company),
        "opts": Company._meta,
        "original": company,
        "tabs": chosen,
        "current": current,
        "is_later": is_later,
        **_head(request, company),
        **({} if is_later else current.context(request, company)),
    }
    return page(request, "companies/company.html", context)


@_may_view
@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """The overview alone, for the page that asks again; seldom while nothing is under way."""
    company = company_or_404(request, pk)
    context = {"original": company, **overview_context(request, company)}
    answer = render(request, "companies/_overview.html", context)
    under_way = Operation.objects.filter(company_uuid=company.uuid, state__in=OPEN_STATES)
    if not under_way.exclude(state="WAITING").exists():
        answer["X-Every"] = _CALM
    return answer


def _head(request: HttpRequest, company: Company) -> dict[str, Any]:
    """Return what stands above the tabs."""
    refresh = registry.get(REFRESH)
    return {
        "standing": pills.company_pill(company),
        "tags": list(company.tags.all()),
        "notes_count": Note.objects.filter(company=company).count(),
        "menu": acts.menu(request, company),
        "refresh": refresh if request.user.has_perm(refresh.permission) else None,
        "may_tag": request.user.has_perm("companies.tag_company"),
    }


def overview_context(request: HttpRequest, company: Company) -> dict[str, Any]:
    """Return what the overview shows."""
    live_profiles = company.profiles.exclude(status=ProfileStatus.DISABLED).order_by("network")
    lines = items_of(request, company)
    return {
        "standing": pills.company_pill(company),
        "checklist": lines,
        "done": sum(line.tone == "good" for line in lines),
        "next": next_step(request, company, lines),
        "profiles": [(profile, pills.profile_pill(profile)) for profile in live_profiles],
        "may_close": request.user.has_perm(registry.get(CLOSE).permission),
        "pinned": list(company.notes.filter(is_pinned=True).select_related("author").order_by("-id")[:5]),
        **happenings.context(request, company, BRIEF),
    }


def act(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Say what an act will do, take its fields, and queue it."""
    company = company_or_404(request, pk)
    if kind not in acts.ACTS or not registry.knows(kind):
        raise Http404
    form, back = _form(request, kind, company), reverse("admin:companies_company_change", args=[company.pk])
    return act_page(request, company, kind, what=acts.ACTS[kind].what, form=form, back=back)


def register_tabs() -> None:
    """Put this app's tabs on the page."""
    title = gettext_lazy("Overview")
    tabs.register_tab(tabs.Tab("overview", title, "companies/_tab_overview.html", overview_context, order=10))


def _form(request: HttpRequest, kind: str, company: Company) -> Any:
    form = FORMS.get(kind)
    if form is None:
        return None
    initial = {name: value for name, value in request.GET.items() if name in form.base_fields}
    made = form(request.POST or None, company=company)
    made.initial.update(initial)
    return made
