"""The files of an invoice on its page: what lies here, whether it is safe, what changed."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from invoices import links
from invoices.enums import Direction, FileKind, SavingProblem
from invoices.models import EarlierFile, HandOver, Invoice, InvoiceFile
from invoices.pages import contents
from invoices.pages.visible import in_its_list, visible
from invoices.receiving import choices as receiving
from invoices.receiving.return_formats import name_of
from portal.operations import pills
from portal.operations.models import Operation
from portal.pills import pill
from portal.sites import page, site


@dataclass(frozen=True, slots=True)
class ShownFile:
    """
    :ivar preview: text, image, pdf, or "" for none
    :ivar form: the form that it was fetched in, "" where its kind says all
    """

    file: InvoiceFile
    preview: str
    form: str
    earlier: list[EarlierFile]


def register() -> None:
    """Hang the pages into the admin site."""
    own, content = site(), "invoices/content/<int:pk>"
    own.register_view(f"{content}/<int:file_pk>/", contents.download, "invoice_file")
    own.register_view(f"{content}/<int:file_pk>/show/", contents.preview, "invoice_file_preview")
    own.register_view(f"{content}/<int:file_pk>/read/", contents.drawn, "invoice_drawn")
    own.register_view(f"{content}/earlier/<int:earlier_pk>/", contents.earlier, "invoice_earlier_file")
    own.register_view("invoices/page/<int:pk>/read/", read, "invoice_read")
    own.register_view("invoices/page/<int:pk>/changed/", change_seen, "invoice_change_seen")


def context(request: HttpRequest, invoice: Invoice) -> dict[str, Any]:
    """Return what the card of files, and the notes above it, show."""
    files = list(invoice.files.prefetch_related("earlier"))
    return {
        "files": [_shown(file) for file in files],
        "readable": next((file for file in files if file.kind == FileKind.ORIGINAL and not file.remote_id), None),
        "is_received": invoice.direction == Direction.RECEIVED,
        "storage_refuses": invoice.files_problem == SavingProblem.STORAGE,
        "missing": [(name_of(one["form"]), one["text"]) for one in invoice.files_missing],
        "hand_overs": [(one, _state_of(one)) for one in _hand_overs(invoice)],
        "may_receive": request.user.has_perm("invoices.handle_invoice"),
    }


def _hand_overs(invoice: Invoice) -> list[HandOver]:
    latest = Prefetch("operations", Operation.objects.order_by("-pk"), to_attr="latest_operations")
    return list(invoice.hand_overs.select_related("target").prefetch_related(latest).order_by("pk"))


def _state_of(one: HandOver) -> SafeString:
    operations: list[Operation] = one.latest_operations  # type: ignore[attr-defined]
    if one.done_at or not operations:
        return pill(_("Handed over"), "good", "task_alt") if one.done_at else pill(_("Not begun"), "neutral")
    return pills.of_operation(operations[0])


def _shown(file: InvoiceFile) -> ShownFile:
    form = name_of(file.remote_id) if file.kind != FileKind.ATTACHMENT and file.remote_id else ""
    return ShownFile(file, contents.kind_of_preview(file), form, list(file.earlier.all()))


@permission_required("invoices.handle_invoice", raise_exception=True)
@require_POST
def change_seen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the mark "changed" off an invoice: somebody has looked at both."""
    invoice = visible(request, pk)
    receiving.change_seen(invoice)
    messages.success(request, _("Noted. The earlier file stays beside the new one."))
    return redirect(links.page_of(invoice))


@permission_required("invoices.view_invoice", raise_exception=True)
@require_safe
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """The invoice's image, and beside it what its XML says."""
    invoice = in_its_list(visible(request, pk))
    files = list(invoice.files.all())
    images = [file for file in files if file.kind == FileKind.IMAGE and contents.kind_of_preview(file)]
    image = images[0] if images else None
    context = {
        "title": _("Read %(number)s") % {"number": invoice},
        "opts": invoice._meta,
        "original": invoice,
        "heading": _("Invoice %(number)s") % {"number": invoice},
        "back": links.page_of(invoice),
        "image": image,
        "kind": contents.kind_of_preview(image) if image else "",
        "xml": next((file for file in files if file.kind == FileKind.ORIGINAL), None),
    }
    return page(request, "invoices/read.html", context)
