"""
The onboarding wizard: five steps over one Onboarding row, saved at each, so that a wizard left half-way is found again.

Nothing goes to AutoInvoice before the last button but one look-up: whether the business id is free.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from companies import availability, business_ids, onboarding
from companies.enums import OnboardingState, Source, Step
from companies.forms import ContactForm, IdentifyForm, NetworksForm, SignerForm, StepForm
from companies.models import Onboarding
from companies.networks import peppol
from portal.operations.handlers import NotQueueableError
from portal.partners.models import PartnerAccount
from portal.sites import page

_FORMS: dict[str, type[StepForm]] = {
    Step.IDENTIFY: IdentifyForm,
    Step.CONTACT: ContactForm,
    Step.SIGNER: SignerForm,
    Step.NETWORKS: NetworksForm,
}
_ORDER = list(Step)
_may_onboard = permission_required("companies.add_onboarding", raise_exception=True)


@_may_onboard
def start(request: HttpRequest) -> HttpResponse:
    """First step of a new onboarding, and the drafts that can be taken up again."""
    accounts = PartnerAccount.objects.active().visible_to(request.user)
    if not accounts.exists():
        return page(request, "companies/no_account.html", {"title": _("Onboard a company")})
    draft = Onboarding(account=accounts.first(), created_by_id=request.user.pk, source=Source.WIZARD)
    form = IdentifyForm(request.POST or None, onboarding=draft, accounts=accounts)
    if request.method == "POST" and form.is_valid():
        return _save_and_go_on(request, form, draft, Step.IDENTIFY)
    drafts = Onboarding.objects.filter(account__in=accounts, state=OnboardingState.DRAFT, source=Source.WIZARD)
    return _page(request, form, draft, Step.IDENTIFY, drafts=drafts.order_by("-updated_at")[:10])


@_may_onboard
def step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """One step of a draft; "review" shows all and carries the one button."""
    draft = _draft(request, pk)
    if draft.state != OnboardingState.DRAFT:
        return redirect("admin:onboarding_page", pk=draft.pk)
    if step == Step.REVIEW:
        return _submit(request, draft) if request.method == "POST" else _review(request, draft)
    if step not in _FORMS:
        return redirect("admin:onboard_step", pk=draft.pk, step=draft.step)
    form = _form(request, step, draft)
    if request.method == "POST" and form.is_valid():
        return _save_and_go_on(request, form, draft, Step(step))
    return _page(request, form, draft, Step(step))


@_may_onboard
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Say at once whether a business id is well formed and free: a fragment of HTML for the first step."""
    accounts = PartnerAccount.objects.active().visible_to(request.user)
    account = accounts.filter(pk=request.GET.get("account") or 0).first() or accounts.first()
    country, text = request.GET.get("country", ""), request.GET.get("business_id", "").strip()
    if not (account and country and text):
        return HttpResponse("")
    try:
        business_id = business_ids.parse(country, text)
    except business_ids.InvalidBusinessIdError as error:
        return render(request, "companies/_note.html", {"tone": "bad", "text": error.text})
    found = availability.of(account, business_id)
    shown = {"tone": found.tone, "text": found.text, "company": found.company, "held": found.is_held}
    return render(request, "companies/_note.html", shown)


@_may_onboard
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away; nothing of it has left the portal."""
    draft = _draft(request, pk)
    if draft.state == OnboardingState.DRAFT:
        draft.delete()
        messages.info(request, _("The draft is gone. Nothing had been sent."))
    return redirect("admin:onboard")


@_may_onboard
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a refused onboarding a draft again, to be corrected and submitted once more."""
    row = _draft(request, pk)
    if row.state == OnboardingState.REFUSED:
        row.state, row.step = OnboardingState.DRAFT, Step.REVIEW
        row.save(update_fields=["state", "step", "updated_at"])
    return redirect("admin:onboard_step", pk=row.pk, step=Step.IDENTIFY)


def _draft(request: HttpRequest, pk: int) -> Onboarding:
    accounts = PartnerAccount.objects.active().visible_to(request.user)
    return get_object_or_404(Onboarding.objects.select_related("account"), pk=pk, account__in=accounts)


def _form(request: HttpRequest, step: str, draft: Onboarding) -> StepForm:
    extra: dict[str, Any] = {}
    if step == Step.IDENTIFY:
        extra["accounts"] = PartnerAccount.objects.active().visible_to(request.user)
    return _FORMS[step](request.POST or None, onboarding=draft, **extra)


def _save_and_go_on(request: HttpRequest, form: StepForm, draft: Onboarding, done: Step) -> HttpResponse:
    form.fill(draft)
    following = _ORDER[_ORDER.index(done) + 1]
    if _ORDER.index(Step(draft.step)) < _ORDER.index(following):
        draft.step = following
    draft.save()
    return redirect("admin:onboard_step", pk=draft.pk, step=following)


def _page(request: HttpRequest, form: StepForm, draft: Onboarding, step: Step, **more: Any) -> HttpResponse:
    context = {
        "form": form,
        "draft": draft,
        "steps": _steps(draft, step),
        "step": step,
        "title": _("Onboard a company"),
    }
    if step == Step.NETWORKS and draft.pk:
        context["address"] = peppol.expected_endpoint(draft.country, draft.real_business_id)
    back = _ORDER.index(step) - 1
    context["back"] = _ORDER[back] if back >= 0 else None
    return page(request, "companies/wizard.html", {**context, **more})


def _steps(draft: Onboarding, current: Step) -> list[dict[str, Any]]:
    reached = _ORDER.index(Step(draft.step))
    return [
        {
            "name": step,
            "label": step.label,
            "current": step == current,
            "done": _ORDER.index(step) < reached,
            "open": bool(draft.pk),
        }
        for step in _ORDER
    ]


def _review(request: HttpRequest, draft: Onboarding) -> HttpResponse:
    if draft.step != Step.REVIEW:
        return redirect("admin:onboard_step", pk=draft.pk, step=draft.step)
    found = availability.of(draft.account, business_ids.parse(draft.country, draft.real_business_id))
    context = {
        "title": _("Onboard a company"),
        "draft": draft,
        "found": found,
        "steps": _steps(draft, Step.REVIEW),
        "address": peppol.expected_endpoint(draft.country, draft.real_business_id),
        "back": Step.NETWORKS,
    }
    return page(request, "companies/review.html", context)


def _submit(request: HttpRequest, draft: Onboarding) -> HttpResponse:
    try:
        onboarding.submit(draft, actor=request.user)
    except NotQueueableError as error:
        messages.error(request, error.staff_text)
        return redirect("admin:onboard_step", pk=draft.pk, step=Step.REVIEW)
    return redirect("admin:onboarding_page", pk=draft.pk)
