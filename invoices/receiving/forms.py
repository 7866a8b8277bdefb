"""The form that chooses in which forms received invoices are kept."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldBooleanSwitchWidget

from invoices.receiving.return_formats import AS_IT_CAME, IMAGE_FORMS, XML_FORMS, Wanted

_CAME = "as_it_came"  # a form's value cannot be empty


class ReceivingForm(forms.Form):
    xml = forms.MultipleChoiceField(
        label=_("The invoice as XML"),
        choices=[(form or _CAME, name) for form, name in XML_FORMS.items()],
        help_text=_(
            "“As it came” is what the sender sent. AutoInvoice converts to the others; what it cannot convert is said "
            "on the invoice, and then the invoice is kept as it came."
        ),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        error_messages={"required": _("Choose at least one: an invoice without its XML is not saved.")},
    )
    images = forms.MultipleChoiceField(
        label=_("Its image"),
        choices=list(IMAGE_FORMS.items()),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    attachments = forms.BooleanField(label=_("Its attachments"), required=False, widget=UnfoldBooleanSwitchWidget)

    def __init__(self, data: Any, *, wanted: Wanted) -> None:
        initial = {
            "xml": [form or _CAME for form in wanted.xml],
            "images": list(wanted.images),
            "attachments": wanted.attachments,
        }
        super().__init__(data, initial=initial)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def wanted(self) -> Wanted:
        """Return what was chosen."""
        cleaned = self.cleaned_data
        xml = tuple(AS_IT_CAME if form == _CAME else form for form in cleaned["xml"])
        return Wanted(xml=xml, images=tuple(cleaned["images"]), attachments=cleaned["attachments"])
