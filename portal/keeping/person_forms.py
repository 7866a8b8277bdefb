"""Whom a request about personal data is about."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from portal.persons import Person

_COUNTRIES = ("", "FI", "SE", "NO", "DK", "EE", "LV", "IT", "NL", "BE", "DE", "PL")


def _text(label: Any, help_text: Any, most: int, **attrs: str) -> forms.CharField:
    widget = UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", **attrs})
    return forms.CharField(label=label, help_text=help_text, max_length=most, required=False, widget=widget)


class PersonForm(forms.Form):
    reference = forms.CharField(
        label=_("Reference of the request"),
        max_length=200,
        help_text=_("Such as a ticket or the day of a letter, without the person's name: it stays on record."),
        widget=UnfoldAdminTextInputWidget,
    )
    name = _text(_("Name"), _("First name and last name, as it is written in rows."), 200)
    email = _text(_("E-mail"), _("The whole address."), 254, inputmode="email")
    country = forms.ChoiceField(
        label=_("Country of the personal number"),
        required=False,
        choices=[(code, code or "–") for code in _COUNTRIES],
        widget=UnfoldAdminSelectWidget,
    )
    number = _text(
        _("Personal number"), _("It is looked for by its digest, kept encrypted until the request ends, then gone."), 40
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        name, email, number = (cleaned.get(field, "").strip() for field in ("name", "email", "number"))
        if not (name or email or number):
            self.add_error("name", ValidationError(_("Say whom it is about: a name, an e-mail or a personal number.")))
        if name and len(name.split()) < 2:
            text = _("Give first name and last name: one word alone names many people.")
            self.add_error("name", ValidationError(text))
        if email and ("@" not in email or " " in email):
            self.add_error("email", ValidationError(_("This is no e-mail address.")))
        if number and not cleaned.get("country"):
            self.add_error("country", ValidationError(_("Say of which country the number is.")))
        reference = cleaned.get("reference", "").lower()
        if any(word and word.lower() in reference for word in (name, email, number)):
            self.add_error(
                "reference", ValidationError(_("The reference stays on record: leave the person out of it."))
            )
        return cleaned

    def person(self) -> Person:
        given = {field: self.cleaned_data[field].strip() for field in ("name", "email", "number")}
        return Person(country=self.cleaned_data["country"] if given["number"] else "", **given)
