"""Finnish bank messages of a company: telling the banks about it, and what comes back."""

import uuid as uuids
from typing import Any
from uuid import UUID

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from stdnum import bic as bics
from stdnum import iban as ibans
from unfold.widgets import INPUT_CLASSES, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from companies.models import Company
from companies.pages.one_company import company_or_404, on_tab, under_way
from companies.tabs import Tab
from invoices.bank import accounts, following, writing
from invoices.enums import Direction
from invoices.files import storing, xml
from invoices.models import BankMessage
from invoices.operations import SendBankMessage
from invoices.pages import contents
from invoices.sending.forms import FileInput
from invoices.services.bank_messages import ERROR, RECEIVER_INFO, RECEIVER_PROPOSAL, SENDER_INFO
from portal.operations import queueing
from portal.operations.handlers import NotQueueableError
from portal.pills import pill
from portal.sites import page, site

_may_send = permission_required(SendBankMessage.permission, raise_exception=True)
_KINDS = {
    SENDER_INFO: gettext_lazy("Sender info"),
    RECEIVER_PROPOSAL: gettext_lazy("Receiver proposal"),
    RECEIVER_INFO: gettext_lazy("Receiver info: a consumer's wish"),
    ERROR: gettext_lazy("Refusal of the bank network"),
}
_OWN_OPERATOR = "003721291126"  # AutoInvoice's own code
_SHOWN, _MOST_BYTES = 50, 2**20


class BankMessageForm(forms.Form):
    """A sender info by its facts, or a message that another software wrote."""

    token = forms.UUIDField(widget=forms.HiddenInput)  # a form sent twice is one message
    action = forms.ChoiceField(
        label=gettext_lazy("What the banks shall do"),
        choices=(
            ("ADD", gettext_lazy("Begin to offer its e-invoices")),
            ("UPDATE", gettext_lazy("Take changes")),
            ("DELETE", gettext_lazy("No longer offer them")),
        ),
        widget=UnfoldAdminSelectWidget,
    )
    invoice_name = forms.CharField(
        label=gettext_lazy("Name of the invoices"),
        max_length=35,
        required=False,
        help_text=gettext_lazy("Consumers look for it in their netbank: “Water bill”."),
        widget=UnfoldAdminTextInputWidget,
    )
    iban = forms.CharField(
        label=gettext_lazy("Account for payments (IBAN)"),
        max_length=42,
        required=False,
        help_text=gettext_lazy("With a collection agency that takes payments it is the agency's account."),
        widget=UnfoldAdminTextInputWidget,
    )
    bic = forms.CharField(label=gettext_lazy("BIC"), max_length=11, required=False, widget=UnfoldAdminTextInputWidget)
    file = forms.FileField(
        label=gettext_lazy("Or a message as a file"),
        required=False,
        help_text=gettext_lazy("A sender info or receiver proposal that another software wrote."),
        widget=FileInput(attrs={"class": " ".join(INPUT_CLASSES)}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "token",
            Row(Column("action", css_class="lg:w-1/2"), Column("invoice_name", css_class="lg:w-1/2")),
            Row(Column("iban", css_class="lg:w-1/2"), Column("bic", css_class="lg:w-1/2")),
            "file",
        )

    def clean_iban(self) -> str:
        text = "".join(str(self.cleaned_data["iban"]).split()).upper()
        if text and not ibans.is_valid(text):
            raise ValidationError(_("The check digits of this IBAN are wrong: a digit is wrong or two are swapped."))
        return text

    def clean_bic(self) -> str:
        text = "".join(str(self.cleaned_data["bic"]).split()).upper()
        if text and not bics.is_valid(text):
            raise ValidationError(_("A BIC has 8 or 11 characters, such as NDEAFIHH."))
        return text

    def clean_file(self) -> tuple[bytes, str] | None:
        """Return the message and its kind."""
        file = self.cleaned_data["file"]
        if not file:
            return None
        if (file.size or 0) > _MOST_BYTES:
            raise ValidationError(xml.too_large(file.size, _MOST_BYTES))
        content = file.read()
        try:
            kind = writing.kind_of(content)
        except xml.UnreadableFileError as error:
            raise ValidationError(str(error)) from error
        if kind not in (SENDER_INFO, RECEIVER_PROPOSAL):
            raise ValidationError(_("It is neither a sender info nor a receiver proposal."))
        return content, kind

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("file") and "file" not in self.errors:
            for name, text in (
                ("invoice_name", _("Give the name that consumers look for.")),
                ("iban", _("Give the account that consumers pay to.")),
            ):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, ValidationError(text))
        return cleaned


def register() -> None:
    own = site()
    own.register_view("bank-messages/of/<int:company_pk>/new/", send, "bank_message_new")
    own.register_view("bank-messages/of/<int:company_pk>/look/", look, "bank_messages_look")
    own.register_view("bank-messages/<int:pk>/", download, "bank_message")


@_may_send
def send(request: HttpRequest, company_pk: int) -> HttpResponse:
    """Write a message and send it."""
    company = company_or_404(request, company_pk)
    form = BankMessageForm(request.POST or None, request.FILES or None, initial=_initial(company))
    if request.method == "POST" and form.is_valid():
        _queue(request, _keep(request, company, form), company)
        return redirect(on_tab(company, "banks"))
    context = {
        "title": _("Tell the banks"),
        "opts": Company._meta,
        "original": company,
        "form": form,
        "verb": SendBankMessage.verb,
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
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give one message to keep."""
    companies = Company.objects.visible_to(request.user)
    message = get_object_or_404(BankMessage.objects.filter(company__in=companies), pk=pk)
    if not message.sha256:
        raise Http404
    return contents.attachment(message.sha256, f"{message.kind.lower()}-{message.uuid}.xml")


def _initial(company: Company) -> dict[str, Any]:
    known = accounts.account_of(company)
    account = {"iban": known.iban, "bic": known.bic} if known else {}
    return {"token": uuids.uuid4(), "action": "ADD", **account}


def _keep(request: HttpRequest, company: Company, form: BankMessageForm) -> BankMessage:
    """Store the message; a form that was sent twice names the same one."""
    identity: UUID = form.cleaned_data["token"]
    known = BankMessage.objects.filter(account=company.account, company=company, uuid=identity).first()
    if known:
        return known
    given = form.cleaned_data["file"]
    content, kind = given or (writing.write(_info(company, form), identity, timezone.now()), SENDER_INFO)
    stored = storing.store(content)
    about = {"company": company, "direction": Direction.SENT, "kind": kind, "created_by": request.user}
    row, _new = BankMessage.objects.get_or_create(
        account=company.account, uuid=identity, defaults={**about, "sha256": stored.sha256, "size": stored.size}
    )
    return row


def _info(company: Company, form: BankMessageForm) -> writing.SenderInfo:
    given = form.cleaned_data
    digits = "".join(char for char in company.business_id if char.isdigit())
    return writing.SenderInfo(
        action=given["action"],
        business_id=company.business_id,
        name=company.name,
        address=f"0037{digits}",
        operator=_OWN_OPERATOR,
        invoice_name=given["invoice_name"],
        iban=given["iban"],
        bic=given["bic"],
    )


def _queue(request: HttpRequest, message: BankMessage, company: Company) -> None:
    try:
        with transaction.atomic():
            queueing.queue(
                SendBankMessage.kind, message, account=company.account, actor=request.user, company_uuid=company.uuid
            )
    except NotQueueableError as error:
        messages.warning(request, error.staff_text)
    else:
        messages.success(request, _("The message is on its way to the banks."))


def _status(message: BankMessage) -> Any:
    if message.direction == Direction.RECEIVED:
        return pill(_("Refused"), "bad", "error") if message.kind == ERROR else pill(_("Received"), "good", "inbox")
    looks = {"OK": (_("Taken by the banks"), "good", "check_circle"), "ERROR": (_("Refused"), "bad", "error")}
    if message.status:
        return pill(*looks.get(message.status, (message.status, "warn", "help")))
    return pill(_("No answer yet"), "info", "schedule") if message.sent_at else pill(_("Not sent"), "neutral", "draft")


def _tab(request: HttpRequest, company: Company) -> dict[str, Any]:
    rows = company.bank_messages.order_by("-created_at")[:_SHOWN] if company.country == "FI" else []
    return {
        "is_finnish": company.country == "FI",
        "rows": [{"message": row, "kind": _KINDS.get(row.kind, row.kind), "status": _status(row)} for row in rows],
        "under_way": under_way(company, [SendBankMessage.kind]),
        "may_send": request.user.has_perm(SendBankMessage.permission),
    }


TAB = Tab("banks", gettext_lazy("Banks"), "invoices/_tab_banks.html", _tab, SendBankMessage.permission, order=38)
