"""Fields of a request for authorization, as the forms that make or repeat one ask for them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from companies import policies
from portal.partners.models import Method

Words = Any  # text, or one that is translated late
LOCALE_NAMES = {
    "FI": _("Finnish"),
    "SE": _("Swedish"),
    "NO": _("Norwegian"),
    "DK": _("Danish"),
    "NL": _("Dutch"),
    "BE": _("Dutch (Belgium)"),
    "EN": _("English"),
}


def signer_name(label: Words = "") -> forms.CharField:
    return forms.CharField(
        label=label or _("Signer's name"), max_length=200, required=False, widget=UnfoldAdminTextInputWidget
    )


def locale(none: Words = "") -> forms.ChoiceField:
    """
    Return the language of the document that is signed.

    :param none: what it means to choose none; "": one has to be chosen
    """
    languages = [(code, LOCALE_NAMES[code]) for code in policies.locales()]
    return forms.ChoiceField(
        label=_("Language of the document"),
        choices=[("", none), *languages] if none else languages,
        required=not none,
        widget=UnfoldAdminSelectWidget,
    )


def method() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("How it is authorized"),
        choices=Method.choices,
        initial=Method.VISMA_SIGN,
        widget=UnfoldAdminRadioSelectWidget,
    )


def other_method(label: Words, none: Words) -> forms.ChoiceField:
    """Return how requests are repeated that were authorized in some way before; none: as before."""
    return forms.ChoiceField(
        label=label, choices=[("", none), *Method.choices], required=False, widget=UnfoldAdminSelectWidget
    )


def authorization_id(help_text: Words = "") -> forms.CharField:
    return forms.CharField(
        label=_("Id in our own process"),
        max_length=200,
        required=False,
        help_text=help_text
        or _("Only for our own process: a contract number or signing event that can be traced back."),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )


def need_traceable_id(form: forms.Form, cleaned: dict[str, Any]) -> None:
    """Refuse our own process without the id under which its proof is kept."""
    if cleaned.get("method") == Method.OWN and not cleaned.get("authorization_id"):
        text = _("Our own process needs an id that can be traced back, such as the contract number.")
        form.add_error("authorization_id", ValidationError(text))
    problem = policies.problem_of_traceable_id(cleaned.get("authorization_id") or "x")
    if problem:
        form.add_error("authorization_id", ValidationError(str(problem)))
