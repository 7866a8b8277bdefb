"""Forms that ask how AutoInvoice shall send: for one receiver, for many files, and as a company's defaults."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Fieldset, Layout, Row
from django import forms
from django.utils.translation import gettext as _

from invoices.sending.option_fields import CONSUMER, COUNTRIES, FIELDS, PRINT, RECEIVER
from invoices.services import SendingOptions
from portal.form_rows import side_by_side
from portal.partners.fields import encrypt

_SECRET = "recipient_ssn"  # noqa: S105  a field's name
_MASKED = "•••"
_ROUTES = 3


class OptionsForm(forms.Form):
    """How AutoInvoice shall send; whatever is empty is left to the company's defaults, then to AutoInvoice."""

    def __init__(
        self, *args: Any, country: str = "", one_receiver: bool = False, has_lookup: bool = False, **kwargs: Any
    ) -> None:
        """
        :param country: of the sender; what its country does not have is not asked
        :param one_receiver: all go to the same, so that an address can be given
        :param has_lookup: the page's context names `lookup`, the address of the look-up of receivers
        """
        super().__init__(*args, **kwargs)
        for name, make in FIELDS.items():
            if self._is_asked(name, country, one_receiver=one_receiver):
                self.fields[name] = make()
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = self._layout(has_lookup=has_lookup)

    @staticmethod
    def _is_asked(name: str, country: str, *, one_receiver: bool) -> bool:
        if (name in RECEIVER or name in CONSUMER) and not one_receiver:
            return False
        return COUNTRIES.get(name, country) == country

    def _layout(self, *, has_lookup: bool) -> Layout:
        consumer = ("recipient_type", "b2cno_document_type", "route_order", *CONSUMER)
        receiver = (
            [HTML('{% include "invoices/_find_receiver.html" %}')]
            if has_lookup and "recipient_eia" in self.fields
            else []
        )
        parts = [
            (_("Receiver"), [*receiver, *self._pairs(RECEIVER)]),
            (_("Consumer"), self._pairs(consumer)),
            (_("Way"), [*self._there("disabled_routes"), *self._pairs(("lang", "email_format", "prevent_routing",
                        "payment_instruction_identifier")), *self._there("sender_comment")]),
            (_("Letters"), self._pairs(PRINT)),
            (_("File"), self._there("format")),
        ]  # fmt: skip
        return Layout(*(Fieldset(legend, *fields) for legend, fields in parts if fields))

    def _there(self, *names: str) -> list[str]:
        return [name for name in names if name in self.fields]

    def _pairs(self, names: tuple[str, ...]) -> list[Row]:
        there = self._there(*names)
        pairs = [there[start : start + 2] for start in range(0, len(there), 2)]
        return [side_by_side(*pair, of=2) for pair in pairs]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("recipient_operator") and not cleaned.get("recipient_eia") and "recipient_eia" in self.fields:
            self.add_error("recipient_eia", _("Give the address too: an operator alone names nobody."))
        disabled = cleaned.get("disabled_routes") or []
        if len(disabled) == _ROUTES:
            self.add_error("disabled_routes", _("No way is left. Leave at least one of them open."))
        if "email" in disabled and cleaned.get("email_format"):
            self.add_error("email_format", _("This forces delivery by e-mail, which is not wanted above."))
        if cleaned.get("route_order") and cleaned.get("recipient_type") == "b2b":
            self.add_error("route_order", _("These ways are for consumers only."))
        born = cleaned.get("recipient_date_of_birth")
        cleaned["recipient_date_of_birth"] = born.isoformat() if born else ""
        if cleaned.get(_SECRET):
            cleaned[_SECRET] = encrypt(cleaned[_SECRET])
        return cleaned

    def options(self) -> SendingOptions:
        """Return what was chosen."""
        values = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        values |= {name: tuple(values[name]) for name in ("disabled_routes", "route_order") if name in values}
        return SendingOptions(**values)

    def in_words(self, parameters: dict[str, Any]) -> list[tuple[str, str]]:
        """Return what was chosen as staff read it."""
        return in_words(parameters)


def in_words(parameters: dict[str, Any]) -> list[tuple[str, str]]:
    """Return options as staff read them: label and value, in the order of the forms; a personal number is masked."""
    shown = []
    for name, make in FIELDS.items():
        value = parameters.get(name)
        if value in (None, "", [], ()):
            continue
        field: Any = make()
        words = dict(getattr(field, "choices", ()))
        values = value if isinstance(value, list | tuple) else [value]
        named = ", ".join(str(words.get(_key(one), one)) for one in values)
        shown.append((str(field.label), _MASKED if name == _SECRET else named))
    return shown


def _key(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
