"""Forms of mass printing: registering a company, and which letters are printed how."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from companies.models import Company
from invoices.files import xml
from invoices.letters import reading
from invoices.letters.jobs import OPTIONS
from invoices.letters.reading import EPL, PDF, Letter
from invoices.models import PrintAccount
from invoices.sending.forms import FilesInput, company_named
from portal.form_rows import side_by_side


class RegisterForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic when it runs
    """The company's account at the printing service."""

    class Meta:
        model = PrintAccount
        fields = ("email", "test_mode", "notify")
        labels = {
            "email": gettext_lazy("E-mail address"),
            "test_mode": gettext_lazy("Begin in test mode"),
            "notify": gettext_lazy("Mail this address when letters are printed"),
        }
        help_texts = {
            "email": gettext_lazy("Becomes the user name there, so it must not have an account yet."),
            "test_mode": gettext_lazy(
                "Everything works, but nothing is printed or billed. Only AutoInvoice support can end it."
            ),
        }
        widgets = {
            "email": UnfoldAdminEmailInputWidget,
            "test_mode": UnfoldBooleanWidget,
            "notify": UnfoldBooleanWidget,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


class LettersField(forms.FileField):
    """Several files as they came; cleans to [(name, bytes)]."""

    def clean(self, data: Any, initial: Any = None) -> list[tuple[str, bytes]]:
        given = [file for file in (data if isinstance(data, list | tuple) else [data]) if file is not None]
        if not given:
            raise ValidationError(_("Choose at least one letter."))
        total = sum(file.size or 0 for file in given)
        if total > reading.MAX_BYTES:
            raise ValidationError(xml.too_large(total, reading.MAX_BYTES))
        return [(file.name or "letter", file.read()) for file in given]


class LettersForm(forms.Form):
    """Whose letters, which, and how they are printed."""

    company = forms.CharField(
        label=gettext_lazy("Print for company"),
        max_length=200,
        help_text=gettext_lazy("Business id, name or AutoInvoice id of a Finnish company."),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    letters = LettersField(
        label=gettext_lazy("Letters"),
        help_text=gettext_lazy(
            "A PDF for each letter, or ZIPs of up to 100 of them. Never invoices: those go as invoices. "
            "Nothing is printed yet."
        ),
        widget=FilesInput(attrs={"class": " ".join(INPUT_CLASSES), "multiple": True}),
    )
    document_type = forms.ChoiceField(
        label=gettext_lazy("Kind of files"),
        choices=((PDF, gettext_lazy("PDF letters")), (EPL, gettext_lazy("EPL files"))),
        widget=UnfoldAdminSelectWidget,
    )
    letter_class = forms.ChoiceField(
        label=gettext_lazy("Letter class"),
        choices=(("economy", gettext_lazy("Economy")), ("priority", gettext_lazy("Priority: faster and dearer"))),
        widget=UnfoldAdminSelectWidget,
    )
    color_print = forms.BooleanField(label=gettext_lazy("In colour"), required=False, widget=UnfoldBooleanWidget)
    duplex = forms.BooleanField(label=gettext_lazy("On both sides"), required=False, widget=UnfoldBooleanWidget)
    license_key = forms.CharField(
        label=gettext_lazy("Licence key"),
        max_length=255,
        required=False,
        help_text=gettext_lazy("Only if AutoInvoice gave one for this software."),
        widget=UnfoldAdminTextInputWidget,
    )
    license_meta = forms.CharField(
        label=gettext_lazy("Licence details"), max_length=1000, required=False, widget=UnfoldAdminTextInputWidget
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "company",
            "letters",
            side_by_side("document_type", "letter_class"),
            "color_print",
            "duplex",
            Fieldset(
                _("Licence"),
                side_by_side("license_key", "license_meta"),
            ),
        )

    def clean_company(self) -> Company:
        company = company_named(self.cleaned_data["company"].strip(), Company.objects.visible_to(self._user))
        if not PrintAccount.objects.filter(company=company).exclude(registered_at=None).exists():
            raise ValidationError(
                _("The company is not registered for mass printing. Register it on its Printing tab.")
            )
        return company

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("letters") and cleaned.get("document_type"):
            try:
                cleaned["read"] = reading.read(cleaned["letters"], cleaned["document_type"])
            except xml.UnreadableFileError as error:
                self.add_error("letters", str(error))
        return cleaned

    def read(self) -> list[Letter]:
        letters: list[Letter] = self.cleaned_data["read"]
        return letters

    def options(self) -> dict[str, Any]:

        return {name: self.cleaned_data[name] for name in OPTIONS}
