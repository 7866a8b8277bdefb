"""Uploading a file of companies, and the way from there: columns, errors or plan, whichever is next."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from companies import pills
from companies.enums import ImportState
from companies.files import importing, storing
from companies.files.fields import OPTIONAL, REQUIRED
from companies.files.forms import UploadForm
from companies.files.tables import Table
from companies.models import ImportFile
from companies.pages.imports.access import accounts, file_or_404, files, may_import
from portal.sites import page

_RECENT = 15


@may_import
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file; one whose columns are all known goes straight on."""
    if not accounts(request).exists():
        return page(request, "companies/no_account.html", {"title": _("Onboard from a file")})
    actor = request.user
    form = UploadForm(request.POST or None, request.FILES or None, accounts=accounts(request), actor=actor)
    if request.method == "POST" and form.is_valid() and form.stored is not None and form.table is not None:
        return _go_on(request, form.stored, form.table)
    context = {
        "title": _("Onboard from a file"),
        "form": form,
        "required": REQUIRED,
        "optional": OPTIONAL,
        "recent": [(file, pills.import_pill(file)) for file in files(request).order_by("-created_at", "-pk")[:_RECENT]],
    }
    return page(request, "companies/file.html", context)


def _go_on(request: HttpRequest, file: ImportFile, table: Table) -> HttpResponse:
    if file.state != ImportState.UPLOADED:
        messages.info(request, _("This very file is here already; it goes on where it was left."))
    elif not file.problem and not storing.needs_choice(file, table):
        importing.begin(file, storing.columns_of(file), actor=request.user, remember=False)
    return redirect("admin:import_file", pk=file.pk)


@may_import
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to what is next with a file; while it is read, show how far it is."""
    file = file_or_404(request, pk)
    if file.state == ImportState.READING:
        return page(request, "companies/file_reading.html", _reading(file))
    return redirect(next_page(file))


@may_import
@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the reading is; a step over to what is next when it has ended."""
    file = file_or_404(request, pk)
    if file.state != ImportState.READING:
        return HttpResponse(headers={"X-Go-To": next_page(file)})
    return render(request, "companies/_file_reading.html", _reading(file))


def next_page(file: ImportFile) -> str:
    """Return the address of what is next with a file."""
    if file.state == ImportState.UPLOADED:
        return reverse("admin:import_mapping", args=[file.pk])
    if file.state == ImportState.MAPPED and file.totals.get("errors"):
        return reverse("admin:import_errors", args=[file.pk])
    return reverse("admin:import_plan", args=[file.pk])


def _reading(file: ImportFile) -> dict[str, Any]:
    return {"title": _("Reading %(file)s") % {"file": file}, "file": file, "read": file.rows.count()}
