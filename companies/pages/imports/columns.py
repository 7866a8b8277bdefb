"""Which column of a file says what, and which sheet is read."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from companies.enums import ImportState
from companies.files import FileError, importing, storing
from companies.files.forms import ColumnsForm, SheetForm
from companies.files.samples import samples
from companies.files.tables import Table
from companies.models import ImportFile
from companies.pages.imports.access import file_or_404, may_import
from portal.sites import page

_CHANGEABLE = (ImportState.UPLOADED, ImportState.MAPPED, ImportState.PLANNED)


@may_import
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Map the columns; each of our fields has a select, with what the column says beside it."""
    file = file_or_404(request, pk)
    if file.state not in _CHANGEABLE:
        messages.info(request, _("The columns can't be changed now: the file is being worked on, or was carried out."))
        return redirect("admin:import_plan" if file.state != ImportState.READING else "admin:import_file", pk=pk)
    try:
        table = storing.table_of(file)
    except FileError as error:
        messages.error(request, error.text)
        return redirect("admin:onboard_file")
    form = ColumnsForm(request.POST or None, file=file, table=table)
    if request.method == "POST" and form.is_valid():
        file.takes_hidden = form.takes_hidden
        file.notes = [*table.notes, *_of_hidden(table, taken=file.takes_hidden)]
        importing.begin(file, form.columns, actor=request.user)
        return redirect("admin:import_file", pk=file.pk)
    return page(request, "companies/file_columns.html", _context(file, table, form))


@may_import
@require_POST
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Read another sheet of the workbook; its columns are recognised anew."""
    file = file_or_404(request, pk)
    if file.state in _CHANGEABLE:
        file.sheet = request.POST.get("sheet", "")
        try:
            storing.look_at(file, storing.table_of(file))
        except FileError as error:
            messages.error(request, error.text)
        else:
            file.save()
    return redirect("admin:import_mapping", pk=file.pk)


def _of_hidden(table: Table, *, taken: bool) -> list[str]:
    if not table.hidden_rows:
        return []
    taken_too, left_out = _("Hidden rows taken too: %(count)d."), _("Hidden rows left out: %(count)d.")
    return [(taken_too if taken else left_out) % {"count": table.hidden_rows}]


def _context(file: ImportFile, table: Table, form: ColumnsForm) -> dict[str, Any]:
    said = samples(table)
    rows = form.rows()
    for row in rows:
        chosen = row["input"].value()
        row["samples"] = said[int(chosen)] if chosen and str(chosen).isdigit() and int(chosen) < len(said) else []
    unused = [name for index, name in enumerate(table.columns) if index not in file.mapping.values()]
    return {
        "title": _("Columns of %(file)s") % {"file": file},
        "file": file,
        "form": form,
        "rows": rows,
        "columns": list(zip(table.columns, said, strict=True)),
        "unused": unused,
        "sheets": SheetForm(table=table) if len(table.sheets) > 1 else None,
        "as_last_time": storing.was_mapped(file),
        "corrected": file.rows.filter(corrected=True).count() if file.state != ImportState.UPLOADED else 0,
    }
