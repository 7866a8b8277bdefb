"""Forms of sending: which company and files, and how AutoInvoice shall send them."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from companies import finding
from companies.models import Company
from invoices import checks, packages, xml
from invoices.checks import Inspected
from invoices.sending import GivenFile
from invoices.services import SendingOptions

MOST_FILES = 50
MOST_BYTES = 120 * 2**20  # of all files together: they are read in memory
_LANGUAGES = (("", "–"), *((code, code) for code in ("FI", "SE", "NO", "DK", "NL", "EN")))
_ROUTES = (
    ("einvoice", gettext_lazy("not as e-invoice")),
    ("email", gettext_lazy("not by e-mail")),
    ("print", gettext_lazy("not as letter")),
)


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
    """Several files, each read and named when it cannot be sent; cleans to [(GivenFile, Inspected)]."""

    def clean(self, data: Any, initial: Any = None) -> list[tuple[GivenFile, Inspected]]:
        files = data if isinstance(data, list | tuple) else [data]
        given = [file for file in files if file]
        if not given:
            raise ValidationError(_("Choose at least one file."))
        if len(given) > MOST_FILES:
            raise ValidationError(
                _("At most %(count)s files at once; send the others afterwards.") % {"count": MOST_FILES}
            )
        total = sum(file.size or 0 for file in given)
        if total > MOST_BYTES and len(given) > 1:
            megabytes = {"size": f"{total / 2**20:.0f}", "limit": f"{MOST_BYTES / 2**20:.0f}"}
            text = _(
                "Together the files have %(size)s MB, at most %(limit)s MB are possible: send them in several goes."
            )
            raise ValidationError(text % megabytes)
        read, problems = [], []
        for file in given:
            try:
                read.append(_read(file))
            except xml.UnreadableFileError as exc:
                problems.append(f"{file.name}: {exc}")
        if problems:
            raise ValidationError(problems)
        return read


def _read(file: "UploadedFile[Any]") -> tuple[GivenFile, Inspected]:
    size = file.size or 0
    if size > packages.MAX_BYTES:  # before it is taken into memory
        raise xml.UnreadableFileError(xml.too_large(size, packages.MAX_BYTES), _("Send fewer or smaller attachments."))
    content = file.read()
    name = file.name or ""
    return GivenFile(name, content), checks.inspect(content, name)


class SendForm(forms.Form):
    """As which company, and what."""

    company = forms.CharField(
        label=gettext_lazy("Send as company"),
        max_length=200,
        help_text=gettext_lazy("Business id, name or AutoInvoice id of the company that wrote the invoices."),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    files = FilesField(  # type: ignore[assignment]  # Django's own `files` is on the instance
        label=gettext_lazy("Invoice files"),
        help_text=gettext_lazy(
            "XML files, or a ZIP for each invoice with its XML, PDF and attachments. Nothing is sent yet."
        ),
        widget=FilesInput(
            attrs={
                "class": " ".join(INPUT_CLASSES),
                "accept": ".xml,.zip,application/xml,text/xml,application/zip",
                "multiple": True,
            }
        ),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout("company", "files")

    def clean_company(self) -> Company:
        text = self.cleaned_data["company"].strip()
        found = list(Company.objects.visible_to(self._user).filter(finding.matching(text)).order_by("name")[:6])
        exact = [company for company in found if company.name.casefold() == text.casefold()]
        chosen = exact if len(exact) == 1 else found
        if not chosen:
            raise ValidationError(_("No company here has this business id or name. Onboard it first."))
        if len(chosen) > 1:
            names = "; ".join(f"{company} ({company.country} {company.business_id})" for company in chosen[:5])
            raise ValidationError(_("Several companies fit: %(names)s. Give the business id.") % {"names": names})
        return chosen[0]


class OptionsForm(forms.Form):
    """How AutoInvoice shall send; whatever is empty is left to it."""

    recipient_eia = forms.CharField(
        label=gettext_lazy("E-invoice address"),
        max_length=128,
        required=False,
        help_text=gettext_lazy("With an operator beside it, exactly this address is used."),
        widget=UnfoldAdminTextInputWidget,
    )
    recipient_operator = forms.CharField(
        label=gettext_lazy("Operator"), max_length=128, required=False, widget=UnfoldAdminTextInputWidget
    )
    recipient_email = forms.EmailField(
        label=gettext_lazy("E-mail address"), max_length=255, required=False, widget=UnfoldAdminEmailInputWidget
    )
    lang = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=_LANGUAGES, required=False, widget=UnfoldAdminSelectWidget
    )
    disabled_routes = forms.MultipleChoiceField(
        label=gettext_lazy("Ways that are not wanted"),
        choices=_ROUTES,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    sender_comment = forms.CharField(
        label=gettext_lazy("Comment to the receiver"),
        max_length=1024,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Row(Column("recipient_eia", css_class="lg:w-1/2"), Column("recipient_operator", css_class="lg:w-1/2")),
            Row(Column("recipient_email", css_class="lg:w-1/2"), Column("lang", css_class="lg:w-1/2")),
            "disabled_routes",
            "sender_comment",
        )

    def options(self) -> SendingOptions:
        """Return what was chosen."""
        values = {**self.cleaned_data, "disabled_routes": tuple(self.cleaned_data["disabled_routes"])}
        return SendingOptions(**values)
