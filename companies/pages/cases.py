"""Cases: the list is the admin's; here is one case with its explanation, its story and what staff can do about it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from companies import cases
from companies.models import Case
from companies.networks import conflict_mails, conflicts
from companies.networks.forms import profile_name
from companies.operations.holders import LookUpHolder
from companies.operations.networks import ActivateNetwork
from portal.operations import queueing
from portal.operations.handlers import NotQueueableError
from portal.sites import page, site

_MOST_TEXT = 2000
Context = Callable[[HttpRequest, Case], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Explained:
    """What explains the cases of one kind on their page."""

    template: str
    context: Context


_explained: dict[str, Explained] = {}


def explain(kind: str, template: str, context: Context) -> None:
    """Give the cases of a kind their part of the page."""
    _explained[kind] = Explained(template, context)


@permission_required("companies.view_case", raise_exception=True)
def show(request: HttpRequest, object_id: str) -> HttpResponse:
    """One case."""
    case = _case(request, object_id)
    kind = cases.kind_of(case)
    context: dict[str, Any] = {
        "title": str(case),
        "opts": Case._meta,
        "original": case,
        "kind": kind,
        "step": cases.step_of(case),
        "outcome": cases.word(case, case.outcome) if case.outcome else "",
        "entries": [(entry, cases.word(case, entry.step)) for entry in case.entries.select_related("actor")],
        "by_hand": [(name, step) for name, step in kind.steps.items() if step.by_hand] if kind else [],
        "outcomes": [(name, kind.outcomes[name]) for name in kind.by_hand] if kind else [],
        "may_work": request.user.has_perm("companies.work_case"),
    }
    explained = _explained.get(case.kind)
    if explained is not None:
        context |= {"explanation": explained.template, **explained.context(request, case)}
    return page(request, "companies/case.html", context)


@require_POST
@permission_required("companies.work_case", raise_exception=True)
def work(request: HttpRequest, pk: int, do: str = "note", word: str = "") -> HttpResponse:
    """Move a case by hand, write a note on it, or end it: `do` says which, `word` to which step or with which end."""
    case = _case(request, pk)
    kind, text = cases.kind_of(case), request.POST.get("text", "").strip()[:_MOST_TEXT]
    if kind is None:
        raise Http404
    if do == "move" and word in kind.steps and kind.steps[word].by_hand:
        cases.move(case, word, actor=request.user, text=text)
    elif do == "close" and word in kind.by_hand:
        cases.close(case, word, actor=request.user, text=text)
    elif do == "note" and text:
        cases.note(case, text, actor=request.user)
    else:
        messages.warning(request, _("Nothing was written."))
    return redirect("admin:companies_case_change", case.pk)


@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the registration of a conflict once more."""
    case = _case(request, pk)
    if not request.user.has_perm(ActivateNetwork.permission):
        raise PermissionDenied
    if case.kind != conflicts.KIND or case.company is None or not case.is_open:
        raise Http404
    parameters = case.operation.parameters if case.operation else {"network": case.facts["network"]}
    if _queued(request, ActivateNetwork.kind, case.company, parameters, case):
        cases.move(case, conflicts.RETRIED, actor=request.user)
    return redirect("admin:companies_case_change", case.pk)


@require_POST
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """Have it looked up again who holds the address."""
    case = _case(request, pk)
    if not request.user.has_perm(LookUpHolder.permission):
        raise PermissionDenied
    _queued(request, LookUpHolder.kind, case, {}, case)
    return redirect("admin:companies_case_change", case.pk)


def conflict_context(request: HttpRequest, case: Case) -> dict[str, Any]:
    """Return what the explanation of a refused registration shows."""
    return {
        "explained": conflicts.explanation_of(case),
        "kinds": [profile_name(name) for name in case.facts.get("profiles", [])],
        "holder": case.facts.get("holder"),
        "drafts": conflict_mails.drafts(case) if case.is_open else [],
        "may_retry": case.is_open and request.user.has_perm(ActivateNetwork.permission),
    }


def _queued(request: HttpRequest, kind: str, target: Any, parameters: Any, case: Case) -> bool:
    uuid = case.company.uuid if case.company else None
    try:
        queueing.queue(kind, target, parameters, account=case.account, actor=request.user, company_uuid=uuid)
    except NotQueueableError as error:
        messages.warning(request, error.staff_text)
        return False
    messages.success(request, _("Queued. Its answer is shown here in a moment."))
    return True


def _case(request: HttpRequest, pk: str | int) -> Case:
    if not str(pk).isdigit():
        raise Http404
    visible = Case.objects.visible_to(request.user).select_related("account", "company__account", "operation")
    return get_object_or_404(visible, pk=pk)


explain(conflicts.KIND, "companies/case_conflict.html", conflict_context)


def register() -> None:
    """Hang the pages into the admin site."""
    own = site()
    own.register_view("cases/<int:pk>/handle/", work, "case_work")
    own.register_view("cases/<int:pk>/handle/<slug:do>/<slug:word>/", work, "case_step")
    own.register_view("cases/<int:pk>/retry/", retry, "case_retry")
    own.register_view("cases/<int:pk>/look/", look, "case_look")
