"""
The plan of a file: how far it is, what would happen with each row and with the whole, and the button that starts it.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from companies import onboarding
from companies.enums import ImportState, RowOutcome
from companies.models import ImportFile, ImportRow
from companies.pages import plan_rates, plan_results
from companies.pages.imports.access import file_or_404, may_import
from companies.pages.imports.notes import notes
from companies.pages.imports.rows import told
from companies.planning import NotStartedError, paging, plan_again, start, start_planning, words, working
from portal.operations import chains
from portal.operations.pages.draft import asks_for_number
from portal.sites import page, site

_may_start = permission_required("companies.register_company", raise_exception=True)
_BEFORE = (ImportState.UPLOADED, ImportState.READING)
_STARTED = (ImportState.STARTED, ImportState.DONE)


def register() -> None:
    """Hang the pages of plans into the admin site."""
    own, address = site(), "onboard/file/<int:pk>"
    own.register_view("onboard/file/predictions/", plan_rates.show, "import_rates")
    own.register_view(f"{address}/plan/", show, "import_plan")
    own.register_view(f"{address}/plan/live/", live, "import_plan_live")
    own.register_view(f"{address}/plan/do/<slug:verb>/", act, "import_plan_act")
    own.register_view(f"{address}/result/", plan_results.show, "import_result")
    own.register_view(f"{address}/result/live/", plan_results.live, "import_result_live")
    own.register_view(f"{address}/result/rows.csv", plan_results.download, "import_result_rows")


@may_import
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan; while it is made, how far it is."""
    file = file_or_404(request, pk)
    if file.state in _BEFORE:
        return redirect("admin:import_file", pk=pk)
    if file.state in (ImportState.MAPPED, ImportState.PLANNING):
        return page(request, "companies/plan_progress.html", {**_frame(file), **_progress(file)})
    context = {**_frame(file), **_whole(file), **_rows(request, file), "notes": notes(file)}
    return page(request, "companies/plan.html", context)


@may_import
@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """How far planning is; a step over to the plan when it is ready."""
    file = file_or_404(request, pk)
    if file.state not in (ImportState.MAPPED, ImportState.PLANNING):
        return HttpResponse(headers={"X-Go-To": reverse("admin:import_plan", args=[pk])})
    return render(request, "companies/_plan_progress.html", {"file": file, **_progress(file)})


@_may_start
@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Start what was planned, or plan it anew."""
    file = file_or_404(request, pk)
    if verb == "start":
        return _start(request, file)
    if verb != "again":
        raise Http404
    if not (start_planning(file) if file.state == ImportState.MAPPED else plan_again(file)):
        messages.warning(request, _("The file has gone on meanwhile; that is not possible any more."))
    return redirect("admin:import_plan", pk=pk)


def _start(request: HttpRequest, file: ImportFile) -> HttpResponse:
    typed = "".join(letter for letter in request.POST.get("number", "") if letter.isdecimal())  # "1,234" is 1234
    try:
        start(file, request.user, number=int(typed or 0))
    except NotStartedError as error:
        messages.error(request, str(error))
        return redirect("admin:import_plan", pk=file.pk)
    return redirect("admin:import_result", pk=file.pk)


def _frame(file: ImportFile) -> dict[str, Any]:
    return {"title": _("Plan of %(file)s") % {"file": file.name}, "file": file}


def _progress(file: ImportFile) -> dict[str, Any]:
    ready, total = working.progress(file)
    return {"ready": ready, "total": total, "percent": 100 * ready // max(total, 1)}


def _whole(file: ImportFile) -> dict[str, Any]:
    plan = file.plan
    will_run = int(plan.get("will_run", 0))
    counts = plan.get("outcomes", {})
    return {
        "plan": plan,
        "will_run": will_run,
        "asks": asks_for_number(chains.of(onboarding.CHAIN), will_run),
        "started": file.state in _STARTED,
        "planned_at": parse_datetime(plan.get("planned_at", "")) if plan.get("planned_at") else None,
        "cards": [(name, counts[name], *words.OUTCOMES[name]) for name in RowOutcome.values if counts.get(name)],
        "calls": [(words.CALLS[kind], n) for kind, n in plan.get("calls", {}).items() if n],
        "all_calls": sum(plan.get("calls", {}).values()),
        "asked": [(words.ASKED[kind], n) for kind, n in plan.get("asked", {}).items() if kind in words.ASKED],
        "duration": duration(int(plan.get("seconds", 0))),
        "signers": sum(row["requests"] for row in plan.get("requests", ())),
    }


def duration(seconds: int) -> str:
    """Return seconds as staff say them."""
    if seconds < 90:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    minutes = -(-seconds // 60)
    if minutes < 90:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    return _("%(hours)d h %(minutes)d min") % {"hours": minutes // 60, "minutes": minutes % 60}


def _rows(request: HttpRequest, file: ImportFile) -> dict[str, Any]:
    chosen = request.GET.get("outcome", "")
    chosen = chosen if chosen in RowOutcome.values else ""
    rows = file.rows.defer("stored_values")
    rows = rows.filter(outcome=chosen) if chosen else rows
    shown, after = paging.page(rows, request.GET.get("after", ""))
    return {
        "chosen": chosen,
        "chosen_word": words.OUTCOMES[chosen][0] if chosen else "",
        "lines": [_line(row) for row in shown],
        "after": after,
        "paged": "after" in request.GET,
    }


def _line(row: ImportRow) -> dict[str, Any]:
    return {
        "row": row,
        "pill": words.OUTCOMES.get(row.outcome, words.OUTCOMES[RowOutcome.ERROR]),
        "texts": words.sentences(row.prediction),
        "steps": words.steps(row.prediction),
        "address": words.address(row),
        "errors": told(row),
    }
