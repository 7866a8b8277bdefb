"""One retention run: what goes and what stays, rule by rule, while it runs and afterwards; and the buttons."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import retention
from portal.keeping import files, pills, running
from portal.keeping.models import RetentionRun, RetentionStep, RunState
from portal.operations import waking
from portal.sites import page, site

_may_view = permission_required("keeping.view_retentionrun", raise_exception=True)
_may_keep = permission_required("keeping.keep_house", raise_exception=True)


@dataclass(frozen=True, slots=True)
class Line:
    """One rule of a run, as it is shown."""

    label: str
    step: RetentionStep
    stayed: list[tuple[str, int]]


def register() -> None:
    """Hang the pages into the admin site."""
    own = site()
    own.register_view("keeping/begin/", begin, "keeping_begin")
    own.register_view("keeping/runs/<int:pk>/live/", live, "keeping_live")
    own.register_view("keeping/runs/<int:pk>/stop/", stop, "keeping_stop")


@_may_view
def show(request: HttpRequest, pk: str) -> HttpResponse:
    """What a run did, or does."""
    run = _run(pk)
    context = {"title": str(run), "opts": RetentionRun._meta, "original": run, **_context(request, run)}
    return page(request, "keeping/run.html", context)


@_may_view
@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that changes, for the page that asks again."""
    run = _run(pk)
    answer = render(request, "keeping/_run_live.html", {"original": run, **_context(request, run)})
    if run.state != RunState.RUNNING:
        answer["X-Settled"] = "1"
    return answer


@require_POST
@_may_keep
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a trial; or, with `shown`, the removal of what a trial has shown."""
    shown = _run(request.POST["shown"]) if request.POST.get("shown") else None
    if shown is not None and not shown.is_fresh_trial:
        messages.warning(request, _("What was shown is older than a day: try it out anew first."))
        return redirect("admin:keeping_retentionrun_change", shown.pk)
    try:
        run = running.begin(is_trial=shown is None, by=request.user, shown=shown)
    except running.AlreadyRunningError:
        messages.warning(request, _("A run is under way already; there is one at a time."))
        found = running.live()
        return redirect(*(("admin:keeping_retentionrun_change", found.pk) if found else (_LIST,)))
    waking.after_commit(waking.send, "keeping.work")
    return redirect("admin:keeping_retentionrun_change", run.pk)


@require_POST
@_may_keep
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a run: what is gone is gone, nothing more goes."""
    if not running.stop(_run(pk)):
        messages.warning(request, _("It had ended already."))
    return redirect("admin:keeping_retentionrun_change", pk)


_LIST = "admin:keeping_retentionrun_changelist"


def _context(request: HttpRequest, run: RetentionRun) -> dict[str, Any]:
    lines = lines_of(run)
    may = request.user.has_perm("keeping.keep_house")
    return {
        "pill": pills.of_run(run),
        "lines": lines,
        "gone": sum(line.step.gone for line in lines),
        "moving": run.state == RunState.RUNNING,
        "may_stop": may and run.state == RunState.RUNNING,
        "may_remove": may and run.is_fresh_trial,
    }


def lines_of(run: RetentionRun) -> list[Line]:
    """Return the rules of a run, as they are shown."""
    return [Line(_label(step.kind), step, sorted(step.stayed.items())) for step in run.steps.all()]


def _label(name: str) -> str:
    if kind := retention.get(name):
        return str(kind.label)
    folder = dict(files.kinds()).get(name)
    return _("Files without a row: %(folder)s") % {"folder": folder.label} if folder else name


def _run(pk: str | int) -> RetentionRun:
    if not str(pk).isdigit():
        raise Http404
    return get_object_or_404(RetentionRun.objects.select_related("started_by"), pk=pk)
