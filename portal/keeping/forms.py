"""The form of a retention rule."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal import retention
from portal.keeping.models import RetentionRule


class RetentionRuleForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic when it runs
    class Meta:
        model = RetentionRule
        fields = ("is_on", "days")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind := retention.get(self.instance.kind):
            words = {"usual": kind.days, "lowest": kind.lowest}
            self.fields["days"].help_text = _("Usually %(usual)d, at least %(lowest)d.") % words
            self.fields["is_on"].help_text = str(kind.why)

    def clean_days(self) -> int:
        days: int = self.cleaned_data["days"]
        kind = retention.get(self.instance.kind)
        if kind and days < kind.lowest:
            text = _("These are kept for at least %(lowest)d days.") % {"lowest": kind.lowest}
            raise ValidationError(text)
        return days
