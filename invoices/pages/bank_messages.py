"""Finnish bank messages of a company: telling the banks about it, and what comes back."""

import uuid as uuids
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from companies.models import Company
from companies.pages.one_company import company_or_404, on_tab, under_way
from companies.tabs import Tab
from invoices.bank import accounts, banks, following, reading, writing
from invoices.bank.forms import BankMessageForm, ProposalForm, SenderForm
from invoices.bank.writing import Consumer, SenderInfo
from invoices.enums import Direction
from invoices.files import storing
from invoices.models import BankMessage
from invoices.operations import SendBankMessage
from invoices.pages import contents
from invoices.services.bank_messages import ERROR, RECEIVER_INFO, RECEIVER_PROPOSAL, SENDER_INFO
from portal.operations import queueing
from portal.operations.handlers import NotQueueableError, Text
from portal.pills import pill
from portal.sites import View, page, site

_may_send = permission_required(SendBankMessage.permission, raise_exception=True)
_KINDS = {
    SENDER_INFO: gettext_lazy("Sender info"),
    RECEIVER_PROPOSAL: gettext_lazy("Receiver proposal"),
    RECEIVER_INFO: gettext_lazy("Receiver info: a consumer's wish"),
    ERROR: gettext_lazy("Refusal of the bank network"),
}
_OWN_OPERATOR = "003721291126"  # AutoInvoice's own code
_SHOWN = 50
# Fields of the forms, and the elements of a sender info that hold them.
_SAID = {
    "invoice_name": "SellerInvoiceTypeText",
    "subject": "PaymentInstructionIdentifier",
    "iban": "SellerAccountID",
    "bic": "SellerBic",
}


def register() -> None:
    own = site()
    own.register_view("bank-messages/of/<int:company_pk>/new/", send, "bank_message_new")
    own.register_view("bank-messages/of/<int:company_pk>/propose/", propose, "bank_message_propose")
    own.register_view("bank-messages/of/<int:company_pk>/look/", look, "bank_messages_look")
    own.register_view("bank-messages/<int:pk>/", read, "bank_message")
    own.register_view("bank-messages/<int:pk>/file/", cast("View", download), "bank_message_file")


@_may_send
def send(request: HttpRequest, company_pk: int) -> HttpResponse:
    """Write a sender info for each chosen bank, or take a message as a file, and send them."""
    company = company_or_404(request, company_pk)
    form = BankMessageForm(request.POST or None, request.FILES or None, initial=_initial(company))
    if request.method == "POST" and form.is_valid():
        _queue(request, _keep(request, company, form.cleaned_data), company)
        return redirect(on_tab(company, "banks"))
    lead = _(
        "A sender info lets consumers ask for e-invoices in their netbank; each bank gets its own. Banks answer within "
        "some hours."
    )
    return _page(
        request, company, form, _("Tell the banks about %(company)s") % {"company": company}, lead, SendBankMessage.verb
    )


@_may_send
def propose(request: HttpRequest, company_pk: int) -> HttpResponse:
    """Propose e-invoices to one consumer, who accepts them in the netbank."""
    company = company_or_404(request, company_pk)
    form = ProposalForm(request.POST or None, initial=_initial(company))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        consumer = Consumer(**{name: given[name] for name in ("identifier", "street", "postcode", "town")},
                            name=given["consumer"])  # fmt: skip
        content = writing.write_proposal(_info(company, given, given["bank"]), consumer, given["token"], timezone.now())
        message = _stored(request, company, given["token"], content, RECEIVER_PROPOSAL)
        _queue(request, [message], company)
        return redirect(on_tab(company, "banks"))
    lead = _(
        "The consumer finds the proposal in the netbank and accepts it there; the answer comes back as a receiver "
        "info. The bank has to know the company by a sender info first. Name and address stand in the message only."
    )
    return _page(request, company, form, _("Propose e-invoices to a consumer"), lead, _("Propose to the consumer"))


def _page(
    request: HttpRequest, company: Company, form: SenderForm, heading: str, lead: str, verb: Text
) -> HttpResponse:
    context = {
        "title": heading,
        "opts": Company._meta,
        "original": company,
        "form": form,
        "lead": lead,
        "verb": verb,
        "back": on_tab(company, "banks"),
    }
    return page(request, "invoices/bank_message_new.html", context)


@_may_send
@require_POST
def look(request: HttpRequest, company_pk: int) -> HttpResponse:
    """Read what the banks sent back."""
    company = company_or_404(request, company_pk)
    following.follow(company)
    messages.info(request, _("The portal reads the company's bank messages; new ones appear here."))
    return redirect(on_tab(company, "banks"))


@_may_send
@require_safe
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """What one message says."""
    message = _message(request, pk)
    try:
        with storing.opened(message.sha256) as stream:
            facts = reading.facts_of(stream.read())
    except FileNotFoundError:
        facts = []
    context = {
        "title": _KINDS.get(message.kind, message.kind),
        "opts": Company._meta,
        "original": message.company,
        "message": message,
        "facts": facts,
        "status": _status(message),
        "back": on_tab(message.company, "banks"),
    }
    return page(request, "invoices/bank_message.html", context)


@_may_send
@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give one message to keep."""
    message = _message(request, pk)
    return contents.attachment(message.sha256, f"{message.kind.lower()}-{message.uuid}.xml")


def _message(request: HttpRequest, pk: int) -> BankMessage:
    """Return a message whose content is here."""
    companies = Company.objects.visible_to(request.user)
    rows = BankMessage.objects.filter(company__in=companies).exclude(sha256="")
    return get_object_or_404(rows.select_related("company"), pk=pk)


def _initial(company: Company) -> dict[str, Any]:
    """Return what the company's last sender info says, with the account of whoever knows it."""
    said = _said_last(company)
    known = accounts.account_of(company)
    account = {"iban": known.iban, "bic": known.bic} if known else {}
    return {"token": uuids.uuid4(), "action": "ADD", **said, **account}


def _said_last(company: Company) -> dict[str, str]:
    sent = company.bank_messages.filter(direction=Direction.SENT, kind=SENDER_INFO).exclude(sha256="")
    last = sent.order_by("-created_at").first()
    if last is None:
        return {}
    try:
        with storing.opened(last.sha256) as stream:
            content = stream.read()
    except FileNotFoundError:
        return {}
    return {field: writing.text_of(content, name) for field, name in _SAID.items()}


def _keep(request: HttpRequest, company: Company, given: dict[str, Any]) -> list[BankMessage]:
    """Store the messages; a form that was sent twice names the same ones."""
    token: UUID = given["token"]
    if given["file"]:
        content, kind = given["file"]
        return [_stored(request, company, token, content, kind)]
    kept = []
    for bank in given["banks"]:
        identity = uuids.uuid5(token, bank)
        content = writing.write(_info(company, given, bank), identity, timezone.now())
        kept.append(_stored(request, company, identity, content, SENDER_INFO))
    return kept


def _stored(request: HttpRequest, company: Company, identity: UUID, content: bytes, kind: str) -> BankMessage:
    known = BankMessage.objects.filter(account=company.account, company=company, uuid=identity).first()
    if known:
        return known
    stored = storing.store(content)
    about = {
        "company": company,
        "direction": Direction.SENT,
        "kind": kind,
        "bank": writing.bank_of(content),
        "created_by": request.user,
        "sha256": stored.sha256,
        "size": stored.size,
    }
    row, _new = BankMessage.objects.get_or_create(account=company.account, uuid=identity, defaults=about)
    return row


def _info(company: Company, given: dict[str, Any], bank: str) -> SenderInfo:
    digits = "".join(char for char in company.business_id if char.isdigit())
    return SenderInfo(
        action=given.get("action", "ADD"),
        business_id=company.business_id,
        name=company.name,
        address=f"0037{digits}",
        operator=_OWN_OPERATOR,
        bank=bank,
        **{name: given[name] for name in ("invoice_name", "iban", "bic", "subject")},
    )


def _queue(request: HttpRequest, kept: list[BankMessage], company: Company) -> None:
    queued = 0
    for message in kept:
        try:
            with transaction.atomic():
                queueing.queue(
                    SendBankMessage.kind,
                    message,
                    account=company.account,
                    actor=request.user,
                    company_uuid=company.uuid,
                )
        except NotQueueableError as error:
            messages.warning(request, error.staff_text)
        else:
            queued += 1
    if queued:
        text = ngettext("The message is on its way.", "%(n)d messages are on their way to the banks.", queued)
        messages.success(request, text % {"n": queued})


def _status(message: BankMessage) -> Any:
    if message.direction == Direction.RECEIVED:
        if not message.sha256:
            return pill(_("Being fetched"), "info", "hourglass_top")
        return pill(_("Refused"), "bad", "error") if message.kind == ERROR else pill(_("Received"), "good", "inbox")
    looks = {"OK": (_("Taken by the banks"), "good", "check_circle"), "ERROR": (_("Refused"), "bad", "error")}
    if message.status:
        return pill(*looks.get(message.status, (message.status, "warn", "help")))
    return pill(_("No answer yet"), "info", "schedule") if message.sent_at else pill(_("Not sent"), "neutral", "draft")


def _tab(request: HttpRequest, company: Company) -> dict[str, Any]:
    rows = company.bank_messages.order_by("-created_at")[:_SHOWN] if company.country == "FI" else []
    return {
        "is_finnish": company.country == "FI",
        "rows": [
            {
                "message": row,
                "kind": _KINDS.get(row.kind, row.kind),
                "bank": banks.name_of(row.bank),
                "status": _status(row),
            }
            for row in rows
        ],
        "under_way": under_way(company, [SendBankMessage.kind]),
        "may_send": request.user.has_perm(SendBankMessage.permission),
    }


TAB = Tab("banks", gettext_lazy("Banks"), "invoices/_tab_banks.html", _tab, SendBankMessage.permission, order=38)
