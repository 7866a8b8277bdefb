"""The page of one operation: what it is about, how it went, and what a person can decide."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from portal.operations import decisions, kinds, pills
from portal.operations.handlers import NotQueueableError
from portal.operations.models import Attempt, Operation
from portal.partners.models import ApiCall, PartnerAccount
from portal.sites import page

CALLS_SHOWN = 100
_may_view = permission_required("operations.view_operation", raise_exception=True)


@dataclass(frozen=True, slots=True)
class Verb:
    """A button: what it is called, and what it decides."""

    name: str
    text: str | Promise
    icon: str
    decide: Callable[[Operation, Any], None]
    style: str = ""


RETRY = Verb("retry", gettext_lazy("Try again"), "refresh", decisions.retry, "button-main")
CANCEL = Verb("cancel", gettext_lazy("Cancel"), "cancel", decisions.cancel)
HAPPENED = Verb("happened", gettext_lazy("It happened"), "check", decisions.it_happened)
NOT_HAPPENED = Verb(
    "not-happened",
    gettext_lazy("It did not happen: send it again"),
    "send",
    decisions.it_did_not_happen,
    "button-danger",
)
VERBS = {verb.name: verb for verb in (RETRY, CANCEL, HAPPENED, NOT_HAPPENED)}


@_may_view
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of one operation."""
    operation = _operation(request, pk)
    label = kinds.label_of(operation.kind)
    title = f"{label} {operation.pk}"
    context = {
        "title": title,
        "opts": Operation._meta,
        "original": title,  # in the crumbs
        "operation": operation,
        "label": label,
        "pill": pills.of_operation(operation),
        "about": about(operation),
        "verbs": verbs_for(request.user, operation),
        "attempts": _attempts(operation),
        "decided": [entry for entry in operation.history if entry["what"] != "attempt"],
        "waits": list(operation.waits.values_list("fact", flat=True)),
        "calls": ApiCall.objects.filter(_calls_of(operation)).order_by("-at")[:CALLS_SHOWN],
    }
    return page(request, "portal/operations/operation.html", context)


@_may_view
@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Carry out one decision and come back."""
    operation = _operation(request, pk)
    if verb not in VERBS:
        raise Http404
    if not kinds.may(request.user, operation.kind):
        raise PermissionDenied
    try:
        VERBS[verb].decide(operation, request.user)
    except NotQueueableError as error:
        messages.warning(request, error.staff_text)
    else:
        messages.success(request, _("%(verb)s: done.") % {"verb": VERBS[verb].text})
    return redirect("admin:operations_operation_change", pk)


def verbs_for(user: Any, operation: Operation) -> list[Verb]:
    """Return the decisions that make sense now and that this member of staff may take."""
    if not kinds.may(user, operation.kind):
        return []
    if operation.named_case:
        return [HAPPENED, NOT_HAPPENED]
    if operation.state in decisions.RETRYABLE:
        return [RETRY]
    return [CANCEL] if operation.state in decisions.CANCELABLE else []


def about(operation: Operation) -> dict[str, Any]:
    """Return what the operation acts on, with a link where it has a page."""
    target = operation.target
    if target is None:
        return {"name": _("not there any more"), "url": ""}
    model = type(target)
    url = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
    known = admin.site.is_registered(model)
    return {"name": str(target), "kind": model._meta.verbose_name, "url": url if known else "", "pk": target.pk}


def _attempts(operation: Operation) -> list[Attempt]:
    """Return all attempts, the latest first."""
    earlier = [entry["attempt"] for entry in operation.history if entry["what"] == "attempt"]
    ids = [*earlier, operation.attempt_id] if operation.attempt_id else earlier
    return list(Attempt.objects.filter(pk__in=ids).order_by("-pk"))


def _calls_of(operation: Operation) -> Q:
    """Its own calls, and that of its group, which is logged with the first member."""
    own, attempt = Q(operation_id=operation.pk), operation.attempt
    if attempt is None:
        return own
    members = list(attempt.members.values_list("pk", flat=True))
    ended_at = attempt.ended_at or attempt.deadline_at
    return own | Q(operation_id__in=members, at__gte=attempt.started_at, at__lte=ended_at)


def _operation(request: HttpRequest, pk: int) -> Operation:
    accounts = PartnerAccount.objects.visible_to(request.user)
    found = Operation.objects.filter(account__in=accounts).select_related("account", "actor", "batch", "attempt")
    return get_object_or_404(found, pk=pk)
