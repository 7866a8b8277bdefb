"""Form fields of a bank account: its IBAN and the BIC of its bank, as people copy them, spaces and all."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from stdnum import bic, iban
from unfold.widgets import UnfoldAdminTextInputWidget


def checked_iban(text: str) -> str:
    """Return an IBAN without blanks, in capitals; raises ValidationError for what is none."""
    compact = str(iban.compact(text))
    if not iban.is_valid(compact):
        raise ValidationError(
            _("This is no IBAN: its check digits or its length are wrong. Copy it from the bank once more.")
        )
    return compact


class IbanField(forms.CharField):
    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 42, "widget": UnfoldAdminTextInputWidget, **options})

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        return checked_iban(text) if text else ""


class BicField(forms.CharField):
    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 20, "widget": UnfoldAdminTextInputWidget, **options})

    def clean(self, value: Any) -> str:
        text = str(bic.compact(super().clean(value)))
        if text and not bic.is_valid(text):
            raise ValidationError(_("This is no BIC: 8 or 11 letters and digits, such as NDEAFIHH."))
        return text
