"""What staff give of one who owes an invoice; the personal identity number is taken and never shown."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from companies import business_ids
from companies.forms import COUNTRY_NAMES
from portal.partners.fields import WrongFieldKeyError, decrypt, encrypt
from receivables import personal
from receivables.enums import PayerRole
from receivables.fields import text as _text
from receivables.models import HandOver, Payer

MOST_PAYERS = 10


class _Unshown(UnfoldAdminTextInputWidget):
    """A field that is written and never shown, not even beside another field's mistake."""

    def format_value(self, value: Any) -> str:
        return ""


class _Carried(forms.HiddenInput):
    """Takes what was written along, encrypted, so that it need not be written again."""

    sealed = ""

    def format_value(self, value: Any) -> str:
        return self.sealed


class PayerForm(forms.Form):
    """One who owes. The personal identity number is written only: it is never shown in the form."""

    role = forms.ChoiceField(choices=PayerRole.choices, widget=forms.HiddenInput)
    name = _text(_("Name"), most=200)
    identifier = _text(_("Business id"), required=False, most=40)
    personal_number = _text(
        _("Personal identity number"),
        _("Of a person; kept encrypted and shown to nobody by itself."),
        required=False,
        most=20,
        widget=_Unshown,
    )
    carried_number = forms.CharField(required=False, widget=_Carried)
    street = _text(_("Street"), most=200)
    post_code = _text(_("Postcode"), most=20)
    city = _text(_("City"))
    country = forms.ChoiceField(label=_("Country"), choices=[*COUNTRY_NAMES.items()], widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, stored_number: str = "", **kwargs: Any) -> None:
        self.stored_number = stored_number
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        carried = self._carried()
        if carried or stored_number:
            self.fields["personal_number"].help_text = _("One is stored. Empty keeps it.")
        self.fields["personal_number"].widget.attrs["autocomplete"] = "off"
        self.fields["carried_number"].widget.sealed = encrypt(carried)

    def _carried(self) -> str:
        """Return the number that was written now, or before a mistake in another field; "" for none, or a wrong one."""
        given = {name: str(self.data.get(self.add_prefix(name), "")) for name in ("personal_number", "carried_number")}
        written = personal.compact(given["personal_number"])
        if not written:
            try:
                written = decrypt(given["carried_number"])
            except WrongFieldKeyError:
                written = ""
        return written if any(personal.is_number(country, written) for country in COUNTRY_NAMES) else ""

    def clean_personal_number(self) -> str:
        return personal.compact(self.cleaned_data["personal_number"]) or self._carried()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        number, country = cleaned.get("personal_number", ""), cleaned.get("country", "")
        if number and country and not personal.is_number(country, number):
            text = _("This is no personal identity number of %(country)s: check its digits.")
            self.add_error("personal_number", ValidationError(text % {"country": country}))
        identifier = cleaned.get("identifier", "")
        if identifier and personal.is_number(country, identifier):
            text = _("This is a person's number: give it in the field for it, where it is kept encrypted.")
            self.add_error("identifier", ValidationError(text))
            self.data = {**self.data, self.add_prefix("identifier"): ""}  # nor is it shown again
        elif identifier and country in business_ids.COUNTRIES and not _fits(country, identifier):
            self.add_error(
                "identifier", ValidationError(_("This is no business id of that country: check its digits."))
            )
        return cleaned

    def ask_for_number(self) -> None:
        """Say at its field that the kind of receivable needs the number."""
        text = _("A consumer's rent needs the personal identity number of who rents.")
        self.add_error("personal_number", ValidationError(text))

    @property
    def has_number(self) -> bool:
        return bool(self.cleaned_data.get("personal_number") or self.stored_number)

    def payer(self, row: HandOver) -> Payer:
        given = {name: value for name, value in self.cleaned_data.items() if name != "carried_number"}
        given["personal_number"] = given["personal_number"] or self.stored_number
        return Payer(hand_over=row, **given)


def _fits(country: str, text: str) -> bool:
    try:
        business_ids.parse(country, text)
    except business_ids.InvalidBusinessIdError:
        return False
    return True
