"""
Forms for acts on a company's services: the fields of each kind's parameters.

`company` is None when the form is for many; a batch asks for parameters with the forms of `BULK`, by kind.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from companies.act_forms import ActForm
from companies.models import Company
from companies.operations.national import AgreeAtg, AgreeB2cse, ChangeAtg, TrustOdp
from companies.operations.scan import ActivateLyanthe, ActivateScan, ChangeScan, SetAutoScan
from companies.side_services import catalogue
from companies.side_services import policies as service_policies


def _text(label: Any, help_text: Any = "", *, required: bool = True, most: int = 100) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=required, max_length=most, widget=UnfoldAdminTextInputWidget
    )


def _switch(label: Any, help_text: Any = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, help_text=help_text, required=False, widget=UnfoldBooleanSwitchWidget)


class ScanForm(ActForm):
    return_email = forms.EmailField(
        label=_("Return e-mail"),
        help_text=_(
            "Where e-mail goes that holds no invoice; AutoInvoice takes a fee for each. Empty: the company's own "
            "e-mail, as its settings at AutoInvoice have it."
        ),
        required=False,
        widget=UnfoldAdminEmailInputWidget,
    )
    street = _text(_("Return address: street"), _("Where paper goes that is no invoice."), required=False)
    extra_line = _text(_("Return address: second line"), required=False)
    post_code = _text(_("Post code"), required=False, most=20)
    city = _text(_("City"), required=False)

    def initial_of(self, company: Company) -> dict[str, Any]:
        state = service_policies.state_of(company, catalogue.SCAN)
        if state is None:
            return {}
        postal = state.details.get("return_address") or {}
        return {
            "return_email": state.return_email,
            "street": postal.get("address1", ""),
            "extra_line": postal.get("address2", ""),
            "post_code": postal.get("post_code", ""),
            "city": postal.get("city", ""),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if any(cleaned.get(name) for name in ("street", "extra_line", "post_code", "city")):
            for name in ("street", "post_code", "city"):
                if name not in self.errors and not cleaned.get(name):
                    self.add_error(name, ValidationError(_("A return address is whole, or left out.")))
        return cleaned


class AutoScanForm(ActForm):
    return_email = forms.EmailField(
        label=_("Return e-mail"),
        help_text=_(
            "Where mail goes that holds no invoice. AutoInvoice closes AutoScan without it. Empty: the company's own "
            "e-mail, as its settings at AutoInvoice have it."
        ),
        required=False,
        widget=UnfoldAdminEmailInputWidget,
    )
    line_scanning = _switch(_("Read invoice lines"), _("The rows of the invoice too, not its sums only."))

    def initial_of(self, company: Company) -> dict[str, Any]:
        state = service_policies.state_of(company, catalogue.AUTOSCAN)
        features = state.details.get("features", {}) if state else {}
        return {
            "return_email": state.return_email if state else "",
            "line_scanning": bool(features.get("invoice_line_scanning")),
        }


class AtgForm(ActForm):
    account_number = _text(_("Bank account"), _("The Norwegian account that is paid to, 11 digits."), most=20)
    kid_length = forms.IntegerField(
        label=_("Length of the KID"), min_value=2, max_value=25, widget=UnfoldAdminIntegerFieldWidget
    )
    reference_position = _text(
        _("Place of the reference in the KID"), _("From and to, such as 1-7: the part that names the payer."), most=20
    )
    payment_type_position = _text(_("Place of the payment type in the KID"), required=False, most=20)
    signer_email = forms.EmailField(
        label=_("Signer's e-mail"),
        help_text=_("A person with signing rights; the agreement is sent there."),
        widget=UnfoldAdminEmailInputWidget,
    )
    notification_by_email = _switch(_("Payers are told by e-mail"))
    notification_by_print = _switch(_("Payers are told on paper"))

    def clean_account_number(self) -> str:
        digits = "".join(letter for letter in self.cleaned_data["account_number"] if letter not in " .")
        if not is_norwegian_account(digits):
            raise ValidationError(_("This is no Norwegian account number: 11 digits, the last one checks the others."))
        return digits


class ChangeAtgForm(AtgForm):
    """One of the agreements; `?account_number=` says which."""

    account_number = forms.CharField(label=_("Bank account"), widget=forms.HiddenInput)

    def initial_of(self, company: Company) -> dict[str, Any]:
        wanted = self.data.get("account_number") or self.chosen
        state = service_policies.state_of(company, catalogue.ATG, wanted)
        return {"account_number": wanted, **(state.details if state else {})}

    def __init__(self, *args: Any, company: Company | None = None, chosen: str = "", **kwargs: Any) -> None:
        self.chosen = chosen
        self.data = args[0] if args and args[0] is not None else {}
        super().__init__(*args, company=company, **kwargs)


class B2cseForm(ActForm):
    account_type = forms.ChoiceField(
        label=_("Giro"),
        choices=[("BankGiro", "Bankgiro"), ("PlusGiro", "Plusgiro")],
        widget=UnfoldAdminSelectWidget,
    )
    account_number = _text(_("Giro number"), most=20)
    fui = _text(_("FUI"), _("Sender number at the banks, if the company has one."), required=False, most=40)
    agreement_id = _text(_("Agreement id"), required=False, most=40)
    website = forms.URLField(
        label=_("Web site"), required=False, assume_scheme="https", widget=UnfoldAdminTextInputWidget
    )

    def initial_of(self, company: Company) -> dict[str, Any]:
        state = service_policies.state_of(company, catalogue.B2CSE)
        return dict(state.details) if state else {}

    def clean_account_number(self) -> str:
        digits = "".join(letter for letter in self.cleaned_data["account_number"] if letter not in " -")
        if not digits.isdigit() or not 2 <= len(digits) <= 8:
            raise ValidationError(_("A giro number has 2 to 8 digits."))
        return digits


class LyantheForm(ActForm):
    email = forms.EmailField(
        label=_("Lyanthe's e-mail"),
        help_text=_("The address that Lyanthe sends the company's scanned invoices from."),
        widget=UnfoldAdminEmailInputWidget,
    )


class OdpForm(ActForm):
    number = forms.IntegerField(
        label=_("Number at ODP"),
        min_value=1,
        help_text=_(
            "A number of ODP's own, which AutoInvoice support tells. The portal checks that it belongs to this "
            "company's business id before it changes anything."
        ),
        widget=UnfoldAdminIntegerFieldWidget,
    )
    trusted = _switch(_("Trusted"), _("On: ODP takes what the company sends."))

    def initial_of(self, company: Company) -> dict[str, Any]:
        state = company.services.filter(service=catalogue.ODP).first()
        return {"number": state.key, "trusted": state.status in catalogue.LIVE} if state else {"trusted": True}


def is_norwegian_account(digits: str) -> bool:
    """Tell whether eleven digits end in the check digit of a Norwegian bank account (mod 11)."""
    if len(digits) != 11 or not digits.isdigit():
        return False
    weights = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    rest = -sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False)) % 11
    return rest != 10 and rest == int(digits[-1])


FORMS: dict[str, type[ActForm]] = {
    ActivateScan.kind: ScanForm,
    ChangeScan.kind: ScanForm,
    SetAutoScan.kind: AutoScanForm,
    ActivateLyanthe.kind: LyantheForm,
    AgreeAtg.kind: AtgForm,
    ChangeAtg.kind: ChangeAtgForm,
    AgreeB2cse.kind: B2cseForm,
    TrustOdp.kind: OdpForm,
}
# What makes sense for many companies at once: the same values for all of them, or each its own e-mail.
BULK: dict[str, type[ActForm]] = {ActivateScan.kind: ScanForm, SetAutoScan.kind: AutoScanForm}
