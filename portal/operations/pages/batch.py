"""The page of a batch: its preview while it is a draft, then its progress, its rows and what can be done with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from portal import csv_output
from portal.operations import batches, chains, decisions, exports, kinds, pills
from portal.operations.actions import back_to
from portal.operations.enums import DRAFT_STATES, LIVE_BATCH_STATES, BatchState, State
from portal.operations.models import Batch, Operation
from portal.operations.pages import draft
from portal.operations.pages.steps import PROGRESS, RESULT, steps
from portal.partners.models import PartnerAccount
from portal.sites import page

_may_view = permission_required("operations.view_batch", raise_exception=True)
ENDED = (BatchState.DONE, BatchState.CANCELED)


@dataclass(frozen=True, slots=True)
class Verb:
    name: str
    text: str | Promise
    icon: str
    states: tuple[BatchState, ...]
    act: Callable[[Batch, Any], Any]
    style: str = ""


VERBS = {
    verb.name: verb
    for verb in (
        Verb("pause", gettext_lazy("Pause"), "pause", (BatchState.RUNNING,), lambda batch, _user: batches.pause(batch)),
        Verb(
            "resume",
            gettext_lazy("Go on"),
            "play_arrow",
            (BatchState.PAUSED,),
            lambda batch, _user: batches.resume(batch),
            "button-main",
        ),
        Verb(
            "cancel",
            gettext_lazy("Cancel what is not sent"),
            "cancel",
            (*LIVE_BATCH_STATES, BatchState.PAUSED, *DRAFT_STATES),
            batches.cancel,
            "button-danger",
        ),
        Verb(
            "retry",
            gettext_lazy("Try the failed ones again"),
            "refresh",
            (*LIVE_BATCH_STATES, BatchState.PAUSED, *ENDED),
            batches.retry_failed,
        ),
    )
}
# What is decided while it is a draft.
DRAFTS: dict[str, Callable[[HttpRequest, Batch], HttpResponse]] = {
    "start": draft.start,
    "widen": draft.widen,
    "count": draft.count_again,
}


@_may_view
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; a draft shows its preview and what there is to choose."""
    batch = _batch(request, pk)
    if batch.state in DRAFT_STATES and chains.knows(batch.kind) and "model" in batch.selection:
        return draft.show(request, batch)
    context = {**_frame(batch), **_live_context(request, batch), **_rows_context(request, batch)}
    return page(request, "portal/operations/batch.html", context)


@_may_view
@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that changes, for the page that asks again."""
    batch = _batch(request, pk)
    if batch.state in DRAFT_STATES:
        return draft.live(request, batch)
    answer = render(request, "portal/operations/_batch_live.html", {**_frame(batch), **_live_context(request, batch)})
    if batch.state in ENDED:
        if "running" in request.GET:
            answer["X-Go-To"] = reverse("admin:operations_batch_change", args=[batch.pk])  # its result
        answer["X-Settled"] = "1"
    return answer


@_may_view
@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Start, pause, go on, cancel, or try the failed rows again."""
    batch = _batch(request, pk)
    if not kinds.may(request.user, batch.kind):
        raise PermissionDenied
    if verb in DRAFTS:
        return DRAFTS[verb](request, batch)
    if verb not in VERBS:
        raise Http404
    if batch.state not in VERBS[verb].states:
        messages.warning(request, _("The batch has gone on meanwhile; that is not possible any more."))
    else:
        _tell(request, VERBS[verb].act(batch, request.user))
    return redirect("admin:operations_batch_change", pk)


@_may_view
@require_safe
def download(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """All rows as CSV, failures first."""
    batch = _batch(request, pk)
    answer = StreamingHttpResponse(exports.lines(batch), content_type=csv_output.CONTENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="batch-{batch.pk}.csv"'
    return answer


def _tell(request: HttpRequest, outcome: Any) -> None:
    if isinstance(outcome, decisions.Decided):
        messages.success(request, _("%(count)d rows are tried again.") % {"count": outcome.changed})
        if outcome.changed + len(outcome.refused) >= batches.DECIDED_AT_ONCE:
            messages.info(request, _("If there are more, they follow: this page shows how far it is."))
        if outcome.refused:
            reasons = ", ".join(sorted({str(reason) for _operation, reason in outcome.refused}))
            messages.warning(
                request, _("%(count)d rows are not: %(why)s") % {"count": len(outcome.refused), "why": reasons}
            )


def _frame(batch: Batch) -> dict[str, Any]:
    return {
        "title": batch.label,
        "opts": Batch._meta,
        "original": batch,
        "label": kinds.label_of(batch.kind),
        "back": back_to(batch),
        "steps": steps(RESULT if batch.state in ENDED else PROGRESS),
        "changed": _changed(batch),
    }


def _changed(batch: Batch) -> dict[str, int] | None:
    """Tell what ran otherwise than the preview said, because the world had changed; None: nothing, or nobody knows."""
    if not batch.preview.get("ready") or batch.state in (*DRAFT_STATES, BatchState.FILLING):
        return None
    said, left_out = batch.preview["will_run"], sum(row["count"] for row in batch.skipped)
    ran = said + batch.preview["left_out"] - left_out
    return None if ran == said else {"said": said, "ran": ran}


def _live_context(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    progress = batches.progress(batch)
    allowed = kinds.may(request.user, batch.kind)
    verbs = [verb for verb in VERBS.values() if allowed and batch.state in verb.states]
    return {
        "pill": pills.of_batch(batch),
        "progress": progress,
        "parts": _parts(progress),
        "verbs": [verb for verb in verbs if verb.name != "retry" or progress.troubled],
        "moving": batch.state not in ENDED,
        "outcomes": _outcomes(progress),
    }


def _outcomes(progress: batches.Progress) -> list[dict[str, Any]]:
    """Return the counts of what has ended, failures first."""
    order = (State.FAILED, State.REFUSED, State.UNKNOWN, State.DONE, State.SKIPPED, State.CANCELED)
    return [
        {"state": state, "look": pills.STATES[state], "count": progress.counts[state]}
        for state in order
        if progress.counts.get(state)
    ]


def _parts(progress: batches.Progress) -> list[dict[str, Any]]:
    """Return the counts as parts of the bar, in the order of the states."""
    shown = [(state, look, progress.counts.get(state, 0)) for state, look in pills.STATES.items()]
    return [
        {"state": state, "look": look, "count": count, "percent": round(100 * count / max(progress.total, 1), 2)}
        for state, look, count in shown
        if count
    ]


def _rows_context(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    shown, after = batches.rows(batch, request.GET.get("after", ""))
    return {"rows": [_row(operation) for operation in shown], "after": after, "paged": "after" in request.GET}


def _row(operation: Operation) -> dict[str, Any]:
    return {
        "operation": operation,
        "target": str(operation.target or _("not there any more")),
        "url": _url_of(operation.target),
        "label": kinds.label_of(operation.kind),
        "pill": pills.of_operation(operation),
        "text": operation.remedy or operation.error_text,
    }


def _url_of(target: Any) -> str:
    """Return the address of a target's page; "" when it has none."""
    if target is None or not admin.site.is_registered(type(target)):
        return ""
    meta = target._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[target.pk])


def _batch(request: HttpRequest, pk: int) -> Batch:
    accounts = PartnerAccount.objects.visible_to(request.user)
    found = Batch.objects.filter(account__in=accounts).select_related("account", "actor")
    return get_object_or_404(found, pk=pk)
