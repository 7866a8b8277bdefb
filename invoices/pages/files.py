"""Given files of one company: what is in them, what speaks against sending, and how their sending stands."""

from dataclasses import dataclass
from typing import Any

import msgspec
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from companies.models import Company
from invoices import links, pills
from invoices.files import storing
from invoices.files.xml import UnreadableFileError
from invoices.models import Invoice, Upload
from invoices.operations import Send
from invoices.sending import checks, defaults, submitting
from invoices.sending.concerns import Concern
from invoices.sending.forms import MOST_FILES
from invoices.sending.option_forms import OptionsForm, in_words
from invoices.sending.previews import Preview
from invoices.sending.submitting import Outcome
from portal.operations import pills as operation_pills
from portal.operations.enums import OPEN_STATES, State
from portal.operations.models import Operation
from portal.sites import page

_may_send = permission_required("invoices.send_invoice", raise_exception=True)


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One given file on the page."""

    upload: Upload
    preview: Preview | None
    concerns: tuple[Concern, ...]
    operation: Operation | None
    state: SafeString | str
    invoice: Invoice | None
    status: SafeString | str
    url: str  # of the invoice

    @property
    def can_be_sent(self) -> bool:
        return self.invoice is None and (self.operation is None or self.operation.state not in OPEN_STATES)

    @property
    def is_moving(self) -> bool:
        if self.operation is not None and self.operation.state in OPEN_STATES:
            return self.operation.state != State.WAITING
        return self.invoice is not None and self.invoice.next_check_at is not None


@_may_send
def show(request: HttpRequest, company_pk: int) -> HttpResponse:
    """The page; POST sends the chosen files."""
    company = _company(request, company_pk)
    uploads = _uploads(request, company)
    one_receiver = len(uploads) == 1
    form = OptionsForm(
        request.POST or None, country=company.country, one_receiver=one_receiver, has_lookup=one_receiver
    )
    if request.method == "POST" and form.is_valid():
        return _send(request, company, uploads, form)
    files = _shown(uploads)
    context = {
        "title": _("Files to send"),
        "opts": Upload._meta,
        "heading": _("Files of %(company)s") % {"company": company},
        "company": company,
        "files": files,
        "form": form,
        "button": _button(company, [file for file in files if file.can_be_sent]),
        "query": request.META["QUERY_STRING"],
        "defaults": in_words(msgspec.to_builtins(defaults.stored(defaults.of_company(company)))),
        "lookup": reverse("admin:invoices_receivers", args=[company.pk]),
        "operators": reverse("admin:invoices_operators", args=[company.pk]),
    }
    return page(request, "invoices/files.html", context)


@_may_send
@require_safe
def live(request: HttpRequest, company_pk: int) -> HttpResponse:
    """The files that are on their way, for the page that asks again."""
    company = _company(request, company_pk)
    files = _shown(_uploads(request, company), with_concerns=False)
    answer = render(request, "invoices/_files_progress.html", {"files": files})
    if not any(file.is_moving for file in files):
        answer["X-Settled"] = "1"
    return answer


def _send(request: HttpRequest, company: Company, uploads: list[Upload], form: OptionsForm) -> HttpResponse:
    chosen = set(request.POST.getlist("send"))
    wanted = [upload for upload in uploads if str(upload.pk) in chosen]
    if not wanted:
        messages.warning(request, _("Nothing was sent: tick at least one file."))
    results = submitting.send_uploads(wanted, actor=request.user, options=form.options())
    queued = sum(result.outcome == Outcome.QUEUED for result in results)
    if queued:
        text = ngettext("%(n)d invoice is on its way.", "%(n)d invoices are on their way.", queued)
        messages.success(request, text % {"n": queued})
    for result in results:
        if result.outcome != Outcome.QUEUED:
            messages.warning(request, f"{result.name}: {result.text} {result.remedy}".strip())
    return redirect(links.files_page(company.pk, [upload.pk for upload in uploads]))


def _company(request: HttpRequest, pk: int) -> Company:
    return get_object_or_404(Company.objects.visible_to(request.user).select_related("account"), pk=pk)


def _uploads(request: HttpRequest, company: Company) -> list[Upload]:
    ids = [int(pk) for pk in request.GET.getlist("u")[:MOST_FILES] if pk.isdecimal()]
    latest = Prefetch("operations", Operation.objects.filter(kind=Send.kind).order_by("-pk"), to_attr="sendings")
    rows = company.uploads.prefetch_related(latest).in_bulk(ids)
    found: list[Upload] = [rows[pk] for pk in dict.fromkeys(ids) if pk in rows]
    if not found:
        raise Http404
    for upload in found:
        upload.company = company
    return found


def _button(company: Company, files: list[ShownFile]) -> str:
    text = ngettext("Send %(n)d invoice as %(company)s", "Send %(n)d invoices as %(company)s", len(files))
    return text % {"n": len(files), "company": company} if files else ""


def _shown(uploads: list[Upload], *, with_concerns: bool = True) -> list[ShownFile]:
    invoices = {invoice.uuid: invoice for invoice in _invoices(uploads)}
    return [_show(upload, invoices.get(upload.uuid), with_concerns) for upload in uploads]


def _invoices(uploads: list[Upload]) -> Any:
    uuids = [upload.uuid for upload in uploads]
    return Invoice.objects.filter(company=uploads[0].company_id, uuid__in=uuids).select_related("company")


def _show(upload: Upload, invoice: Invoice | None, with_concerns: bool) -> ShownFile:
    sendings: list[Operation] = upload.sendings  # type: ignore[attr-defined]  # prefetched
    operation = sendings[0] if sendings else None
    read_it = with_concerns and invoice is None
    preview, concerns = _inspect(upload) if read_it else (None, ())
    return ShownFile(
        upload=upload,
        preview=preview,
        concerns=concerns,
        operation=operation,
        state=operation_pills.of_operation(operation) if operation else "",
        invoice=invoice,
        status=pills.status_pill(invoice) if invoice else "",
        url=links.page_of(invoice) if invoice else "",
    )


def _inspect(upload: Upload) -> tuple[Preview | None, tuple[Concern, ...]]:
    try:
        with storing.opened(upload.sha256) as stream:
            inspected = checks.inspect(stream.read(), upload.name)
    except FileNotFoundError:
        return None, (
            Concern("file_gone", _("The file is not in the storage any more."), _("Give the file once more.")),
        )
    except UnreadableFileError as exc:
        return None, (Concern("unreadable", exc.text, exc.remedy),)
    closed = defaults.of_company(upload.company).disabled_routes
    return Preview(inspected), tuple(checks.concerns(inspected, upload.company, disabled=closed))
