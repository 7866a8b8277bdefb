"""The form of mending: one field a value, checked as far as the portal can."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminTextInputWidget

from invoices.failures.mending import Mendable
from portal.account_fields import checked_iban

_LONGEST = 200
_EXAMPLES = {
    "receiver_address": "003712345671",
    "operator": "003721291126",
    "date": "2026-11-30",
    "due_date": "2026-12-14",
    "country": "FI",
}


class MendForm(forms.Form):
    """Begins with the proposed values where there are some; what stays as it is in the file changes nothing."""

    def __init__(self, data: Any, *, mendables: Sequence[Mendable]) -> None:
        super().__init__(data)
        self._mendables = {one.value.name: one for one in mendables}
        for one in mendables:
            name = one.value.name
            attributes = {"autocomplete": "off", "spellcheck": "false", "placeholder": _EXAMPLES.get(name, "")}
            self.fields[name] = forms.CharField(
                label=one.name,
                max_length=_LONGEST,
                required=False,
                initial=one.proposal if one.proposed and one.is_about else one.shown,
                widget=UnfoldAdminTextInputWidget(attrs=attributes),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, text in list(cleaned.items()):
            try:
                cleaned[name] = self._checked(name, self._mendables[name].meant(" ".join(text.split())))
            except ValidationError as error:
                self.add_error(name, error)
        return cleaned

    def wanted(self) -> dict[str, str]:
        """Return the values that shall be other ones."""
        return {
            name: text for name, text in self.cleaned_data.items() if text and text != self._mendables[name].value.text
        }

    def typed(self, name: str) -> str:
        """Return what was typed in place of what the file says, unchecked; "" where nothing was."""
        text = " ".join(self.data.get(name, "").split())
        return "" if name not in self._mendables or text == self._mendables[name].shown else text

    def _checked(self, name: str, text: str) -> str:
        """Check what was changed; what stands in the file is left as it is."""
        one = self._mendables[name]
        if text == one.value.text:
            return text
        if "•" in text:
            raise ValidationError(_("Write the whole number, or leave it as it was."))
        if not text:
            raise ValidationError(_("A value cannot be taken out here. Write another one, or leave it as it was."))
        check = getattr(self, f"_check_{name}", None)
        return str(check(text)) if check else text

    def _check_receiver_address(self, text: str) -> str:
        if " " in text:
            raise ValidationError(_("An address has no blanks inside."))
        return text

    _check_operator = _check_receiver_address

    def _check_receiver_email(self, text: str) -> str:
        EmailValidator()(text)
        return text

    def _check_country(self, text: str) -> str:
        if len(text) != 2 or not text.isalpha():
            raise ValidationError(_("Write the country as two letters, such as FI."))
        return text.upper()

    def _check_date(self, text: str) -> str:
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise ValidationError(_("Write the date as 2026-11-30.")) from None

    _check_due_date = _check_date

    def _check_iban(self, text: str) -> str:
        return checked_iban(text)
