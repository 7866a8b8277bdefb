"""
Handing out files that others wrote: never as a page of ours.

A download is an attachment. A preview is plain text, an image or a PDF under a policy that lets nothing run and nothing
load, for a sandboxed frame; PDF viewers refuse to work in such a frame and keep PDFs apart by themselves.
"""

from typing import BinaryIO, TypeVar

from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from invoices import storing
from invoices.models import Invoice, InvoiceFile, Upload
from portal.partners.models import PartnerAccount

_TEXT = ("application/xml", "text/xml", "text/plain", "text/csv")
_IMAGES = ("image/png", "image/jpeg", "image/gif")
_PDF = "application/pdf"
_LONGEST_PREVIEW = 2**20
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"
Answer = TypeVar("Answer", HttpResponse, FileResponse)
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
def download(request: HttpRequest, pk: int, file_pk: int) -> FileResponse:
    """Give one file of an invoice to keep."""
    file = _file(request, pk, file_pk)
    return _attachment(file.sha256, file.name)


@_may_view
@require_safe
@xframe_options_sameorigin
def preview(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """Show one file of an invoice."""
    file = _file(request, pk, file_pk)
    kind = kind_of_preview(file)
    if not kind:
        raise Http404
    with _opened(file.sha256) as stream:
        content = stream.read(_LONGEST_PREVIEW) if kind == "text" else stream.read()
    types = {"text": "text/plain; charset=utf-8", "pdf": _PDF, "image": file.content_type}
    body = content.decode("utf-8", "replace") if kind == "text" else content
    answer = HttpResponse(body, content_type=types[kind])
    answer["Content-Security-Policy"] = _POLICY if kind == "pdf" else f"sandbox; {_POLICY}"
    answer["Content-Disposition"] = "inline"
    return _nosniff(answer)


@permission_required("invoices.view_upload", raise_exception=True)
@require_safe
def given(request: HttpRequest, upload_pk: int) -> FileResponse:
    """Give back a file as staff gave it to us."""
    accounts = PartnerAccount.objects.visible_to(request.user)
    upload = get_object_or_404(Upload, pk=upload_pk, account__in=accounts)
    return _attachment(upload.sha256, upload.name)


def _file(request: HttpRequest, pk: int, file_pk: int) -> InvoiceFile:
    invoices = Invoice.objects.filter(account__in=PartnerAccount.objects.visible_to(request.user))
    return get_object_or_404(InvoiceFile, pk=file_pk, invoice=pk, invoice__in=invoices)


def _attachment(sha256: str, name: str) -> FileResponse:
    answer = FileResponse(_opened(sha256), as_attachment=True, filename=name, content_type="application/octet-stream")
    answer["Content-Security-Policy"] = f"sandbox; {_POLICY}"
    return _nosniff(answer)


def _opened(sha256: str) -> BinaryIO:
    try:
        return storing.opened(sha256)
    except FileNotFoundError:
        raise Http404 from None


def _nosniff(answer: Answer) -> Answer:
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
