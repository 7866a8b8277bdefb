"""A change of business id: begun with the new id, then a check list that staff work off together."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from companies import business_ids
from companies.forms import COUNTRY_NAMES
from companies.life import identity_steps, support_mails
from companies.life.identity_steps import IdentityStep
from companies.models import Company, IdentityChange, IdentityTick
from companies.pages.one_company import company_or_404, on_tab
from portal.sites import page, site

_may_work = permission_required("companies.add_onboarding", raise_exception=True)
_TABS = ("overview", "services", "users", "settings", "invoices")


class NewIdForm(forms.Form):
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        choices=[(code, COUNTRY_NAMES[code]) for code in business_ids.COUNTRIES],
        widget=UnfoldAdminSelectWidget,
    )
    business_id = forms.CharField(
        label=gettext_lazy("New business id"), max_length=40, widget=UnfoldAdminTextInputWidget
    )

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"country": company.country})
        super().__init__(*args, **kwargs)
        self.company, self.helper = company, FormHelper()
        self.helper.form_tag = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        country, text = cleaned.get("country"), cleaned.get("business_id")
        if country and text:
            try:
                cleaned["business_id"] = business_ids.parse(country, text).value
            except business_ids.InvalidBusinessIdError as error:
                self.add_error("business_id", error.text)
            else:
                if country == self.company.country and business_ids.same(country, text, self.company.real_business_id):
                    self.add_error("business_id", gettext_lazy("This is the business id that the company has now."))
        return cleaned


def register() -> None:
    """Hang the pages into the admin site."""
    own = site()
    own.register_view("companies/<int:pk>/identity/", show, "company_identity")
    own.register_view("companies/<int:pk>/identity/<slug:step>/", tick, "company_identity_tick")


@permission_required("companies.view_company", raise_exception=True)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The open change with its steps, or the form that begins one."""
    company = company_or_404(request, pk)
    change = company.identity_changes.filter(ended_at=None).first()
    form = NewIdForm(request.POST or None, company=company)
    if request.method == "POST" and change is None:
        if not request.user.has_perm("companies.add_onboarding"):
            raise PermissionDenied
        if form.is_valid():
            _begin(company, form, request)
            return redirect("admin:company_identity", company.pk)
    context = {
        "title": _("Change of business id: %(company)s") % {"company": company},
        "opts": Company._meta,
        "original": company,
        "change": change,
        "form": form,
        "may_work": request.user.has_perm("companies.add_onboarding"),
        "ended": company.identity_changes.exclude(ended_at=None).order_by("-ended_at")[:5],
        "back": on_tab(company, "services"),
    }
    return page(request, "companies/identity.html", context | (_checklist(change) if change else {}))


@_may_work
@require_POST
def tick(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Say that a step is done, take that back, or end the change."""
    company = company_or_404(request, pk)
    change = company.identity_changes.filter(ended_at=None).first()
    if change is None:
        raise Http404
    change.company = company
    names = [known.name for known in identity_steps.steps_of(change)]
    if step == "end":
        _end(request, change, names)
    elif step not in names:
        raise Http404
    elif "undo" in request.POST:
        IdentityTick.objects.filter(change=change, step=step).delete()
    else:
        IdentityTick.objects.get_or_create(change=change, step=step, defaults={"by_id": request.user.pk})
    return redirect("admin:company_identity", company.pk)


def _begin(company: Company, form: NewIdForm, request: HttpRequest) -> None:
    change = IdentityChange(account=company.account, company=company, country=form.cleaned_data["country"])
    change.set_business_id(change.country, form.cleaned_data["business_id"])
    change.started_by_id = request.user.pk
    try:
        with transaction.atomic():
            change.save()
    except IntegrityError:  # a colleague began it a moment ago
        messages.warning(request, _("A change of this company has been begun already."))


def _end(request: HttpRequest, change: IdentityChange, names: list[str]) -> None:
    done = set(change.ticks.values_list("step", flat=True))
    if missing := len([name for name in names if name not in done]):
        messages.warning(request, _("%(count)d steps are not done yet.") % {"count": missing})
        return
    change.ended_at = timezone.now()
    change.save(update_fields=["ended_at"])
    messages.success(request, _("The change of business id is complete."))


def _checklist(change: IdentityChange) -> dict[str, Any]:
    ticks = {tick.step: tick for tick in change.ticks.select_related("by")}
    new = Company.objects.filter(account=change.account_id, country=change.country)
    new_company = new.filter(business_id_digest=change.business_id_digest).exclude(pk=change.company_id).first()
    steps = identity_steps.steps_of(change)
    rows = [
        {"step": step, "tick": ticks.get(step.name), "url": _url(step, change, new_company), "whose": step.whose.label}
        for step in steps
    ]
    return {
        "rows": rows,
        "done": len(ticks),
        "all": len(steps),
        "new_company": new_company,
        "drafts": [support_mails.identity(change)],
    }


def _url(step: IdentityStep, change: IdentityChange, new_company: Company | None) -> str:
    """Return the page that does a step; "" when it happens elsewhere, or its company is not there yet."""
    if step.leads_to == "onboard":
        return reverse("admin:onboard") if new_company is None else on_tab(new_company, "overview")
    if step.leads_to == "mail":
        return "#mail"
    company = new_company if step.of_new else change.company
    if not step.leads_to or company is None:
        return ""
    return on_tab(company, step.leads_to if step.leads_to in _TABS else "overview")
