"""Forms for users that a company has already: what AutoInvoice mails them, their role, and taking them out of many."""

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

from companies.act_forms import ROLE_CHOICES, AddUserForm
from companies.models import CompanyUser


class ChangeUserForm(forms.Form):
    """Names and mails of one user."""

    first_name = forms.CharField(label=_("First name"), max_length=100, widget=UnfoldAdminTextInputWidget)
    last_name = forms.CharField(label=_("Last name"), max_length=100, required=False, widget=UnfoldAdminTextInputWidget)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False, widget=UnfoldAdminTextInputWidget)
    notifications_disabled = forms.BooleanField(label=_("No notifications"), required=False, widget=UnfoldBooleanWidget)
    emails_disabled = forms.BooleanField(label=_("No e-mails at all"), required=False, widget=UnfoldBooleanWidget)

    def __init__(self, *args: Any, user: CompanyUser, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(user, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def changes(self) -> dict[str, Any]:
        """Return what differs from what the form showed."""
        return {name: self.cleaned_data[name] for name in self.changed_data}


class RoleForm(forms.Form):
    user_role = forms.ChoiceField(label=_("Role"), choices=ROLE_CHOICES, widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, user: CompanyUser, **kwargs: Any) -> None:
        kwargs["initial"] = {"user_role": user.role}
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


class BulkAddUserForm(AddUserForm):
    """One person or program into many companies, for `bulk_action("companies.add_user", BulkAddUserForm)`."""


class BulkRemoveUserForm(forms.Form):
    """One person out of many companies, for `bulk_action("companies.remove_user", BulkRemoveUserForm)`."""

    email = forms.EmailField(
        label=_("E-mail of the user"),
        help_text=_("Companies where nobody has this address, or only one admin would be left without, are left out."),
        widget=UnfoldAdminEmailInputWidget,
    )
