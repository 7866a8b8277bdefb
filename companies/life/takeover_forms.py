"""Forms of a takeover: which account, and the id of one whose answer was lost."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from companies import business_ids
from companies.forms import COUNTRY_NAMES
from portal.partners.models import PartnerAccount


class StartForm(forms.Form):
    """The customer, and the id of the account that somebody else opened for it."""

    account = forms.ModelChoiceField(
        PartnerAccount.objects.none(), label=_("Partner account"), empty_label=None, widget=UnfoldAdminSelectWidget
    )
    country = forms.ChoiceField(
        label=_("Country"),
        choices=[("", _("Choose a country")), *((code, COUNTRY_NAMES[code]) for code in business_ids.COUNTRIES)],
        widget=UnfoldAdminSelectWidget,
    )
    business_id = forms.CharField(label=_("Business id"), max_length=40, widget=UnfoldAdminTextInputWidget)
    name = forms.CharField(label=_("Company name"), max_length=200, widget=UnfoldAdminTextInputWidget)
    company_uuid = forms.UUIDField(
        label=_("AutoInvoice id of the account"),
        help_text=_(
            "36 characters with hyphens. The customer finds it in AutoInvoice under the company's settings; the "
            "receiver look-up often knows it too."
        ),
        error_messages={"invalid": _("This is no AutoInvoice id: 36 characters, letters a to f, digits and hyphens.")},
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, *args: Any, accounts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        field: Any = self.fields["account"]
        field.queryset = accounts
        if accounts.count() == 1:
            field.widget, self.initial["account"] = forms.HiddenInput(), accounts.get().pk

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("country") and cleaned.get("business_id"):
            try:
                cleaned["business_id"] = business_ids.parse(cleaned["country"], cleaned["business_id"]).value
            except business_ids.InvalidBusinessIdError as error:
                self.add_error("business_id", error.text)
        return cleaned


class IdForm(forms.Form):
    remote_id = forms.CharField(label=_("Takeover id"), max_length=64, widget=UnfoldAdminTextInputWidget)
