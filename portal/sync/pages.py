"""Asking for a comparison now."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.sites import page, site
from portal.sync import reconciling
from portal.sync.forms import CompareForm
from portal.sync.models import Drift


def register() -> None:
    """Hang the page into the admin site."""
    site().register_view("drift/compare/", compare, "sync_compare")


@permission_required("sync.reconcile", raise_exception=True)
def compare(request: HttpRequest) -> HttpResponse:
    """Choose an account, or one company of it, and have it compared by the workers."""
    given = {"company": request.GET.get("company", ""), "account": request.GET.get("account")}
    form = CompareForm(request.POST or None, user=request.user, initial={k: v for k, v in given.items() if v})
    if request.method == "POST" and form.is_valid():
        company = form.cleaned_data["company"]
        count = reconciling.begin(form.cleaned_data["account"], [company] if company else None)
        said = ngettext(
            "%(count)d company is compared. What differs appears here.",
            "%(count)d companies are compared. What differs appears here.",
            count,
        )
        messages.success(request, said % {"count": count})
        return redirect("admin:sync_drift_changelist")
    context = {"title": _("Compare with AutoInvoice"), "form": form, "opts": Drift._meta}
    return page(request, "sync/compare_form.html", context)
