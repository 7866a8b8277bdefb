"""Forms of the signature desk: reissuing, marking what is wrong, and the reminders' rule and texts."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from companies import request_fields
from companies.enums import Problem
from companies.models import ReminderRule, ReminderTemplate
from companies.reminders import letters as reminders
from companies.request_fields import need_traceable_id

CLEAR, DROP = "clear", "drop"


class _Form(forms.Form):
    """A form that is drawn inside the page's own form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


class ReissueForm(_Form):
    """What is different in the new request; what is left empty stays as each request had it."""

    email = forms.EmailField(
        label=_("Signer's e-mail"),
        required=False,
        help_text=_("Empty: each request goes to its own signer again. One signer of one country: up to 50 a request."),
        widget=UnfoldAdminEmailInputWidget,
    )
    signer_name = request_fields.signer_name()
    locale = request_fields.locale(_("As each request had it"))
    method = request_fields.other_method(_("How it is authorized"), _("As each request had it"))
    authorization_id = request_fields.authorization_id()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        need_traceable_id(self, cleaned)
        return cleaned


class MarkForm(_Form):
    what = forms.ChoiceField(
        label=_("What is the matter"),
        choices=[
            (Problem.WRONG_PERSON.value, _("Wrong person: somebody else has to sign")),
            (Problem.BOUNCED.value, _("Mail to this address does not arrive")),
            (CLEAR, _("Nothing any more: take the mark away")),
            (DROP, _("Stop following this request here (AutoInvoice has no way to withdraw it)")),
        ],
        widget=UnfoldAdminRadioSelectWidget,
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=500,
        required=False,
        help_text=_("For your colleagues: who said so, who signs instead."),
        widget=UnfoldAdminTextInputWidget,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("what") in (Problem.WRONG_PERSON, DROP) and not cleaned.get("note", "").strip():
            self.add_error("note", ValidationError(_("Say why, in a few words.")))
        return cleaned


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ReminderRule
        fields = ("is_on", "first_hours", "second_hours", "sender_name", "sender_email", "reply_to")
        widgets = {
            "is_on": UnfoldBooleanSwitchWidget,
            "first_hours": UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
            "second_hours": UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
            "sender_name": UnfoldAdminTextInputWidget,
            "sender_email": UnfoldAdminEmailInputWidget,
            "reply_to": UnfoldAdminEmailInputWidget,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_sender_name(self) -> str:
        name = str(self.cleaned_data["sender_name"])
        if not name.isprintable():
            raise ValidationError(_("The name holds control characters."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, second = cleaned.get("first_hours"), cleaned.get("second_hours")
        if first and second and second >= first:
            self.add_error("second_hours", ValidationError(_("The second one comes later: give fewer hours.")))
        return cleaned


class TextForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ReminderTemplate
        fields = ("subject", "body")
        widgets = {
            "subject": UnfoldAdminTextInputWidget,
            "body": UnfoldAdminTextareaWidget(attrs={"rows": 18}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_subject(self) -> str:
        return self._checked("subject")

    def clean_body(self) -> str:
        return self._checked("body")

    def _checked(self, name: str) -> str:
        text = str(self.cleaned_data[name])
        try:
            reminders.check_text(text)
        except reminders.UnknownPlaceholderError as error:
            known = ", ".join(f"{{{name}}}" for name in reminders.PLACEHOLDERS)
            raise ValidationError(
                _("%(what)s is none of the placeholders. Use %(known)s, or take the brace away.")
                % {"what": error, "known": known}
            ) from None
        return text
