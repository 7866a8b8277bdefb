"""Forms of the onboarding wizard, one a step: they clean what staff typed; saving and asking is the view's."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from companies import business_ids, policies, request_fields
from companies.models import Onboarding
from companies.networks import catalogue
from companies.request_fields import need_traceable_id
from portal.form_rows import side_by_side
from portal.partners.models import Method, PartnerAccount

COUNTRY_NAMES = {
    "FI": _("Finland"),
    "SE": _("Sweden"),
    "NO": _("Norway"),
    "DK": _("Denmark"),
    "NL": _("Netherlands"),
    "BE": _("Belgium"),
    "EE": _("Estonia"),
    "DE": _("Germany"),
    "LV": _("Latvia"),
    "IT": _("Italy"),
    "PL": _("Poland"),
}


def _text(**attrs: str) -> UnfoldAdminTextInputWidget:
    return UnfoldAdminTextInputWidget(attrs=attrs)


class StepForm(forms.Form):
    """One step over an Onboarding row: starts from its fields and names those it fills."""

    def __init__(self, *args: Any, onboarding: Onboarding, **kwargs: Any) -> None:
        kwargs.setdefault("initial", self.initial_of(onboarding))
        super().__init__(*args, **kwargs)
        self.onboarding = onboarding
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = self.layout()

    def initial_of(self, onboarding: Onboarding) -> dict[str, Any]:
        return {name: getattr(onboarding, name, None) for name in self.base_fields}

    def layout(self) -> Layout:
        return Layout(*self.base_fields)

    def fill(self, onboarding: Onboarding) -> None:
        """Write the cleaned values into the row; the caller saves it."""
        for name, value in self.cleaned_data.items():
            setattr(onboarding, name, value)


class IdentifyForm(StepForm):
    """Which company: account, country, business id, name."""

    account = forms.ModelChoiceField(
        PartnerAccount.objects.none(), label=_("Partner account"), empty_label=None, widget=UnfoldAdminSelectWidget
    )
    country = forms.ChoiceField(
        label=_("Country"),
        choices=[("", _("Choose a country")), *((code, COUNTRY_NAMES[code]) for code in business_ids.COUNTRIES)],
        widget=UnfoldAdminSelectWidget,
    )
    business_id = forms.CharField(
        label=_("Business id"),
        max_length=40,
        help_text=_("As on the company's papers; blanks and hyphens do not matter. A VAT number works too."),
        widget=_text(autocomplete="off", spellcheck="false"),
    )
    name = forms.CharField(label=_("Company name"), min_length=3, max_length=200, widget=_text(autocomplete="off"))

    def __init__(self, *args: Any, accounts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["account"]
        field.queryset = accounts
        if accounts.count() == 1:
            field.widget, field.initial = forms.HiddenInput(), accounts.get()
            self.initial["account"] = field.initial.pk

    def initial_of(self, onboarding: Onboarding) -> dict[str, Any]:
        account = onboarding.account_id
        return super().initial_of(onboarding) | {"business_id": onboarding.real_business_id, "account": account}

    def layout(self) -> Layout:
        return Layout("account", side_by_side("country", "business_id"), "name")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        country, text = cleaned.get("country"), cleaned.get("business_id")
        if country and text:
            try:
                cleaned["business_id"] = business_ids.parse(country, text).value
            except business_ids.InvalidBusinessIdError as error:
                self.add_error("business_id", error.text)
        return cleaned

    def fill(self, onboarding: Onboarding) -> None:
        onboarding.account, onboarding.country = self.cleaned_data["account"], self.cleaned_data["country"]
        onboarding.name = self.cleaned_data["name"]
        onboarding.set_business_id(onboarding.country, self.cleaned_data["business_id"])


class ContactForm(StepForm):
    """Where the company is and whom AutoInvoice writes to."""

    address1 = forms.CharField(label=_("Street address"), max_length=200, widget=_text(autocomplete="off"))
    address2 = forms.CharField(label=_("Second line"), max_length=200, required=False, widget=_text())
    post_code = forms.CharField(label=_("Post code"), max_length=20, widget=_text(autocomplete="off"))
    city = forms.CharField(label=_("City"), max_length=100, widget=_text(autocomplete="off"))
    post_office = forms.CharField(
        label=_("Post office"),
        max_length=100,
        required=False,
        help_text=_("Empty: the same as the city."),
        widget=_text(),
    )
    email = forms.EmailField(
        label=_("Company's e-mail"),
        help_text=_("AutoInvoice writes to this address about the account."),
        widget=UnfoldAdminEmailInputWidget,
    )

    def layout(self) -> Layout:
        return Layout("address1", "address2", side_by_side("post_code", "city", "post_office"), "email")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["post_office"] = cleaned.get("post_office") or cleaned.get("city", "")
        return cleaned


class SignerForm(StepForm):
    """How the company's right to act is proven, and by whom."""

    method = request_fields.method()
    signer_name = request_fields.signer_name()
    auth_email = forms.EmailField(
        label=_("Signer's e-mail"),
        help_text=_(
            "A person with signing rights, or with a power of attorney. Visma Sign sends the link here; it lives 7 "
            "days."
        ),
        widget=UnfoldAdminEmailInputWidget,
    )
    locale = request_fields.locale()
    authorization_id = request_fields.authorization_id()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.onboarding.account.own_kyc:
            field: Any = self.fields["method"]
            field.choices = [(Method.VISMA_SIGN.value, Method.VISMA_SIGN.label)]
            field.help_text = _("AutoInvoice has not approved this account's own process.")

    def initial_of(self, onboarding: Onboarding) -> dict[str, Any]:
        return super().initial_of(onboarding) | {
            "method": onboarding.effective_method,
            "locale": onboarding.locale or policies.default_locale(onboarding.country),
        }

    def layout(self) -> Layout:
        return Layout("method", side_by_side("signer_name", "auth_email"), side_by_side("locale", "authorization_id"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        need_traceable_id(self, cleaned)
        return cleaned


class NetworksForm(StepForm):
    """Where the company will be reached: every network that a call opens in its country."""

    networks = forms.MultipleChoiceField(
        label=_("Networks to activate"), widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["networks"]
        offered = catalogue.offered(self.onboarding.country)
        field.choices = [(name, f"{name}: {catalogue.needs_of(name)}") for name in offered]

    def initial_of(self, onboarding: Onboarding) -> dict[str, Any]:
        return {"networks": onboarding.networks or list(catalogue.USUAL)}

    def clean_networks(self) -> list[str]:
        """Return the networks in the order of activation; VISMA opens the way for all others."""
        return catalogue.in_order([catalogue.VISMA, *self.cleaned_data["networks"]])
