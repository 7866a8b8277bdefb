"""The rows of a file that are wrong: all at once, one after the other to be corrected, or left out."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from companies.enums import ImportState
from companies.files import correcting
from companies.files.correcting import ClosedError
from companies.files.fields import BY_NAME
from companies.files.forms import RowForm
from companies.models import ImportFile, ImportRow
from companies.pages.imports.access import file_or_404, may_import
from companies.pages.imports.notes import notes
from companies.planning import working
from portal.sites import page

_ON_A_PAGE = 100


@may_import
@require_safe
def errors(request: HttpRequest, pk: int) -> HttpResponse:
    """All that is wrong with a file's rows."""
    file = file_or_404(request, pk)
    wrong = file.rows.filter(has_errors=True).order_by("number").defer("stored_values")
    shown = Paginator(wrong, _ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": _("To be corrected in %(file)s") % {"file": file},
        "file": file,
        "rows": [(row, told(row)) for row in shown],
        "shown": shown,
        "notes": notes(file),
        "good": file.totals.get("rows", 0) - file.totals.get("errors", 0),
        "open": file.state in correcting.OPEN_STATES,
        "by_text": _kinds(file),
    }
    return page(request, "companies/file_errors.html", context)


def told(row: ImportRow) -> list[tuple[str, str]]:
    """Return the label of the field and what is wrong with it, for each error of a row."""
    return [(_label(error["field"]), error["text"]) for error in row.errors]


def _label(field: str) -> str:
    return str(BY_NAME[field].label) if field in BY_NAME else ""


def _kinds(file: ImportFile) -> list[tuple[str, int]]:
    """Return at which fields most rows are wrong: one wrong column shows at once."""
    counted: dict[str, int] = {}
    for found in file.rows.filter(has_errors=True).values_list("errors", flat=True).iterator():
        for field in {error["field"] for error in found}:
            counted[field] = counted.get(field, 0) + 1
    ordered = sorted(counted.items(), key=lambda pair: -pair[1])
    return [(_label(field) or _("The whole row"), count) for field, count in ordered]


@may_import
@require_POST
def go_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan the rows that are right; wrong ones are left out."""
    file = file_or_404(request, pk)
    working.start_planning(file)
    return redirect("admin:import_plan", pk=file.pk)


@may_import
def correct(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Correct one row; then on to the next that is wrong."""
    file, row = _file_and_row(request, pk, number)
    if file.state not in correcting.OPEN_STATES:
        return _closed(request, file)
    form = RowForm(request.POST if request.method == "POST" else None, initial=_initial(row))
    if request.method == "POST" and form.is_valid():
        try:
            checked = correcting.correct(row, form.cleaned_data)
        except ClosedError:
            return _closed(request, file)
        if not checked.errors:
            messages.success(request, _("Row %(number)d is right now.") % {"number": number})
            return _after(file, number)
        form.tell(checked.errors)
    return page(request, "companies/file_row.html", _context(file, row, form))


@may_import
@require_POST
def leave_out(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Take one row out; the file of staff keeps it."""
    file, row = _file_and_row(request, pk, number)
    try:
        correcting.leave_out(row)
    except ClosedError:
        return _closed(request, file)
    messages.info(request, _("Row %(number)d is left out.") % {"number": number})
    return _after(file, number)


def _file_and_row(request: HttpRequest, pk: int, number: int) -> tuple[ImportFile, ImportRow]:
    file = file_or_404(request, pk)
    return file, get_object_or_404(ImportRow, file=file, number=number)


def _initial(row: ImportRow) -> dict[str, str]:
    # A person's number is shown masked; left as it is, it stays what it was.
    return row.values | ({"bid": row.business_id} if row.business_id_secret else {})


def _context(file: ImportFile, row: ImportRow, form: RowForm) -> dict[str, Any]:
    wrong = file.rows.filter(has_errors=True).exclude(pk=row.pk).count()
    found = [] if form.is_bound else row.errors
    at = {name: [error["text"] for error in found if error["field"] == name] for name in form.fields}
    return {
        "title": _("Row %(number)d of %(file)s") % {"number": row.number, "file": file},
        "file": file,
        "row": row,
        "form": form,
        "inputs": [(form[name], at[name], _notes(row, name)) for name in form.fields],
        "whole": [error["text"] for error in found if not error["field"]],
        "others": ngettext("%(count)d other row is wrong", "%(count)d other rows are wrong", wrong) % {"count": wrong},
    }


def _notes(row: ImportRow, field: str) -> list[str]:
    return [note["text"] for note in row.notes if note["field"] == field]


def _after(file: ImportFile, number: int) -> HttpResponse:
    """Lead to the next row that is wrong, else to the plan."""
    wrong = file.rows.filter(has_errors=True).order_by("number")
    following = wrong.filter(number__gt=number).first() or wrong.first()
    if following is not None:
        return redirect("admin:import_row", pk=file.pk, number=following.number)
    working.start_planning(file)
    return redirect("admin:import_plan", pk=file.pk)


def _closed(request: HttpRequest, file: ImportFile) -> HttpResponse:
    text = (
        _("The file is being planned. Wait a moment, then correct the row.")
        if file.state == ImportState.PLANNING
        else _("The file has been carried out; correct the rows in the file and upload it again.")
    )
    messages.warning(request, text)
    return redirect("admin:import_plan", pk=file.pk)
