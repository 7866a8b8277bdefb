"""Taking over accounts: where one begins, and what a takeover's case shows and lets staff do."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from companies import business_ids
from companies.life import support_mails, takeovers
from companies.life.takeover_forms import IdForm, StartForm
from companies.models import Case, Onboarding, Takeover
from companies.networks import finding_accounts
from companies.pages import cases as case_pages
from portal.operations import kinds, registry
from portal.operations import pills as operation_pills
from portal.operations.enums import OPEN_STATES
from portal.operations.handlers import NotQueueableError
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from portal.sites import page, site

_may_take_over = permission_required("companies.take_over_company", raise_exception=True)
WHAT = {
    takeovers.COMPLETE: gettext_lazy(
        "The account becomes ours. Its former holder loses it at once, and what that one had opened in networks ends: "
        "activate ours afterwards. AutoInvoice refuses while documents are missing."
    ),
    takeovers.REVERT: gettext_lazy(
        "Before completion the takeover is called off and nothing has happened. Afterwards the account goes back to "
        "its former holder, and we lose it."
    ),
}


def register() -> None:
    """Hang the pages into the admin site, and the takeover's part into the pages of cases."""
    own = site()
    own.register_view("takeovers/new/", start, "takeover_new")
    own.register_view("takeovers/<int:pk>/id/", note_id, "takeover_id")
    own.register_view("takeovers/<int:pk>/documents/", documents, "takeover_documents")
    own.register_view("takeovers/<int:pk>/do/<str:kind>/", act, "takeover_act")
    case_pages.explain(takeovers.KIND, "companies/case_takeover.html", context)


@_may_take_over
def start(request: HttpRequest) -> HttpResponse:
    """Which account, for which customer; `?onboarding=` brings what the wizard knew."""
    accounts = PartnerAccount.objects.active().visible_to(request.user)
    if not accounts.exists():
        return page(request, "companies/no_account.html", {"title": _("Take an account over")})
    onboarding = _onboarding(request)
    form = StartForm(request.POST or None, accounts=accounts, initial=_initial(request, accounts, onboarding))
    if request.method == "POST" and "find" in request.POST:
        form = _found(request, accounts, form)
    elif request.method == "POST" and form.is_valid() and (row := _start(request, form, onboarding)) is not None:
        return redirect("admin:companies_case_change", row.case_id)
    return page(
        request,
        "companies/takeover_new.html",
        {"title": _("Take an account over"), "form": form, "onboarding": onboarding},
    )


def context(request: HttpRequest, case: Case) -> dict[str, Any]:
    """Return what a takeover's case shows beside its story."""
    row = Takeover.objects.select_related("account", "company").filter(case=case).first()
    if row is None:
        return {}
    row.case = case
    may = request.user.has_perm("companies.take_over_company")
    running = Operation.objects.filter(
        kind__in=(takeovers.REQUEST, takeovers.COMPLETE, takeovers.REVERT), company_uuid=row.company_uuid,
        account=row.account_id,
    ).order_by("-id")  # fmt: skip
    latest = running.first()
    return {
        "takeover": row,
        "steps": _steps(case),
        "latest": latest,
        "latest_label": kinds.label_of(latest.kind) if latest else "",
        "latest_pill": operation_pills.of_operation(latest) if latest else "",
        "is_under_way": latest is not None and latest.state in OPEN_STATES,
        "id_form": IdForm() if may and case.is_open and not row.remote_id and case.step != takeovers.PREPARED else None,
        "may_send_documents": may and case.is_open and case.step == takeovers.REQUESTED,
        "may_complete": may and case.is_open and bool(row.remote_id),
        "may_revert": may and bool(row.remote_id) and case.outcome not in (takeovers.REVERTED, takeovers.REFUSED),
        "drafts": support_mails.takeover(row) if case.is_open else [],
    }


@_may_take_over
@require_POST
def documents(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down that the documents went to AutoInvoice."""
    row = _takeover(request, pk)
    if takeovers.documents_sent(row, request.user, request.POST.get("text", "").strip()[:2000]):
        messages.success(request, _("Noted. Ask AutoInvoice support if nothing is heard for a week."))
    else:
        messages.warning(request, _("Documents are not awaited now."))
    return redirect("admin:companies_case_change", row.case_id)


@_may_take_over
@require_POST
def note_id(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the takeover's id from support, when AutoInvoice's answer was lost."""
    row, form = _takeover(request, pk), IdForm(request.POST)
    if form.is_valid() and not row.remote_id:
        takeovers.note_id(row, form.cleaned_data["remote_id"], request.user)
    else:
        messages.warning(request, _("Give the id that AutoInvoice support told."))
    return redirect("admin:companies_case_change", row.case_id)


@_may_take_over
def act(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Say what completing or reverting does, and queue it."""
    row = _takeover(request, pk)
    if kind not in WHAT:
        raise PermissionDenied
    if request.method == "POST":
        _try(request, lambda: takeovers.act(kind, row, request.user))
        return redirect("admin:companies_case_change", row.case_id)
    handler = registry.get(kind)
    return page(
        request,
        "companies/act.html",
        {
            "title": handler.label,
            "opts": Case._meta,
            "original": row.case,
            "handler": handler,
            "what": WHAT[kind],
            "back": _case_url(row),
        },
    )


def _start(request: HttpRequest, form: StartForm, onboarding: Onboarding | None) -> Takeover | None:
    given = form.cleaned_data
    try:
        row = takeovers.start(
            given["account"],
            company_uuid=given["company_uuid"],
            country=given["country"],
            business_id=given["business_id"],
            name=given["name"],
            onboarding=onboarding if onboarding and onboarding.account_id == given["account"].pk else None,
            actor=request.user,
        )
    except NotQueueableError as error:
        form.add_error("company_uuid", error.staff_text)
        return None
    messages.success(request, _("The request is on its way. Collect the documents from the customer meanwhile."))
    return row


def _found(request: HttpRequest, accounts: Any, form: StartForm) -> StartForm:
    """Look the account's id up among the receivers, and fill it in."""
    data = request.POST.copy()
    account = accounts.filter(pk=data.get("account") or 0).first() or accounts.first()
    try:
        business_id = business_ids.parse(data.get("country", ""), data.get("business_id", ""))
    except business_ids.InvalidBusinessIdError as error:
        form.add_error("business_id", error.text)
        return form
    found = finding_accounts.by_business_id(account, business_id)
    if found.uuid is None:
        messages.warning(request, str(found.text))
        return StartForm(initial=data.dict(), accounts=accounts)
    messages.info(request, str(found.text))
    data["company_uuid"], data["name"] = str(found.uuid), data.get("name") or found.name
    return StartForm(initial=data.dict(), accounts=accounts)


def _initial(request: HttpRequest, accounts: Any, onboarding: Onboarding | None) -> dict[str, Any]:
    if onboarding is None:
        names = ("country", "business_id", "name", "company_uuid")
        return {"account": accounts.first().pk, **{name: request.GET.get(name, "") for name in names}}
    return {
        "account": onboarding.account_id,
        "country": onboarding.country,
        "business_id": onboarding.real_business_id,
        "name": onboarding.name,
    }


def _onboarding(request: HttpRequest) -> Onboarding | None:
    pk = request.GET.get("onboarding", "")
    if not pk.isdigit():
        return None
    accounts = PartnerAccount.objects.active().visible_to(request.user)
    return get_object_or_404(Onboarding.objects.select_related("account"), pk=pk, account__in=accounts)


def _steps(case: Case) -> list[dict[str, Any]]:
    """Return the steps that a takeover has taken, with their days, and those before it."""
    taken: dict[str, Any] = {}
    for entry in case.entries.all():
        if entry.step:
            taken.setdefault(entry.step, entry.at)
    names = [takeovers.PREPARED, takeovers.REQUESTED, takeovers.DOCUMENTS, case.outcome or takeovers.COMPLETED]
    rows = [
        {"name": name, "label": takeovers.word(name), "at": taken.get(name), "is_done": name in taken} for name in names
    ]
    return [{**row, "is_current": case.is_open and row["name"] == case.step} for row in rows]


def _takeover(request: HttpRequest, pk: int) -> Takeover:
    visible = Takeover.objects.visible_to(request.user).select_related("account", "case")
    return get_object_or_404(visible, pk=pk)


def _case_url(row: Takeover) -> str:
    return reverse("admin:companies_case_change", args=[row.case_id])


def _try(request: HttpRequest, do: Callable[[], None]) -> None:
    try:
        do()
    except NotQueueableError as error:
        messages.warning(request, error.staff_text)
    else:
        messages.success(request, _("Queued. Its answer is shown here in a moment."))
