"""Forms of Detect and of reports of fraud."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from companies.act_forms import ActForm
from companies.models import Company
from invoices.detect import definitions
from invoices.detect import words as detect_words
from invoices.models import DetectSetting
from invoices.operations import DISCLAIMER

_LONGEST = 2000


class DetectForm(ActForm):
    """`company` is None for many. What is not ticked is switched off."""

    checks = forms.MultipleChoiceField(
        label=_("Checks on received invoices"),
        choices=[(name, title) for name, title in detect_words.CHECKS.items()],
        required=False,
        help_text=_(
            "They replace what is on now; none switches Detect off. They run on invoices received from now on."
        ),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    accepted = forms.BooleanField(
        label=_("The disclaimer was accepted"), required=False, help_text=DISCLAIMER, widget=UnfoldBooleanWidget
    )
    accepted_by = forms.CharField(
        label=_("Who accepted it at the customer"),
        required=False,
        max_length=200,
        help_text=_("A name, and how: “Maija Virtanen, e-mail of 24 November”. Kept with your name and the time."),
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, *args: Any, company: Company | None = None, **kwargs: Any) -> None:
        super().__init__(*args, company=company, **kwargs)
        if company is not None:
            field: Any = self.fields["checks"]
            field.choices = [
                (check.name, f"{check.title} – {check.description}" if check.description else check.title)
                for check in definitions.checks(company.account)
            ]

    def initial_of(self, company: Company) -> dict[str, Any]:
        setting = DetectSetting.objects.filter(company=company).first()
        return {"checks": setting.checks if setting else []}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("checks"):
            if not cleaned.get("accepted"):
                self.add_error("accepted", ValidationError(_("Checks are switched on only after it was accepted.")))
            if not (cleaned.get("accepted_by") or "").strip():
                self.add_error("accepted_by", ValidationError(_("Say who accepted it: it is kept as proof.")))
        cleaned["text"] = str(DISCLAIMER)
        return cleaned


class ReportForm(forms.Form):
    reasons = forms.MultipleChoiceField(
        label=_("Why it looks like fraud"),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        error_messages={"required": _("Choose at least one reason.")},
    )
    contact_email = forms.EmailField(
        label=_("Contact e-mail"),
        help_text=_("AutoInvoice may ask there. It is not told to the sender."),
        widget=UnfoldAdminEmailInputWidget,
    )
    description = forms.CharField(
        label=_("What happened"),
        required=False,
        max_length=_LONGEST,
        help_text=_("Facts that help others: what was claimed, how the sender got in touch. No personal data."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
    )

    def __init__(self, data: Any, *, reasons: list[tuple[str, str]], initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        field: Any = self.fields["reasons"]
        field.choices = reasons
        self.helper = FormHelper()
        self.helper.form_tag = False
