"""Files given together: what was read of each, whose they are, and how their sending stands."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from companies.models import Company
from invoices import links, pills
from invoices.documents import Kind
from invoices.enums import DropSends, DropState, FileOutcome
from invoices.models import Drop, DropFile
from invoices.operations import Send, SendDocument
from invoices.sending import drops
from invoices.sending.forms import company_named
from invoices.trade import kinds
from portal import csv_output
from portal.operations import pills as operation_pills
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from portal.sites import page

_PAGE = 50
SHOWN_WHOLE = 10  # files of one company that are shown in full; more are shown as a table
_CREDITS = (Kind.CREDIT_NOTE.value, Kind.SELF_BILLED_CREDIT_NOTE.value)
_COLUMNS = (
    "file", "outcome", "why", "remedy", "company", "number", "receiver", "total", "currency", "warnings", "sending",
)  # fmt: skip


def next_page(drop: Drop) -> str:
    """Return where a drop goes on: few files of one company are shown in full, all others as a table."""
    rows = list(drop.files.order_by("number")[: SHOWN_WHOLE + 1])
    if drop.sends == DropSends.DOCUMENTS:
        only = rows[0].draft_id if len(rows) == 1 and drop.state == DropState.READ else None
        return reverse("admin:document_draft", args=[only]) if only else reverse("admin:invoices_drop", args=[drop.pk])
    sendable = all(row.outcome in (FileOutcome.READY, FileOutcome.SAME) and row.upload_id for row in rows)
    companies = {row.company_id for row in rows}
    if drop.state == DropState.READ and rows and len(rows) <= SHOWN_WHOLE and sendable and len(companies) == 1:
        uploads = list(dict.fromkeys(row.upload_id for row in rows if row.upload_id))
        return links.files_page(companies.pop() or 0, uploads)
    return reverse("admin:invoices_drop", args=[drop.pk])


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The page: reading as it goes on, then a row for each file."""
    drop = _drop(request, pk)
    context = {"title": _("Files to send"), "heading": str(drop), "drop": drop, **_progress(drop)}
    context["is_documents"] = drop.sends == DropSends.DOCUMENTS
    if drop.state != DropState.READ:
        return page(request, "invoices/drop_reading.html", context)
    return page(request, "invoices/drop.html", {**context, **_rows_context(request, drop)})


@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the reading is; a step to what is next when it has ended."""
    drop = _drop(request, pk)
    if drop.state == DropState.READ:
        return HttpResponse(headers={"X-Go-To": next_page(drop)})
    context = {"drop": drop, "is_documents": drop.sends == DropSends.DOCUMENTS, **_progress(drop)}
    return render(request, "invoices/_drop_reading.html", context)


@require_POST
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Say as which company the files of one sender are sent."""
    drop = _drop(request, pk)
    text = request.POST.get("company", "").strip()
    own = Company.objects.visible_to(request.user).filter(account=drop.account_id)
    try:
        company = company_named(text, own) if text else None
    except ValidationError as exc:
        messages.error(request, " ".join(exc.messages))
        return redirect("admin:invoices_drop", pk)
    if company is None:
        messages.error(request, _("Name the company that sends these files."))
    elif drop.batch_id:
        messages.warning(request, _("The batch is made already. Give the remaining files once more."))
    else:
        changed = drops.choose(drop, request.POST.get("sender", ""), company, actor=request.user)
        text = ngettext("%(n)d file is sent as %(company)s.", "%(n)d files are sent as %(company)s.", changed)
        messages.success(request, text % {"n": changed, "company": company})
    return redirect("admin:invoices_drop", pk)


@require_POST
def go_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the batch, which asks how to deliver, and shows what it would do."""
    drop = _drop(request, pk)
    back = reverse("admin:invoices_drop", args=[pk])
    batch = drops.batch_of(drop, actor=request.user, back=back) if drop.state == DropState.READ else None
    if batch is None:
        messages.warning(request, _("None of these files can be sent now."))
        return redirect(back)
    return redirect("admin:operations_batch_change", batch.pk)


@require_safe
def download(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """All rows as CSV."""
    drop = _drop(request, pk)
    answer = StreamingHttpResponse(csv_output.lines(_COLUMNS, _cells(drop)), content_type=csv_output.CONTENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="files-{drop.pk}.csv"'
    return answer


def _cells(drop: Drop) -> Iterator[list[Any]]:
    pages = Paginator(drop.files.select_related("company").order_by("number"), 500)
    for number in pages.page_range:
        rows = list(pages.page(number).object_list)
        states = _sendings(drop, rows)
        for row in rows:
            sending = states.get(row.upload_id or row.draft_id or 0)
            warnings = " / ".join(concern["text"] for concern in row.concerns)
            yield [row.path, row.get_outcome_display(), row.text, row.remedy, row.company or row.sender,
                   row.document_number, row.receiver, row.total if row.total is not None else "", row.currency,
                   warnings, sending.get_state_display() if sending else ""]  # fmt: skip


def _drop(request: HttpRequest, pk: int) -> Drop:
    accounts = PartnerAccount.objects.visible_to(request.user)
    found = Drop.objects.filter(account__in=accounts).select_related("account", "company", "batch", "created_by")
    drop = get_object_or_404(found, pk=pk)
    if not request.user.has_perm(_sending(drop).permission):
        raise PermissionDenied
    return drop


def _sending(drop: Drop) -> type[Send | SendDocument]:
    """Return the kind of operation that sends what was given."""
    return SendDocument if drop.sends == DropSends.DOCUMENTS else Send


def _progress(drop: Drop) -> dict[str, Any]:
    counts = dict(drop.files.order_by().values_list("outcome").annotate(n=Count("pk")))
    shown = [(outcome, pills.OUTCOMES[outcome], counts.get(outcome.value, 0)) for outcome in FileOutcome]
    return {"counts": shown, "read": sum(counts.values()), "ready": counts.get(FileOutcome.READY, 0)}


def _rows_context(request: HttpRequest, drop: Drop) -> dict[str, Any]:
    chosen = request.GET.get("outcome", "")
    rows = drop.files.select_related("company", "upload", "draft").order_by("number")
    warned = drop.files.exclude(concerns=[]).filter(outcome=FileOutcome.READY)
    if chosen == "warned":
        rows = rows.filter(~Q(concerns=[]), outcome=FileOutcome.READY)
    elif chosen in FileOutcome.values:
        rows = rows.filter(outcome=chosen)
    shown = Paginator(rows, _PAGE).get_page(request.GET.get("p"))
    return {
        "rows": _shown(drop, list(shown.object_list)),
        "pages": shown,
        "chosen": chosen,
        "warned": warned.count(),
        "unclear": [] if drop.batch_id else drops.unclear(drop),
        "batch_pill": operation_pills.of_batch(drop.batch) if drop.batch else "",
    }


def _shown(drop: Drop, rows: Sequence[DropFile]) -> list[dict[str, Any]]:
    states = _sendings(drop, rows)
    return [_row(row, states.get(row.upload_id or row.draft_id or 0)) for row in rows]


def _sendings(drop: Drop, rows: Sequence[DropFile]) -> dict[int, Operation]:
    """Return the latest sending of each row's upload or draft; one statement."""
    ids = [pk for row in rows if (pk := row.upload_id or row.draft_id)]
    if not ids:
        return {}
    latest = Operation.objects.filter(kind=_sending(drop).kind, target_id__in=ids).order_by("pk")
    return {operation.target_id: operation for operation in latest}


def _row(row: DropFile, sending: Operation | None) -> dict[str, Any]:
    return {
        "file": row,
        "pill": operation_pills.of_operation(sending) if sending else pills.outcome_pill(row),
        "why": (sending.remedy or sending.error_text) if sending else row.text,
        "remedy": "" if sending else row.remedy,
        "url": _url(row),
        "type": kinds.word_of(row.draft.type) if row.draft else "",
        "attachments": len(row.draft.attachments) if row.draft else 0,
        "is_credit": row.kind in _CREDITS,
        "total": f"{number_format(row.total, 2, force_grouping=True)} {row.currency}" if row.total is not None else "–",
    }


def _url(row: DropFile) -> str:
    """Return where one file is shown by itself."""
    if row.draft_id:
        return reverse("admin:document_draft", args=[row.draft_id])
    return links.files_page(row.upload.company_id, [row.upload.pk]) if row.upload else ""
