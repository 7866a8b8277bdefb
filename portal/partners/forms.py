"""The form of a partner account: keys go in and never come out again."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminTextInputWidget,
)

from portal import maventa
from portal.maventa import environments
from portal.partners.fields import WrongFieldKeyError
from portal.partners.models import Environment, PartnerAccount

TEST = "test_connection"  # the name of the button
URL_FIELDS = ("ax_url", "receivables_url", "validator_url", "payslip_url", "billing_url")
_NEVER_SHOWN = _("Stored encrypted and never shown again.")
_KEEP = _("Stored encrypted and never shown again. Leave empty to keep the stored key.")


def _key_field(label: Any) -> forms.CharField:
    # What was typed a moment ago comes back after a test or an error; what is stored never does.
    widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}, render_value=True)
    return forms.CharField(label=label, help_text=_NEVER_SHOWN, required=False, max_length=200, widget=widget)


def _url_field(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "url"}))


class PartnerAccountForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic when it runs
    staff = forms.ModelMultipleChoiceField(
        User.objects.filter(is_staff=True).order_by("username"),
        label=_("Staff"),
        required=False,
        help_text=_("Who sees this account and its companies. Superusers see all."),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    new_user_key = _key_field(_("User API key"))
    new_vendor_key = _key_field(_("Vendor API key"))
    ax_url = _url_field(_("AX address"))
    receivables_url = _url_field(_("Receivables address"))
    validator_url = _url_field(_("Validator address"))
    payslip_url = _url_field(_("Payslip address"))
    billing_url = _url_field(_("Billing address"))

    class Meta:
        model = PartnerAccount
        fields = (
            "name", "environment", "company_uuid", "own_kyc", "default_method", "keeps_active",
            "calls_per_second", "parallel_calls", "staff", "is_active",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = {name.lower().removesuffix("_url"): url for name, url in (self.instance.sandbox_urls or {}).items()}
        for name in URL_FIELDS:
            self.fields[name].initial = stored.get(name.removesuffix("_url"), "")
        if self.instance.pk:
            for name in ("new_user_key", "new_vendor_key"):
                self.fields[name].help_text = _KEEP

    @property
    def is_test(self) -> bool:
        return TEST in self.data

    @property
    def keys_changed(self) -> bool:
        return bool(self.cleaned_data.get("new_user_key") or self.cleaned_data.get("new_vendor_key"))

    def is_valid(self) -> bool:
        """A test is never valid: it shows the form again instead of saving it."""
        return super().is_valid() and not self.is_test

    def clean(self) -> dict[str, Any]:
        super().clean()
        self._clean_keys()
        self.instance.sandbox_urls = self._clean_urls()
        return self.cleaned_data

    def _clean_keys(self) -> None:
        for name, column in (("new_user_key", "user_key"), ("new_vendor_key", "vendor_key")):
            typed = self.cleaned_data.get(name, "")
            if typed:
                setattr(self.instance, column, typed)
            elif not self.instance.pk:
                self.add_error(name, _("This key is needed."))
        user_key, vendor_key = self._key("user_key"), self._key("vendor_key")
        if user_key and user_key == vendor_key:
            self.add_error("new_vendor_key", _("Both keys are the same: one of them is in the wrong field."))
        company = self.cleaned_data.get("company_uuid") or self.instance.company_uuid
        if company and _uuid(user_key) == company:
            self.add_error("new_user_key", _("This is the UUID of the company, not a key."))
        if "company_uuid" in self.errors and _uuid(user_key) and self.data.get("company_uuid"):
            self.add_error(
                "company_uuid",
                _("The user API key looks like a UUID and this does not: these two look swapped."),
            )

    def _key(self, column: str) -> str:
        """Return the key that will be used; a stored one may need a field key that is gone."""
        try:
            return str(getattr(self.instance, column))
        except WrongFieldKeyError:
            self.add_error(f"new_{column}", _("The stored key cannot be read any more. Type it in again."))
            return ""

    def _clean_urls(self) -> dict[str, str]:
        environment = self.cleaned_data.get("environment") or self.instance.environment
        if environment != Environment.SANDBOX:
            return {}
        typed = {name: url for name in URL_FIELDS if (url := self.cleaned_data.get(name, "").strip())}
        if "ax_url" not in typed:
            self.add_error("ax_url", _("A sandbox account needs the address of its simulator."))
        for name, url in typed.items():
            if problem := _problem(url):
                self.add_error(name, ValidationError(problem))
        return typed


def _problem(url: str) -> Any:
    real = environments.environment_of(url)
    if real in (maventa.Environment.STAGE, maventa.Environment.PRODUCTION):
        name = Environment(real.value).label
        return _("This is an address of %(name)s; a sandbox account reaches only a simulator on this machine.") % {
            "name": name
        }
    try:
        maventa.hosts(maventa.Environment.SANDBOX, {"ax": url})
    except maventa.ConfigurationError:
        return _("Give an address on this machine, such as http://127.0.0.1:8001/ax")
    return ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
