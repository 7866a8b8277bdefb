"""The form of a hand-over target."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from companies import finding
from companies.models import Company
from invoices.enums import HandOverWay
from invoices.hand_overs import handing_over
from invoices.models import HandOverTarget
from portal import outbound
from portal.partners.models import PartnerAccount

_SHORTEST_SECRET = 24


class HandOverTargetForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic when it runs
    company_named = forms.CharField(
        label=_("Company"),
        required=False,
        help_text=_(
            "Business id or AutoInvoice id. Empty: for all companies of the account that have no target of their own."
        ),
        widget=UnfoldAdminTextInputWidget,
    )
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
        model = HandOverTarget
        fields = ("account", "company_named", "name", "way", "folder", "url", "secret", "is_active")
        help_texts = {
            "folder": _("Below the portal's hand-over folder: letters, digits, - and _, parted by /."),
            "url": _("https://… at a host that an administrator has put into OUTBOUND_HOSTS."),
            "is_active": _("Switched off, nothing goes there, and what is saved meanwhile is not caught up by itself."),
        }

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = PartnerAccount.objects.visible_to(viewer)
        self.fields["account"].queryset = accounts  # type: ignore[attr-defined]
        if not self.instance.pk and len(only := accounts[:2]) == 1:
            self.initial.setdefault("account", only[0])
        if self.instance.company:
            self.initial["company_named"] = self.instance.company.business_id or str(self.instance.company.uuid)
        self.had_secret = bool(self.instance.pk and self.instance.secret)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["company"] = self._company(cleaned)
        if cleaned.get("way") == HandOverWay.FOLDER:
            if not handing_over.is_folder(cleaned.get("folder", "")):
                self.add_error("folder", ValidationError(_("Name a folder, such as customer-1/invoices.")))
            cleaned["url"] = ""
        elif cleaned.get("way") == HandOverWay.WEBHOOK:
            self._check_webhook(cleaned)
            cleaned["folder"] = ""
        return cleaned

    def _company(self, cleaned: dict[str, Any]) -> Company | None:
        named, account = cleaned.get("company_named", "").strip(), cleaned.get("account")
        if not named or account is None:
            return None
        found = list(Company.objects.filter(finding.matching(named), account=account)[:2])
        if len(found) != 1:
            text = _("Several companies are meant by it.") if found else _("The account has no such company.")
            self.add_error("company_named", ValidationError(text))
            return None
        return found[0]

    def _check_webhook(self, cleaned: dict[str, Any]) -> None:
        try:
            outbound.check(cleaned.get("url", ""))
        except outbound.AddressRefusedError as error:
            self.add_error("url", ValidationError(error.staff_text))
        secret = cleaned.get("secret", "")
        if (secret or not self.had_secret) and len(secret) < _SHORTEST_SECRET:
            self.add_error(
                "secret", ValidationError(_("Give 24 characters or more: whoever has it can pretend to be us."))
            )

    def save(self, commit: bool = True) -> Any:
        stored = HandOverTarget.objects.filter(pk=self.instance.pk).first() if self.instance.pk else None
        self.instance.company = self.cleaned_data["company"]
        if not self.cleaned_data.get("secret") and stored is not None:
            self.instance.secret = stored.secret
        return super().save(commit)
