"""
Handing out files that others wrote: never as a page of ours.

A download is an attachment. A preview is plain text, an image, a PDF or a page drawn from what the portal read, under a
policy that lets nothing run and nothing load, for a sandboxed frame; PDF viewers refuse to work in such a frame, and
keep PDFs apart by themselves. What is handed out was compared with its checksum before, and is not read as a whole.
"""

from typing import BinaryIO

from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from invoices.files import reading, storing
from invoices.models import EarlierFile, InvoiceFile, Upload
from invoices.pages.visible import visible, visible_file
from portal.partners.models import PartnerAccount

_TEXT = ("application/xml", "text/xml", "text/plain", "text/csv")
_IMAGES = ("image/png", "image/jpeg", "image/gif")
_PDF = "application/pdf"
_LONGEST_PREVIEW = 2**20
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"
_may_view = permission_required("invoices.view_invoice", raise_exception=True)


def kind_of_preview(file: InvoiceFile) -> str:
    """Return how a file can be shown: "text", "image", "pdf", or "" for not at all."""
    if file.content_type in _TEXT or file.name.lower().endswith(".xml"):
        return "text"
    if file.content_type in _IMAGES:
        return "image"
    return "pdf" if file.content_type == _PDF else ""


@_may_view
@require_safe
def download(request: HttpRequest, pk: int, file_pk: int) -> HttpResponseBase:
    """Give one file of an invoice to keep."""
    file = visible_file(request, pk, file_pk)
    return attachment(file.sha256, file.name)


@_may_view
@require_safe
def earlier(request: HttpRequest, pk: int, earlier_pk: int) -> HttpResponseBase:
    """Give what a file of an invoice was before it changed."""
    found = get_object_or_404(EarlierFile, pk=earlier_pk, file__invoice=visible(request, pk))
    return attachment(found.sha256, found.name)


@_may_view
@require_safe
@xframe_options_sameorigin
def preview(request: HttpRequest, pk: int, file_pk: int) -> HttpResponseBase:
    """Show one file of an invoice."""
    file = visible_file(request, pk, file_pk)
    kind = kind_of_preview(file)
    if not kind:
        raise Http404
    try:
        stream = _opened(file.sha256)
    except storing.StorageError as error:
        return _unreadable(error)
    answer: HttpResponseBase
    if kind == "text":
        with stream:
            text = _decoded(stream.read(_LONGEST_PREVIEW))
        answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
    else:
        answer = FileResponse(stream, content_type=_PDF if kind == "pdf" else file.content_type)
    answer["Content-Disposition"] = "inline"
    return _guarded(answer, sandbox=kind != "pdf")


@_may_view
@require_safe
@xframe_options_sameorigin
def drawn(request: HttpRequest, pk: int, file_pk: int) -> HttpResponseBase:
    """Show what the portal read in an invoice's XML, as a page that stands alone."""
    file = visible_file(request, pk, file_pk)
    try:
        content = _opened(file.sha256)
    except storing.StorageError as error:
        return _unreadable(error)
    with content:
        shown = reading.read(content)
    return _guarded(render(request, "invoices/drawn.html", {"shown": shown, "file": file}), sandbox=True)


@permission_required("invoices.view_upload", raise_exception=True)
@require_safe
def given(request: HttpRequest, upload_pk: int) -> HttpResponseBase:
    """Give back a file as staff gave it to us."""
    accounts = PartnerAccount.objects.visible_to(request.user)
    upload = get_object_or_404(Upload, pk=upload_pk, account__in=accounts)
    return attachment(upload.sha256, upload.name)


def _decoded(content: bytes) -> str:
    """Return text as it is most likely meant: UTF-8 (which may be cut within a letter), else Western European."""
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        if error.start > len(content) - 4:
            return content[: error.start].decode()
        return content.decode("iso-8859-15")


def attachment(sha256: str, name: str) -> HttpResponseBase:
    try:
        stream = _opened(sha256)
    except storing.StorageError as error:
        return _unreadable(error)
    answer = FileResponse(stream, as_attachment=True, filename=name, content_type="application/octet-stream")
    return _guarded(answer, sandbox=True)


def _opened(sha256: str) -> BinaryIO:
    """
    Open stored bytes.

    :raises Http404: they are gone
    :raises StorageError: they are damaged, or cannot be read now
    """
    try:
        return storing.opened(sha256)
    except storing.DamagedFileError:
        text = _("The stored file is damaged: its checksum differs. Press “Look up now” to have it fetched again.")
        raise storing.StorageError(text) from None
    except FileNotFoundError:
        raise Http404 from None


def _unreadable(error: storing.StorageError) -> HttpResponse:
    return HttpResponse(str(error), status=503, content_type="text/plain; charset=utf-8")


def _guarded(answer: HttpResponseBase, *, sandbox: bool) -> HttpResponseBase:
    answer["Content-Security-Policy"] = f"sandbox; {_POLICY}" if sandbox else _POLICY
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
