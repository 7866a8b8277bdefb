"""The timeline on a company's page: chosen kinds, a page at a time; the calls log in the same manner."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from companies import tabs
from companies.history import timeline
from companies.models import Company
from companies.pages import overview
from companies.pages.one_company import company_or_404
from portal.operations.models import Operation
from portal.partners.models import ApiCall, PartnerAccount
from portal.sites import site

SHOW, AFTER = "show", "after"  # in the address
MOST_CALLS = 60
_SEE_CALLS = "partners.view_apicall"
_may_view = permission_required("companies.view_company", raise_exception=True)


def register() -> None:
    """Hang the pages into the admin site, and the tabs into the company's page."""
    own = site()
    own.register_view("companies/<int:pk>/timeline/", part, "company_timeline")
    own.register_view("operations/<int:pk>/calls/", calls_of, "company_calls_of")
    tabs.register_tab(tabs.Tab("timeline", _("Timeline"), "companies/_timeline.html", context, order=15))
    tabs.register_tab(tabs.Tab("calls", _("Calls"), "companies/_tab_calls.html", _calls, _SEE_CALLS, 90, lazy=True))


def context(request: HttpRequest, company: Company, most: int = timeline.PER_PAGE) -> dict[str, Any]:
    """Return one page of the timeline, and the links that choose what it shows."""
    kinds = timeline.chosen(request.GET.getlist(SHOW))
    if not request.user.has_perm(_SEE_CALLS):
        kinds = [kind for kind in kinds if kind != timeline.CALLS]
    names = [kind.name for kind in kinds]
    entries, after = overview.of_company(company, kinds, request.GET.get(AFTER, ""), most)
    return {
        "timeline": entries,
        "older": _query(names, after) if after else "",
        "choices": [(kind, kind in kinds, _toggled(names, kind.name)) for kind in timeline.KINDS],
        "everything": {"is_current": len(kinds) == len(timeline.KINDS), "query": f"{SHOW}=all"},
        "is_first": AFTER not in request.GET,
        "viewer": request.user,
    }


@_may_view
@require_safe
def part(request: HttpRequest, pk: int) -> HttpResponse:
    """The next page of the timeline alone, for the page that puts it under the last."""
    company = company_or_404(request, pk)
    shown = context(request, company)
    return render(request, "companies/_timeline_part.html", {"original": company, **shown})


@require_safe
@permission_required(_SEE_CALLS, raise_exception=True)
def calls_of(request: HttpRequest, pk: int) -> HttpResponse:
    """The calls that one operation made, for the timeline's entry that is unfolded."""
    accounts = PartnerAccount.objects.visible_to(request.user)
    operation = get_object_or_404(Operation, pk=pk, account__in=accounts)
    calls = ApiCall.objects.filter(operation_id=operation.pk).order_by("at", "pk")[:MOST_CALLS]
    return render(request, "companies/_calls_of.html", {"calls": calls, "operation": operation})


def _calls(request: HttpRequest, company: Company) -> dict[str, Any]:
    read = timeline.read(company, [timeline.CALLS], request.GET.get(AFTER, ""), MOST_CALLS)
    return {"calls": [happened.row for happened in read.rows], "older_calls": read.after}


def _query(names: list[str], after: str) -> str:
    return urlencode([*((SHOW, name) for name in names), (AFTER, after)])


def _toggled(names: list[str], name: str) -> str:
    """Return the query that shows one kind more, or less; never none."""
    left = [other for other in names if other != name] if name in names else [*names, name]
    return urlencode([(SHOW, other) for other in (left or names)])
