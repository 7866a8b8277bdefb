"""Forms for what staff do to a company that is registered: the fields of each kind's parameters."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from companies import policies, request_fields
from companies.models import Company
from companies.request_fields import need_traceable_id


class ActForm(forms.Form):
    """A kind's parameters; `company` is None when the form is for many."""

    def __init__(self, *args: Any, company: Company | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", self.initial_of(company) if company else {})
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def initial_of(self, company: Company) -> dict[str, Any]:
        return {}


class AuthorizeForm(ActForm):
    method = request_fields.method()
    signer_name = request_fields.signer_name()
    email = forms.EmailField(
        label=_("Signer's e-mail"),
        help_text=_("A person with signing rights, or with a power of attorney. The link lives 7 days."),
        widget=UnfoldAdminEmailInputWidget,
    )
    locale = request_fields.locale()
    authorization_id = request_fields.authorization_id()

    def initial_of(self, company: Company) -> dict[str, Any]:
        latest = company.authorizations.order_by("-requested_at").first()
        return {
            "method": company.account.default_method,
            "signer_name": latest.signer_name if latest else "",
            "email": latest.email if latest else company.auth_email,
            "locale": latest.locale if latest else policies.default_locale(company.country),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        need_traceable_id(self, cleaned)
        return cleaned


ROLE_CHOICES = [("USER", _("User: reads and sends")), ("ADMIN", _("Admin: may change the company and its users"))]


class AddUserForm(ActForm):
    email = forms.EmailField(label=_("E-mail"), widget=UnfoldAdminEmailInputWidget)
    first_name = forms.CharField(label=_("First name"), max_length=100, widget=UnfoldAdminTextInputWidget)
    last_name = forms.CharField(label=_("Last name"), max_length=100, required=False, widget=UnfoldAdminTextInputWidget)
    user_role = forms.ChoiceField(
        label=_("Role"),
        choices=ROLE_CHOICES,
        widget=UnfoldAdminSelectWidget,
    )
    notifications_disabled = forms.BooleanField(label=_("No notifications"), required=False, widget=UnfoldBooleanWidget)
    emails_disabled = forms.BooleanField(label=_("No e-mails at all"), required=False, widget=UnfoldBooleanWidget)
    keep_key = forms.BooleanField(
        label=_("Keep the key here"),
        required=False,
        initial=True,
        help_text=_(
            "AutoInvoice makes a key only for a user that is new to it, and tells it once. Kept here it lies "
            "encrypted; else it can be seen once by you, within a day, and is gone."
        ),
        widget=UnfoldBooleanWidget,
    )


FORMS: dict[str, type[ActForm]] = {
    "companies.authorize": AuthorizeForm,
    "companies.add_user": AddUserForm,
}
