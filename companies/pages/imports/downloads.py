"""A file back with what is wrong in a last column."""

from pathlib import PurePath

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from companies.enums import ImportKind
from companies.files import FileError, returning
from companies.models import ImportFile
from companies.pages.imports.access import file_or_404, may_import
from portal import csv_output

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@may_import
@require_safe
def download(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """The file as CSV or workbook."""
    file = file_or_404(request, pk)
    if kind not in ImportKind.values:
        raise Http404
    try:
        return _answer(file, kind)
    except FileError as error:
        messages.error(request, error.text)
        return redirect("admin:import_errors", pk=file.pk)


def _answer(file: ImportFile, kind: str) -> HttpResponseBase:
    name = f"{PurePath(file.name).stem}-corrections.{kind}"
    if kind == ImportKind.CSV:
        content: bytes = "".join(returning.as_csv(file)).encode()
    else:
        content = returning.as_xlsx(file)
    answer = HttpResponse(content, content_type=csv_output.CONTENT_TYPE if kind == ImportKind.CSV else _WORKBOOK)
    answer.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return answer
