"""Sending a business document: which file, to exactly which receiver, what speaks against it, send."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from companies.models import Company
from companies.pages.one_company import company_or_404
from invoices import links
from invoices.enums import DropSends
from invoices.failures import rerouting
from invoices.failures.rerouting import Address
from invoices.models import DocumentDraft, Drop
from invoices.operations import SendDocument
from invoices.pages.drop import next_page
from invoices.pages.send import recent_drops, take, take_portion
from invoices.sending import drops
from invoices.sending.concerns import Concern
from invoices.sending.forms import SendForm
from invoices.trade import drafting, kinds
from invoices.trade.forms import DocumentForm, ReceiverForm
from portal import maventa
from portal.operations import pills as operation_pills
from portal.operations import queueing
from portal.operations.handlers import NotQueueableError
from portal.partners.models import PartnerAccount
from portal.sites import page, site

_may_send = permission_required(SendDocument.permission, raise_exception=True)
_HIGHEST = 999


def register() -> None:
    own = site()
    own.register_view("documents/new/", choose, "document_new")
    own.register_view("documents/new/portion/", portion, "document_portion")
    own.register_view("documents/draft/<int:pk>/", send, "document_draft")


@_may_send
def choose(request: HttpRequest) -> HttpResponse:
    """Which files, as which company; they are stored and read, nothing is sent yet."""
    form = DocumentForm(request.POST or None, request.FILES or None, user=request.user, initial=_company(request))
    if request.method == "POST" and form.is_valid() and (next_url := _take(form, request.user)):
        return redirect(next_url)
    context = {"title": _("Send documents"), "form": form, "recent": recent_drops(request.user, DropSends.DOCUMENTS)}
    return page(request, "invoices/document_new.html", context)


@_may_send
@require_POST
def portion(request: HttpRequest) -> JsonResponse:
    """Take one portion of many documents; see `send.take_portion`."""
    return take_portion(request, DocumentForm(request.POST, request.FILES, user=request.user, in_portions=True), _begin)


def _begin(form: SendForm, actor: Any) -> Drop:
    given = form.cleaned_data
    return drops.begin(given["account"], given["company"], actor=actor, sends=DropSends.DOCUMENTS, kind=given["type"])


def _take(form: DocumentForm, actor: Any) -> str:
    """Store what was given; returns the address of the next page, "" when the form says what is wrong."""
    given = form.cleaned_data
    if given["single"] and given["company"]:
        draft = drafting.keep(given["company"], given["single"], given["attachments"], given["type"], actor=actor)
        return reverse("admin:document_draft", args=[draft.pk])
    for file in given["files"]:
        file.seek(0)
    drop = _begin(form, actor)
    if problems := take(drop, given["files"]):
        drop.delete()
        form.add_error("files", problems)
        return ""
    return next_page(drop)


@_may_send
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """To whom. POST checks; without concerns, or with `sure`, it queues."""
    draft = _draft(request, pk)
    told = drafting.header_of(draft)
    form = ReceiverForm(request.POST or None, initial=_receiver(request, told))
    found: list[Concern] = []
    if request.method == "POST" and form.is_valid():
        parameters = form.parameters(_copy(request))
        found = list(drafting.concerns(draft, parameters))
        if not found or request.POST.get("sure") == _seen(found):
            return _queue(request, draft, parameters)
    context = {
        "title": _("Send documents"),
        "heading": f"{kinds.word_of(draft.type)} {draft}",
        "draft": draft,
        "type_word": kinds.word_of(draft.type),
        "told": told,
        "form": form,
        "concerns": found,
        "sure": _seen(found),
        "copy": _copy(request),
        "sent": [_sent(operation) for operation in draft.operations.select_related("actor").order_by("-pk")],
        "documents": [(row, links.page_of_document(row)) for row in draft.documents.order_by("-pk")],
        "verb": SendDocument.verb,
        **_looked_up(request, draft.company),
    }
    return page(request, "invoices/document_draft.html", context)


def _sent(operation: Any) -> dict[str, Any]:
    return {"operation": operation, "state": operation_pills.of_operation(operation)}


def _queue(request: HttpRequest, draft: DocumentDraft, parameters: Any) -> HttpResponse:
    try:
        with transaction.atomic():
            queueing.queue(
                SendDocument.kind,
                draft,
                parameters,
                account=draft.account,
                actor=request.user,
                company_uuid=draft.company.uuid,
            )
    except NotQueueableError as error:
        messages.warning(request, error.staff_text)
    else:
        messages.success(request, _("The document is on its way. Its page opens once AutoInvoice has taken it."))
    return redirect("admin:document_draft", draft.pk)


def _company(request: HttpRequest) -> dict[str, Any]:
    pk = request.GET.get("company", "")
    if not pk.isdecimal():
        return {}
    company = company_or_404(request, pk)
    return {"company": str(company.uuid) if company.business_id_secret else company.business_id}


def _draft(request: HttpRequest, pk: int) -> DocumentDraft:
    accounts = PartnerAccount.objects.visible_to(request.user)
    return get_object_or_404(DocumentDraft.objects.select_related("company", "account"), pk=pk, account__in=accounts)


def _receiver(request: HttpRequest, told: Any) -> dict[str, Any]:
    """Return what the file says, or an address that was picked from the look-up."""
    initial = {
        "recipient_eia": told.receiver.eia,
        "recipient_operator": drafting.operator_of(told.receiver.eia),
        "recipient_name": told.receiver.name,
        "recipient_country": told.receiver.country,
    }
    picked = {
        f"recipient_{name}": request.GET[name][:128] for name in ("eia", "operator", "name") if name in request.GET
    }
    return {**initial, **picked}


def _looked_up(request: HttpRequest, company: Company) -> dict[str, Any]:
    """Return what the networks know of a receiver, when they were asked."""
    text, country = request.GET.get("find", "").strip()[:100], request.GET.get("in", "").strip()[:2].upper()
    if not text:
        return {"find": "", "country": country}
    try:
        found = _addresses(company, text, country)
    except maventa.MaventaError as error:
        return {"find": text, "country": country, "look_up_failed": error.staff_text}
    return {"find": text, "country": country, "addresses": found}


def _addresses(company: Company, text: str, country: str) -> list[Address]:
    """Ask by what the text looks like: an address, a number, or a name."""
    if ":" in text:
        return rerouting.look_up(company, eia=text)
    if any(char.isdigit() for char in text):
        return rerouting.look_up(company, bid=text, country=country) or rerouting.look_up(company, eia=text)
    return rerouting.look_up(company, name=text, country=country)


def _copy(request: HttpRequest) -> int:
    """Return which copy is meant: 0, or the number that the page of a sent document named."""
    text = request.POST.get("copy") or request.GET.get("copy") or "0"
    if not text.isdecimal() or int(text) > _HIGHEST:
        raise Http404
    return int(text)


def _seen(found: list[Concern]) -> str:
    return "|".join(concern.code for concern in found)
