"""A business document's page: how it stands, its events, its files; and its acts."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from companies.models import Company
from companies.tabs import Tab
from invoices import links
from invoices.enums import Direction
from invoices.models import BusinessDocument, DocumentFile, ReceivedDocument, SentDocument
from invoices.operations import ConfirmDocument
from invoices.pages import contents
from invoices.trade import advice, drafting, following, kinds
from invoices.trade.kinds import DocumentStatus
from invoices.trade.pills import status_pill
from portal.operations import pills as operation_pills
from portal.operations import queueing
from portal.operations.handlers import NotQueueableError
from portal.operations.kinds import label_of
from portal.partners.models import PartnerAccount
from portal.sites import View, page, site
from portal.sync import nudging

_may_view = permission_required("invoices.view_businessdocument", raise_exception=True)
_SHOWN = 20


def register() -> None:
    own = site()
    own.register_view("documents/page/<int:pk>/live/", live, "document_live")
    own.register_view("documents/page/<int:pk>/look/", look, "document_look")
    own.register_view("documents/page/<int:pk>/confirm/", confirm, "document_confirm")
    own.register_view("documents/page/<int:pk>/files/<int:file_pk>/", cast("View", download), "document_file")
    own.register_view("documents/of/<int:company_pk>/look/", look_for_news, "documents_look")


@_may_view
def show(request: HttpRequest, object_id: str) -> HttpResponse:
    """The page of one document."""
    document = _in_its_list(visible(request, object_id))
    context = {
        "title": str(document),
        "opts": document._meta,
        "heading": f"{kinds.word_of(document.type)} {document}",
        "may_look": request.user.has_perm("invoices.confirm_document"),
        "may_confirm": _can_be_confirmed(document) and request.user.has_perm(ConfirmDocument.permission),
        "may_send": document.draft_id is not None and request.user.has_perm("invoices.send_document"),
        "next_copy": _next_copy(document),
        **_context(document),
    }
    return page(request, "invoices/document.html", context)


@_may_view
@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """The page's body alone, for the page that asks again while something is awaited."""
    document = visible(request, pk)
    answer = render(request, "invoices/_trade_document.html", _context(document))
    if not _is_moving(document):
        answer["X-Settled"] = "1"
    return answer


@permission_required("invoices.confirm_document", raise_exception=True)
@require_POST
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the portal look at AutoInvoice at once."""
    document = visible(request, pk)
    BusinessDocument.objects.filter(pk=document.pk).update(next_check_at=timezone.now(), files_at=None)
    nudging.look_at_once(following.WATCH, document.account_id)
    messages.info(request, _("The portal looks at AutoInvoice; the page shows what it finds."))
    return redirect(links.page_of_document(document))


@permission_required(ConfirmDocument.permission, raise_exception=True)
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm that a received document has arrived well."""
    document = visible(request, pk)
    try:
        with transaction.atomic():
            queueing.queue(
                ConfirmDocument.kind,
                document,
                account=document.account,
                actor=request.user,
                company_uuid=document.company.uuid,
            )
    except NotQueueableError as error:
        messages.warning(request, error.staff_text)
    else:
        messages.success(request, _("The sender is told that it arrived well."))
    return redirect(links.page_of_document(document))


@_may_view
@require_safe
def download(request: HttpRequest, pk: int, file_pk: int) -> HttpResponseBase:
    """Give one file of a document to keep."""
    file = get_object_or_404(DocumentFile, pk=file_pk, document=visible(request, pk))
    return contents.attachment(file.sha256, file.name)


@permission_required("invoices.confirm_document", raise_exception=True)
@require_POST
def look_for_news(request: HttpRequest, company_pk: int) -> HttpResponse:
    """Read a company's list of documents, and go on reading it."""
    company = get_object_or_404(Company.objects.visible_to(request.user).select_related("account"), pk=company_pk)
    following.look_for_news(company)
    messages.info(request, _("The portal reads the company's documents at AutoInvoice; new ones appear here."))
    return redirect(links.on_documents_tab(company))


def visible(request: HttpRequest, pk: str | int) -> BusinessDocument:
    """
    Return a document of an account that the viewer may see.

    :raises Http404: there is none
    """
    if not str(pk).isdecimal():
        raise Http404
    accounts = PartnerAccount.objects.visible_to(request.user)
    rows = BusinessDocument.objects.select_related("company", "account", "invoice", "draft")
    return get_object_or_404(rows, pk=pk, account__in=accounts)


def _context(document: BusinessDocument) -> dict[str, Any]:
    operations = [*document.operations.select_related("actor").order_by("-pk")]
    if document.draft:
        operations += document.draft.operations.select_related("actor").order_by("-pk")
    return {
        "original": document,
        "is_moving": _is_moving(document),
        "is_sent": document.direction == Direction.SENT,
        "type_word": kinds.word_of(document.type),
        "status": status_pill(document),
        "advice": advice.of(document),
        "events": list(document.events.all())[::-1],
        "files": document.files.all(),
        "invoice_url": links.page_of(document.invoice) if document.invoice else "",
        "acts": [
            {"operation": act, "label": label_of(act.kind), "state": operation_pills.of_operation(act)}
            for act in operations
        ],
    }


def _next_copy(document: BusinessDocument) -> int:
    if document.draft is None:
        return 0
    return drafting.next_copy(document.draft, document.counterparty_address, document.counterparty_operator) or 1


def _is_moving(document: BusinessDocument) -> bool:
    due = document.next_check_at is not None and document.next_check_at <= timezone.now()
    return due or document.status in kinds.MOVING


def _can_be_confirmed(document: BusinessDocument) -> bool:
    return document.direction == Direction.RECEIVED and document.status == DocumentStatus.DELIVERED


def _in_its_list(document: BusinessDocument) -> BusinessDocument:
    """Return the document as a row of the list it belongs to, for the page's crumbs."""
    model = SentDocument if document.direction == Direction.SENT else ReceivedDocument
    rows = model.objects.select_related("company", "account", "invoice", "draft")
    row: BusinessDocument = rows.get(pk=document.pk)
    return row


def _tab(request: HttpRequest, company: Company) -> dict[str, Any]:
    rows = company.documents.order_by("-created_at")[:_SHOWN]
    return {
        "documents": [
            {
                "document": row,
                "type": kinds.word_of(row.type),
                "status": status_pill(row),
                "url": links.page_of_document(row),
            }
            for row in rows
        ],
        "drafts": _waiting(company),
        "may_send_document": request.user.has_perm("invoices.send_document"),
        "may_look": request.user.has_perm("invoices.confirm_document"),
    }


def _waiting(company: Company) -> list[Any]:
    """Return given documents that are no document at AutoInvoice yet."""
    drafts = company.document_drafts.filter(documents=None, operations__isnull=False).distinct()
    return list(drafts.order_by("-created_at")[:_SHOWN])


TAB = Tab(
    "documents",
    gettext_lazy("Documents"),
    "invoices/_tab_documents.html",
    _tab,
    "invoices.view_businessdocument",
    order=32,
)
