"""Forms of bulk actions: the parameters of what is done to many companies at once."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
)

from companies import request_fields
from companies.forms import COUNTRY_NAMES
from companies.networks import catalogue
from companies.operations.bulk import ONE_SIGNER, OWN_SIGNER
from companies.settings import blocks
from companies.settings.forms import BulkSettingsForm


class BulkForm(forms.Form):
    """A form that is drawn inside the page's own form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


class AuthorizeManyForm(BulkForm):
    signer = forms.ChoiceField(
        label=_("Who signs"),
        choices=[
            (OWN_SIGNER, _("Each company's own signer, as it was brought in or asked last")),
            (ONE_SIGNER, _("One signer for all of them")),
        ],
        initial=OWN_SIGNER,
        widget=UnfoldAdminRadioSelectWidget,
    )
    email = forms.EmailField(
        label=_("The one signer's e-mail"),
        required=False,
        help_text=_("Up to 50 companies of one country then travel in one request, and are signed together."),
        widget=UnfoldAdminEmailInputWidget,
    )
    signer_name = request_fields.signer_name(_("The one signer's name"))
    country = forms.ChoiceField(
        label=_("Country"),
        choices=[("", _("All countries")), *COUNTRY_NAMES.items()],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    locale = request_fields.locale(_("What is usual for each company"))
    method = request_fields.other_method(_("How they are authorized"), _("As each was brought in"))
    authorization_id = request_fields.authorization_id(
        _("Only for our own process. Empty: each company's own id, as it was brought in.")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("signer") == ONE_SIGNER and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", _("Who signs for all of them?"))
        if cleaned.get("signer") == OWN_SIGNER:
            cleaned |= {"email": "", "signer_name": ""}
        return cleaned


class JoinManyForm(BulkForm):
    networks = forms.MultipleChoiceField(
        label=_("Networks"),
        help_text=_("VISMA is activated first where it is missing: the others wait for it."),
        choices=[(name, name) for name in catalogue.offered("")],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )


class LeaveManyForm(BulkForm):
    networks = forms.MultipleChoiceField(
        label=_("Networks"),
        help_text=_("VISMA can be left only where no other network is in use."),
        choices=[(name, name) for name in catalogue.SHOWN],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )


class ManySettingsForm(BulkSettingsForm):
    """One block of settings, told back in the words of its fields."""

    def in_words(self, parameters: dict[str, Any]) -> list[tuple[str, str]]:
        """Return what shall change, field by field."""
        return [
            (f"{block.title}: {field.label}", str(value))
            for name, values in parameters.get("blocks", {}).items()
            if (block := blocks.BLOCKS.get(name)) is not None
            for field in block.fields
            if (value := blocks.at(values, field.path)) is not None
        ]
