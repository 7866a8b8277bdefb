"""What staff choose when they subscribe."""

from typing import Any
from uuid import UUID

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from portal.partners.models import PartnerAccount
from portal.webhooks.enums import Reach
from portal.webhooks.subscriptions import EVENTS

EVENT_NAMES = {
    "DOCUMENTS.*.*": _("Documents: delivered, failed, received"),
    "NETWORKS.*": _("Networks: requested, opened, closed"),
    "COMPANIES.AUTHORIZATION.*": _("Companies: verified or not any more"),
}


class SubscribeForm(forms.Form):
    account = forms.ModelChoiceField(
        label=_("Partner account"), queryset=PartnerAccount.objects.none(), widget=UnfoldAdminSelectWidget
    )
    reach = forms.ChoiceField(
        label=_("Whose events"), choices=Reach.choices, initial=Reach.VENDOR, widget=UnfoldAdminRadioSelectWidget
    )
    company = forms.UUIDField(
        label=_("Company"),
        required=False,
        help_text=_("The company's UUID, for one company only."),
        widget=UnfoldAdminTextInputWidget,
    )
    events = forms.MultipleChoiceField(
        label=_("Which events"),
        choices=list(EVENT_NAMES.items()),
        initial=list(EVENTS),
        widget=forms.CheckboxSelectMultiple,
    )
    with_password = forms.BooleanField(
        label=_("Ask for a password, too"),
        required=False,
        help_text=_("AutoInvoice then sends a user name and a password beside the secret address."),
        widget=UnfoldBooleanWidget,
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = PartnerAccount.objects.active().visible_to(user).defer("user_key", "vendor_key")
        account: Any = self.fields["account"]
        account.queryset = accounts
        account.initial = accounts.first()
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("reach") == Reach.COMPANY and not cleaned.get("company") and "company" not in self.errors:
            self.add_error("company", ValidationError(_("Say which company."), code="required"))
        return cleaned

    def wanted_company(self) -> UUID | None:
        """Return the company to subscribe for; None: all."""
        company: UUID | None = self.cleaned_data["company"]
        return company if self.cleaned_data["reach"] == Reach.COMPANY else None
