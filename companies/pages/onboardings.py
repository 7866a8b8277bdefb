"""The page of one onboarding until its company exists; from then on the company's own page."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from companies import pills
from companies.enums import OnboardingState, Source
from companies.models import Onboarding
from companies.pages import overview
from companies.pages.checklist import items_of
from portal.partners.models import PartnerAccount
from portal.sites import page

_may_view = permission_required("companies.view_onboarding", raise_exception=True)


@_may_view
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; a wizard's draft is taken up where it was left."""
    row = _row(request, pk)
    if row.company_id:
        return redirect("admin:companies_company_change", row.company_id)
    if row.state == OnboardingState.DRAFT and row.source == Source.WIZARD:
        return redirect("admin:onboard_step", pk=row.pk, step=row.step)
    context = {"title": str(row), "opts": Onboarding._meta, "original": row, **_context(request, row)}
    return page(request, "companies/onboarding.html", context)


@_may_view
@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """The middle of the page; once the company exists, a step over to its page."""
    row = _row(request, pk)
    if row.company_id:
        url = reverse("admin:companies_company_change", args=[row.company_id])
        return HttpResponse(headers={"X-Go-To": url})
    return render(request, "companies/_onboarding.html", {"original": row, **_context(request, row)})


def _context(request: HttpRequest, row: Onboarding) -> dict[str, Any]:
    return {
        "standing": pills.onboarding_pill(row),
        "checklist": items_of(request, row),
        "timeline": overview.of_onboarding(row.account_id, row.pk),
    }


def _row(request: HttpRequest, pk: int) -> Onboarding:
    accounts = PartnerAccount.objects.visible_to(request.user)
    return get_object_or_404(Onboarding.objects.select_related("account"), pk=pk, account__in=accounts)
