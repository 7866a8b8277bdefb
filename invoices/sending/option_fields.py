"""The fields that say how AutoInvoice shall send: one for each of its parameters, in staff words."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from invoices.services import options

LANGUAGE_NAMES = {
    "FI": gettext_lazy("Finnish"),
    "SE": gettext_lazy("Swedish"),
    "NO": gettext_lazy("Norwegian"),
    "DK": gettext_lazy("Danish"),
    "NL": gettext_lazy("Dutch"),
    "EN": gettext_lazy("English"),
}
ROUTE_NAMES = {
    "einvoice": gettext_lazy("not as e-invoice"),
    "email": gettext_lazy("not by e-mail"),
    "print": gettext_lazy("not as letter"),
}
CONSUMER_ROUTE_NAMES = {
    "netbank": gettext_lazy("net bank (eFaktura)"),
    "netbank_cvl": gettext_lazy("net bank, found by phone, e-mail and address"),
    "netbank_cvl_hold": gettext_lazy("net bank, held until the consumer agrees"),
    "vipps": "Vipps",
    "dpi": gettext_lazy("digital mailbox"),
    "email": gettext_lazy("e-mail"),
    "print": gettext_lazy("letter"),
    "silent_failure": gettext_lazy("give up without a failure"),
}
_AUTO = gettext_lazy("as AutoInvoice decides")


def _choice(label: Any, values: Any, help_text: Any = "", empty: Any = _AUTO) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=[("", empty), *values],
        required=False,
        help_text=help_text,
        widget=UnfoldAdminSelectWidget,
    )


def _text(label: Any, longest: int, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=longest, required=False, help_text=help_text, widget=UnfoldAdminTextInputWidget
    )


def _as_yes_no(value: str) -> bool | None:
    return {"true": True, "false": False}.get(str(value).lower())


def _yes_no(label: Any, help_text: Any = "") -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=[("", _AUTO), ("true", gettext_lazy("yes")), ("false", gettext_lazy("no"))],
        coerce=_as_yes_no,
        empty_value=None,
        required=False,
        help_text=help_text,
        widget=UnfoldAdminSelectWidget,
    )


class _OrderWidget(forms.MultiWidget):
    def decompress(self, value: Any) -> list[str]:
        return list(value or ())


class OrderField(forms.MultiValueField):
    """Ways in the order in which they are tried; cleans to a tuple of their words."""

    places = 4

    def __init__(self, **kwargs: Any) -> None:
        choices = [("", "–"), *CONSUMER_ROUTE_NAMES.items()]
        labels = [_("Way %(n)d") % {"n": place} for place in range(1, self.places + 1)]
        selects = [UnfoldAdminSelectWidget(attrs={"aria-label": label}, choices=choices) for label in labels]
        fields = [forms.ChoiceField(choices=choices, required=False) for _place in selects]
        super().__init__(fields, require_all_fields=False, required=False, widget=_OrderWidget(selects), **kwargs)
        self.choices = choices

    def compress(self, values: list[str]) -> tuple[str, ...]:
        chosen = tuple(value for value in values if value)
        if len(set(chosen)) < len(chosen):
            raise ValidationError(_("Each way can stand there once."))
        return chosen


def _languages() -> list[tuple[str, Any]]:
    return [(code, LANGUAGE_NAMES[code]) for code in options.LANGUAGES]


def _formats() -> list[tuple[str, str]]:
    return [(name, name) for name in options.FORMATS]


# Field of SendingOptions → its form field, made anew for each form.
FIELDS: dict[str, Callable[[], forms.Field]] = {
    "recipient_eia": lambda: _text(
        gettext_lazy("E-invoice address"),
        128,
        gettext_lazy("With an operator beside it, exactly this address is used."),
    ),
    "recipient_operator": lambda: forms.CharField(
        label=gettext_lazy("Operator"),
        max_length=128,
        required=False,
        help_text=gettext_lazy("The operator's code, such as 003721291126; names are suggested."),
        widget=UnfoldAdminTextInputWidget(attrs={"list": "operators", "autocomplete": "off"}),
    ),
    "recipient_email": lambda: forms.EmailField(
        label=gettext_lazy("E-mail address"), max_length=255, required=False, widget=UnfoldAdminEmailInputWidget
    ),
    "recipient_type": lambda: _choice(
        gettext_lazy("Receiver is"),
        [("b2b", gettext_lazy("a company")), ("consumer", gettext_lazy("a consumer"))],
    ),
    "route_order": lambda: OrderField(
        label=gettext_lazy("Ways to a consumer, in this order"), help_text=gettext_lazy("For consumers in Norway.")
    ),
    "b2cno_document_type": lambda: _choice(
        gettext_lazy("Kind of document for the consumer"),
        [
            ("INVOICE", gettext_lazy("invoice")),
            ("CREDIT_NOTE", gettext_lazy("credit note")),
            ("REMINDER", gettext_lazy("reminder")),
            ("COLLECTION_NOTICE", gettext_lazy("notice of collection")),
        ],
    ),
    "recipient_phone_number": lambda: _text(gettext_lazy("Consumer's mobile phone"), 30),
    "recipient_date_of_birth": lambda: forms.DateField(
        label=gettext_lazy("Consumer's date of birth"), required=False, widget=UnfoldAdminSingleDateWidget
    ),
    "recipient_ssn": lambda: forms.CharField(
        label=gettext_lazy("Consumer's personal number"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("Kept encrypted, shown nowhere."),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    ),
    "recipient_efaktura_id": lambda: _text(gettext_lazy("Consumer's eFaktura id"), 50),
    "disabled_routes": lambda: forms.MultipleChoiceField(
        label=gettext_lazy("Ways that are not wanted"),
        choices=[(route, ROUTE_NAMES[route]) for route in options.ROUTES],
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    ),
    "lang": lambda: _choice(gettext_lazy("Language of letters and e-mails"), _languages()),
    "sender_comment": lambda: forms.CharField(
        label=gettext_lazy("Comment to the receiver"),
        max_length=1024,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    ),
    "print_letter_class": lambda: _choice(
        gettext_lazy("Class of letters"),
        [("PRIORITY", gettext_lazy("priority")), ("ECONOMY", gettext_lazy("economy"))],
    ),
    "print_color": lambda: _yes_no(gettext_lazy("Letters in colour")),
    "print_own_image": lambda: _yes_no(
        gettext_lazy("Print the PDF that is sent along"),
        gettext_lazy("Adds a cover sheet, billed as a page (not in NL)."),
    ),
    "prevent_digital_post": lambda: _yes_no(
        gettext_lazy("Paper only"), gettext_lazy("Letters do not go to a digital mailbox instead.")
    ),
    "allow_kivra_fi": lambda: _yes_no(gettext_lazy("Kivra instead of paper")),
    "email_format": lambda: _choice(
        gettext_lazy("XML in the e-mail"),
        _formats(),
        gettext_lazy("Forces delivery by e-mail, with this XML."),
        gettext_lazy("none"),
    ),
    "payment_instruction_identifier": lambda: _text(
        gettext_lazy("Payment instruction id"), 100, gettext_lazy("Of Finnish consumer invoices.")
    ),
    "prevent_routing": lambda: _yes_no(
        gettext_lazy("Deliver to nobody"), gettext_lazy("AutoInvoice only takes it, for a receivables case.")
    ),
    "format": lambda: _choice(
        gettext_lazy("Format of the file"), _formats(), gettext_lazy("Only if AutoInvoice takes it for another one."),
    ),
}  # fmt: skip
RECEIVER = ("recipient_eia", "recipient_operator", "recipient_email")  # of one receiver
CONSUMER = (
    "recipient_phone_number", "recipient_date_of_birth", "recipient_ssn", "recipient_efaktura_id",
)  # fmt: skip
COUNTRIES = {
    "payment_instruction_identifier": "FI",
    "allow_kivra_fi": "FI",
    **dict.fromkeys(("recipient_type", "route_order", "b2cno_document_type", *CONSUMER), "NO"),
}
PRINT = ("print_letter_class", "print_color", "print_own_image", "prevent_digital_post", "allow_kivra_fi")
