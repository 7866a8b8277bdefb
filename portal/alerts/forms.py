"""Forms of alerts: a note, a time to mute for, and what administrators set."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from portal import outbound, watching
from portal.alerts.models import AlertRule, Destination, Way
from portal.partners.models import PartnerAccount

SHORTEST_SECRET = 24
HOURS = {1: _("1 hour"), 4: _("4 hours"), 12: _("12 hours"), 24: _("1 day"), 72: _("3 days"), 168: _("1 week")}


class TakeOnForm(forms.Form):
    """What staff do with an alert: a note, and for how long it is muted."""

    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        help_text=_("What you found, and what you do about it. Needed to acknowledge."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )
    hours = forms.TypedChoiceField(
        label=_("Mute for"), coerce=int, choices=list(HOURS.items()), initial=4, widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: Any, verb: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = verb == "acknowledge"
        self.fields["hours"].required = verb == "mute"
        self.fields["note"].error_messages["required"] = _("Say what you do about it: the next one reads it.")
        self.helper = FormHelper()
        self.helper.form_tag = False


class AlertRuleForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic when it runs
    kind = forms.ChoiceField(label=_("What"), widget=UnfoldAdminSelectWidget)

    class Meta:
        model = AlertRule
        fields = ("kind", "account", "is_on", "threshold", "severity", "worse_percent", "calm_minutes")
        help_texts = {
            "account": _("Empty: for all accounts that have no rule of their own."),
            "worse_percent": _("100: when it has doubled since it was last raised."),
            "calm_minutes": _("For so long the fact has to be gone. 0: at once."),
        }

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(watched.name, f"{watched.label} ({watched.measure})") for watched in watching.every()]
        if self.instance.pk and watching.get(self.instance.kind) is None:
            choices.append((self.instance.kind, self.instance.kind))
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]
        self.fields["account"].queryset = PartnerAccount.objects.visible_to(viewer)  # type: ignore[attr-defined]
        if watched := watching.get(self.instance.kind):
            words = {"measure": watched.measure, "usual": watched.threshold}
            self.fields["threshold"].help_text = _("%(measure)s; usually %(usual)d.") % words

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        watched, threshold = watching.get(cleaned.get("kind", "")), cleaned.get("threshold")
        if watched and threshold is not None and not watched.lowest <= threshold <= watched.highest:
            text = _("Give a number from %(lowest)d to %(highest)d: %(measure)s.")
            words = {"lowest": watched.lowest, "highest": watched.highest, "measure": watched.measure}
            self.add_error("threshold", ValidationError(text % words))
        same = AlertRule.objects.filter(kind=cleaned.get("kind"), account=cleaned.get("account"))
        if same.exclude(pk=self.instance.pk).exists():
            self.add_error("account", ValidationError(_("There is a rule for this already: change that one.")))
        return cleaned


class DestinationForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic when it runs
    secret = forms.CharField(
        label=_("Secret"),
        required=False,
        help_text=_(
            "For a webhook: 24 characters or more, the same at the receiver, who checks each body with it. It is "
            "kept encrypted and never shown. Empty: as it is."
        ),
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = Destination
        fields = (
            "name", "account", "way", "recipients", "url", "secret", "least_severity", "tells_end", "is_active",
        )  # fmt: skip
        help_texts = {
            "account": _("Empty: alerts of all accounts go there."),
            "recipients": _("For e-mail: one address a line. Each gets a mail of its own."),
            "url": _("For a webhook: https://… at a host that an administrator has put into OUTBOUND_HOSTS."),
            "tells_end": _("Switched off, only raised alerts are told."),
        }
        widgets = {"recipients": UnfoldAdminTextareaWidget(attrs={"rows": 3}), "url": UnfoldAdminTextInputWidget}

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = PartnerAccount.objects.visible_to(viewer)  # type: ignore[attr-defined]
        self.stored_secret = self.instance.secret if self.instance.pk else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("way") == Way.MAIL:
            self._check_mail(cleaned)
            cleaned["url"] = ""
        elif cleaned.get("way") == Way.WEBHOOK:
            self._check_webhook(cleaned)
            cleaned["recipients"] = ""
        return cleaned

    def _check_mail(self, cleaned: dict[str, Any]) -> None:
        lines = [line.strip() for line in cleaned.get("recipients", "").splitlines() if line.strip()]
        if not lines:
            self.add_error("recipients", ValidationError(_("Give at least one e-mail address.")))
        for line in lines:
            try:
                validate_email(line)
            except ValidationError:
                text = _("“%(line)s” is no e-mail address.") % {"line": line}
                self.add_error("recipients", ValidationError(text))

    def _check_webhook(self, cleaned: dict[str, Any]) -> None:
        try:
            outbound.check(cleaned.get("url", ""))
        except outbound.AddressRefusedError as error:
            self.add_error("url", ValidationError(error.staff_text))
        secret = cleaned.get("secret", "")
        if (secret or not self.stored_secret) and len(secret) < SHORTEST_SECRET:
            text = _("Give 24 characters or more: whoever has it can pretend to be us.")
            self.add_error("secret", ValidationError(text))

    def save(self, commit: bool = True) -> Any:
        if not self.cleaned_data.get("secret"):
            self.instance.secret = self.stored_secret
        return super().save(commit)
