"""Plan against outcome: what became of each row of a file, and how often each kind of prediction came true."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from companies.enums import ImportState, RowOutcome, RowResult
from companies.models import ImportFile, ImportRow
from companies.pages.imports.access import file_or_404, may_import
from companies.planning import paging, rates, words
from portal import csv_output
from portal.operations import batches, pills
from portal.sites import page

_STARTED = (ImportState.STARTED, ImportState.DONE)
_HITS: dict[str, bool | None] = {"hit": True, "miss": False, "open": None}
_HIT_LOOKS = {
    True: (gettext_lazy("As predicted"), "good", "check"),
    False: (gettext_lazy("Otherwise"), "bad", "close"),
    None: (gettext_lazy("Not told yet"), "neutral", "hourglass_empty"),
}


@may_import
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; a file that was not started has only a plan."""
    file = file_or_404(request, pk)
    if file.state not in _STARTED or file.batch is None:
        return redirect("admin:import_plan", pk=pk)
    return page(request, "companies/plan_results.html", {**_frame(file), **_live(file), **_rows(request, file)})


@may_import
@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """The counts, for the page that asks again."""
    file = file_or_404(request, pk)
    answer = render(request, "companies/_plan_results.html", {**_frame(file), **_live(file)})
    if file.state == ImportState.DONE:
        answer["X-Settled"] = "1"
    return answer


@may_import
@require_safe
def download(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """All rows with prediction and outcome as CSV."""
    file = file_or_404(request, pk)
    header = (
        _("Row"), _("Company"), _("Country"), _("Business id"), _("Prediction"), _("Why"), _("Result"),
        _("As predicted"), _("Reason"),
    )  # fmt: skip
    answer = StreamingHttpResponse(csv_output.lines(header, _cells(file)), content_type=csv_output.CONTENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="plan-and-outcome-{file.pk}.csv"'
    return answer


def _cells(file: ImportFile) -> Iterator[list[object]]:
    for row in paging.every(file.rows.defer("stored_values")):
        result = words.RESULTS[row.result][0] if row.result in words.RESULTS else ""
        yield [
            row.number, row.name, row.country, row.business_id, words.OUTCOMES[row.outcome or RowOutcome.ERROR][0],
            " ".join(words.sentences(row.prediction)), result, _hit_look(row)[0], row.reason,
        ]  # fmt: skip


def _frame(file: ImportFile) -> dict[str, Any]:
    return {"title": _("Plan and outcome of %(file)s") % {"file": file.name}, "file": file}


def _live(file: ImportFile) -> dict[str, Any]:
    batch = file.batch
    found = rates.rates(file.plan.get("rates", {}))
    hits, told = rates.total(found)
    ends, everywhere = _ends(file), {rate.outcome: rate.percent for rate in rates.over_all([file.account])}
    return {
        "batch": batch,
        "batch_pill": pills.of_batch(batch) if batch else "",
        "progress": batches.progress(batch) if batch else None,
        "carried": _carried(file),
        "moving": file.state == ImportState.STARTED,
        "rates": [
            (rate, *words.OUTCOMES[rate.outcome], ends.get(rate.outcome, ()), everywhere.get(rate.outcome))
            for rate in found
        ],
        "hits": hits,
        "told": told,
        "percent": 100 * hits // told if told else None,
    }


def _carried(file: ImportFile) -> int:
    return file.rows.exclude(result="").filter(onboarding__isnull=False).count()


def _ends(file: ImportFile) -> dict[str, list[tuple[int, str, Any, str, str]]]:
    """Return by class how many rows ended how, most first."""
    counted = file.rows.exclude(result="").order_by().values_list("outcome", "result").annotate(n=Count("pk"))
    found: dict[str, list[tuple[int, str, Any, str, str]]] = {}
    for outcome, result, n in sorted(counted, key=lambda row: -row[2]):
        if result in words.RESULTS:
            found.setdefault(outcome, []).append((n, result, *words.RESULTS[result]))
    return found


def _rows(request: HttpRequest, file: ImportFile) -> dict[str, Any]:
    rows, kept = _filtered(request, file)
    shown, after = paging.page(rows, request.GET.get("after", ""))
    return {
        "lines": [_line(row) for row in shown],
        "after": after,
        "paged": "after" in request.GET,
        "filters": kept,
        "query": "".join(f"{name}={value}&" for name, value in kept.items()),
        "choices": [(name, _HIT_LOOKS[value][0]) for name, value in _HITS.items()],
    }


def _filtered(request: HttpRequest, file: ImportFile) -> tuple[QuerySet[ImportRow], dict[str, str]]:
    rows, kept = file.rows.select_related("onboarding").defer("stored_values"), {}
    for name, known in (("outcome", RowOutcome.values), ("result", RowResult.values)):
        if (value := request.GET.get(name, "")) in known:
            rows, kept[name] = rows.filter(**{name: value}), value
    if (value := request.GET.get("hit", "")) in _HITS:
        rows, kept["hit"] = rows.filter(hit=_HITS[value]), value
    return rows, kept


def _line(row: ImportRow) -> dict[str, Any]:
    return {
        "row": row,
        "outcome": words.OUTCOMES.get(row.outcome, words.OUTCOMES[RowOutcome.ERROR]),
        "result": words.RESULTS.get(row.result),
        "hit": _hit_look(row),
    }


def _hit_look(row: ImportRow) -> tuple[Any, str, str]:
    if row.hit is None and row.result in (RowResult.LEFT_OUT, RowResult.CANCELED):
        return gettext_lazy("Not tried"), "neutral", "skip_next"
    return _HIT_LOOKS[row.hit]
