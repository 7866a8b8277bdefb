"""What staff choose when they want a comparison now."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from portal.partners.models import PartnerAccount


class CompareForm(forms.Form):
    account = forms.ModelChoiceField(
        label=_("Partner account"), queryset=PartnerAccount.objects.none(), widget=UnfoldAdminSelectWidget
    )
    company = forms.UUIDField(
        label=_("Company"),
        required=False,
        help_text=_("A company's UUID for that one alone; empty compares all companies of the account."),
        widget=UnfoldAdminTextInputWidget,
        error_messages={"invalid": _("This is no UUID. Copy it from the company's page.")},
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = PartnerAccount.objects.active().visible_to(user)
        field = self.fields["account"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  declared above
        field.queryset = accounts
        if accounts.count() == 1:
            field.initial = accounts.first()
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
