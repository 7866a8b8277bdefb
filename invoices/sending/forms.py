"""The form of sending: which files, as which company."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from companies import finding
from companies.models import Company
from invoices.files import xml
from invoices.sending import archives
from portal.partners.models import PartnerAccount

MOST_FILES = 100  # of one request, as Django takes them; with JavaScript the browser sends portions


class FileInput(forms.FileInput):
    """The browser's own control: it says what was chosen without JavaScript, which Unfold's does not."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """
        Return the control, and a text input that is never seen or sent.

        Unfold's script writes the name of a chosen file into the first text input of the control's third parent,
        whosever it is; without this one it would be another field of the form.
        """
        control = super().render(name, value, attrs, renderer)
        return format_html('<div><div><div>{}</div></div><input type="text" hidden disabled></div>', control)


class FilesInput(FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files as they came, not read yet; cleans to a list of UploadedFile."""

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        given = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if not given:
            raise ValidationError(_("Choose at least one file."))
        if len(given) > MOST_FILES:
            raise ValidationError(_("At most %(count)s files at once; put them into a ZIP.") % {"count": MOST_FILES})
        large = [file for file in given if (file.size or 0) > archives.MAX_ARCHIVE_BYTES]
        if large:
            raise ValidationError(
                [f"{file.name}: {xml.too_large(file.size, archives.MAX_ARCHIVE_BYTES)}" for file in large]
            )
        return given


class SendForm(forms.Form):
    """What, and as whom."""

    account = forms.ModelChoiceField(
        PartnerAccount.objects.none(),
        label=gettext_lazy("Partner account"),
        empty_label=None,
        widget=UnfoldAdminSelectWidget,
    )
    files = FilesField(  # type: ignore[assignment]  # Django's own `files` is on the instance
        label=gettext_lazy("Invoice files"),
        help_text=gettext_lazy(
            "Drop them here: XML, PDFs and attachments named like their XML, folders, ZIPs, ZIPs in ZIPs. "
            "Nothing is sent yet."
        ),
        widget=FilesInput(attrs={"class": "drop", "multiple": True, "data-drop": "files"}),
    )
    company = forms.CharField(
        label=gettext_lazy("Send as company"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "Business id, name or AutoInvoice id. Empty: each file is sent as the company that its sender is."
        ),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user
        account: Any = self.fields["account"]
        account.queryset = PartnerAccount.objects.active().visible_to(user)
        if account.queryset.count() == 1:
            account.widget, account.initial = forms.HiddenInput(), account.queryset.get().pk
            account.required = False
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout("account", "files", "company")

    def clean_account(self) -> PartnerAccount:
        chosen: PartnerAccount | None = self.cleaned_data["account"]
        return chosen or self.fields["account"].queryset.get()  # type: ignore[attr-defined]

    def clean_company(self) -> Company | None:
        text = self.cleaned_data["company"].strip()
        return company_named(text, Company.objects.visible_to(self._user)) if text else None

    def clean(self) -> dict[str, Any]:
        """A company says its account."""
        cleaned = super().clean() or {}
        if cleaned.get("company"):
            cleaned["account"] = cleaned["company"].account
        return cleaned


def company_named(text: str, companies: Any) -> Company:
    """
    Return the one company of a queryset that a text names.

    :raises ValidationError: none, or several
    """
    found = list(companies.filter(finding.matching(text)).select_related("account").order_by("name")[:6])
    exact = [company for company in found if company.name.casefold() == text.casefold()]
    chosen: list[Company] = exact if len(exact) == 1 else found
    if not chosen:
        raise ValidationError(_("No company here has this business id or name. Onboard it first."))
    if len(chosen) > 1:
        names = "; ".join(f"{company} ({company.country} {company.business_id})" for company in chosen[:5])
        raise ValidationError(_("Several companies fit: %(names)s. Give the business id.") % {"names": names})
    return chosen[0]
