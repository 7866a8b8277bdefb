"""The Validator: what AutoInvoice, or the rules that the portal has itself, say of a file. Nothing is kept or sent."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from unfold.widgets import INPUT_CLASSES, UnfoldAdminSelectWidget

from companies import clients
from invoices import links, validation
from invoices.files import storing, xml
from invoices.models import Upload
from invoices.pages.invoice import visible_upload
from invoices.sending import packages
from invoices.sending.forms import FileInput
from invoices.validation import published
from portal.partners.models import PartnerAccount
from portal.sites import page

_may_ask = permission_required("invoices.send_invoice", raise_exception=True)
OWN = "own"  # the offline check; else AutoInvoice's


class ValidatorForm(forms.Form):
    """Which file, and with several partner accounts as whom AutoInvoice is asked."""

    account = forms.ModelChoiceField(
        label=gettext_lazy("Partner account"),
        queryset=PartnerAccount.objects.none(),
        empty_label=None,
        widget=UnfoldAdminSelectWidget,
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("An XML file of any kind, or a ZIP with one XML in it. It is not sent to a receiver."),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty. Choose another one."),
        },
        widget=FileInput(attrs={"class": " ".join(INPUT_CLASSES)}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = PartnerAccount.objects.active().visible_to(user)
        self.fields["account"].queryset = accounts  # type: ignore[attr-defined]
        self.fields["account"].initial = accounts.first()
        shown = ["account", "file"] if len(accounts) > 1 else ["file"]
        if len(accounts) == 1:
            del self.fields["account"]
            self._only = accounts[0]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(*shown)

    def clean_file(self) -> "UploadedFile[Any]":
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > packages.MAX_BYTES:
            raise ValidationError(xml.too_large(file.size or 0, packages.MAX_BYTES))
        return file

    @property
    def chosen_account(self) -> PartnerAccount:
        account: PartnerAccount = self.cleaned_data.get("account") or self._only
        return account


@never_cache
@_may_ask
def check(request: HttpRequest) -> HttpResponse:
    """The page of its own: any file."""
    form = ValidatorForm(request.POST or None, request.FILES or None, user=request.user)
    found, name = None, ""
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        name = file.name or ""
        found = _ask(request, form.chosen_account, file.read(), name)
    context = {"title": _("Validator"), "form": form, "found": found, "name": name, "has_own": published.is_installed()}
    return page(request, "invoices/validator.html", {**context, "install": published.INSTALL})


@never_cache
@_may_ask
@require_POST
def check_given(request: HttpRequest, upload_pk: int) -> HttpResponse:
    """A file that was given to be sent."""
    upload = visible_upload(request, upload_pk)
    context = {
        "title": _("Validator"),
        "opts": Upload._meta,
        "upload": upload,
        "name": upload.name,
        "found": _ask(request, upload.account, _content(upload), upload.name),
        "back": links.files_page(upload.company_id, [upload.pk]),
        "has_own": published.is_installed(),
        "install": published.INSTALL,
    }
    return page(request, "invoices/validator.html", context)


def _ask(request: HttpRequest, account: PartnerAccount, content: bytes, name: str) -> validation.Checked:
    if request.POST.get("by") == OWN:
        return validation.by_published_rules(content, name)
    return validation.by_autoinvoice(clients.for_partner(account), content, name)


def _content(upload: Upload) -> bytes:
    """Return the stored bytes; b"" when they are gone, which is told as any empty file is."""
    try:
        with storing.opened(upload.sha256) as stream:
            return stream.read()
    except FileNotFoundError:
        return b""
