"""Answering a received invoice: a Peppol Invoice Response, or Nemhandel's own answer in Denmark."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from invoices import links
from invoices.enums import Direction
from invoices.models import Invoice
from invoices.operations import RespondNemhandel, SendDocument, SendDocumentParameters
from invoices.pages.visible import visible
from invoices.trade import answers, responses
from invoices.trade.drafting import PEPPOL
from invoices.trade.forms import NemhandelForm, ResponseForm
from portal.operations import queueing
from portal.operations.handlers import NotQueueableError
from portal.sites import page, site

_may_answer = permission_required(RespondNemhandel.permission, raise_exception=True)


def register() -> None:
    own = site()
    own.register_view("invoices/page/<int:pk>/answer/", peppol, "invoice_answer")
    own.register_view("invoices/page/<int:pk>/answer/nemhandel/", nemhandel, "invoice_answer_nemhandel")


@_may_answer
def peppol(request: HttpRequest, pk: int) -> HttpResponse:
    """A Peppol Invoice Response to the invoice's sender."""
    invoice = _received(request, pk)
    facts, last = responses.facts_of(invoice), responses.last_of(invoice)
    offered = answers.may_follow(answers.PEPPOL, last)
    form = ResponseForm(request.POST or None, offered=offered)
    lacks = _lacks(facts)
    if request.method == "POST" and not lacks and form.is_valid():
        return _send_response(request, invoice, form.response(), facts)
    context = {
        "receiver": facts.receiver,
        "place": responses.place_of_next(invoice),
        "last": answers.name_of(answers.PEPPOL, last) if last else "",
        "lacks": lacks,
        "lead": _("It goes as a document over Peppol, to the address that the invoice came from."),
        "given": [_given(draft) for draft in invoice.answers.order_by("-pk").prefetch_related("documents")],
    }
    return _shown(request, invoice, form, offered, context)


@_may_answer
def nemhandel(request: HttpRequest, pk: int) -> HttpResponse:
    """One of Nemhandel's answers, in their fixed order."""
    invoice = _received(request, pk)
    if not answers.is_danish(invoice):
        raise Http404
    last = answers.last_nemhandel(invoice)
    offered = answers.may_follow(answers.NEMHANDEL, last)
    form = NemhandelForm(request.POST or None, offered=offered)
    if request.method == "POST" and form.is_valid():
        parameters = {"response": form.cleaned_data["code"], "reason": form.cleaned_data["reason"].strip()}
        return _queue(request, invoice, RespondNemhandel.kind, invoice, parameters)
    context = {
        "last": answers.name_of(answers.NEMHANDEL, last) if last else "",
        "lead": _("Nemhandel knows answers in a fixed order only. What is sent cannot be taken back or looked up."),
    }
    return _shown(request, invoice, form, offered, context)


def _shown(request: HttpRequest, invoice: Invoice, form: Any, offered: Any, more: dict[str, Any]) -> HttpResponse:
    context = {
        "title": _("Answer invoice %(number)s") % {"number": invoice},
        "heading": _("Answer invoice %(number)s of %(sender)s")
        % {"number": invoice, "sender": invoice.counterparty_name or "–"},
        "invoice": invoice,
        "form": form,
        "offered": offered,
        "back": links.page_of(invoice),
        **more,
    }
    return page(request, "invoices/answer.html", context)


def _received(request: HttpRequest, pk: int) -> Invoice:
    invoice = visible(request, pk)
    if invoice.direction != Direction.RECEIVED:
        raise Http404
    return invoice


def _lacks(facts: responses.Facts) -> str:
    """Say what keeps the invoice from being answered; "" for nothing."""
    if not facts.number:
        return _("The invoice's number is not known yet. Look it up first.")
    if ":" not in facts.receiver.eia or "•" in facts.receiver.eia:
        return _("The sender's Peppol address is not known, so an answer cannot be sent there. Answer by e-mail.")
    if not facts.sender.eia:
        return _("The company has no Peppol address of its own. Activate PEPPOL for it first.")
    return ""


def _send_response(
    request: HttpRequest, invoice: Invoice, response: responses.Response, facts: responses.Facts
) -> HttpResponse:
    place = request.POST.get("place", "")
    if not place.isdecimal() or not 0 < int(place) <= responses.place_of_next(invoice):
        messages.warning(request, _("Nothing was sent: open the page again."))
        return redirect("admin:invoice_answer", invoice.pk)
    draft = responses.keep(invoice, response, int(place), actor=request.user)
    if not draft.number.endswith(f"-{response.code}"):
        messages.warning(request, _("Another answer was sent meanwhile. See which may follow it."))
        return redirect("admin:invoice_answer", invoice.pk)
    parameters = SendDocumentParameters(
        recipient_eia=facts.receiver.eia,
        recipient_operator=PEPPOL,
        recipient_name=facts.receiver.name,
        recipient_country=invoice.counterparty_country,
    )
    return _queue(request, invoice, SendDocument.kind, draft, parameters)


def _queue(request: HttpRequest, invoice: Invoice, kind: str, target: Any, parameters: Any) -> HttpResponse:
    try:
        with transaction.atomic():
            queueing.queue(
                kind,
                target,
                parameters,
                account=invoice.account,
                actor=request.user,
                company_uuid=invoice.company.uuid,
            )
    except NotQueueableError as error:
        messages.warning(request, error.staff_text)
    else:
        messages.success(request, _("The answer is on its way."))
    return redirect(links.page_of(invoice))


def _given(draft: Any) -> dict[str, Any]:
    document = next(iter(draft.documents.all()), None)
    return {
        "name": answers.name_of(answers.PEPPOL, draft.number.rpartition("-")[2]),
        "at": draft.created_at,
        "url": links.page_of_document(document) if document else "",
        "draft": draft,
    }
