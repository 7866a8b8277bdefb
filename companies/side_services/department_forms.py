"""The form of a department."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminTextInputWidget

from companies.act_forms import ActForm
from companies.models import Company
from companies.networks import glns


def _text(label: Any, help_text: Any = "", *, required: bool = True, most: int = 100) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=required, max_length=most, widget=UnfoldAdminTextInputWidget
    )


class DepartmentForm(ActForm):
    """A department begins with the company's own address, as its settings have it."""

    name = _text(_("Name of the department"), _("As it is to be seen by senders."), most=200)
    gln = _text("GLN", _("13 digits, from GS1; senders address the department by it."), most=20)
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("AutoInvoice writes to this address about the department."),
        widget=UnfoldAdminEmailInputWidget,
    )
    address1 = _text(_("Street address"), most=200)
    address2 = _text(_("Second line"), required=False, most=200)
    post_code = _text(_("Post code"), most=20)
    city = _text(_("City"))
    post_office = _text(_("Post office"), _("Empty: the same as the city."), required=False)

    def initial_of(self, company: Company) -> dict[str, Any]:
        address, details = company.settings.get("address") or {}, company.settings.get("details") or {}
        return {
            "email": details.get("email", ""),
            "address1": address.get("street_address", ""),
            "post_code": address.get("post_code", ""),
            "city": address.get("city", "") or address.get("post_office", ""),
        }

    def clean_gln(self) -> str:
        try:
            return glns.parse(self.cleaned_data["gln"])
        except glns.InvalidGlnError as error:
            raise ValidationError(str(error.text)) from None
