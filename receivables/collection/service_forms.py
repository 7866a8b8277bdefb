"""Forms for acts on a company's agencies: the fields of each kind's parameters, by AutoInvoice's contract."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldBooleanSwitchWidget,
)

from companies.act_forms import ActForm
from companies.forms import COUNTRY_NAMES
from companies.models import Company
from portal.account_fields import BicField, IbanField
from receivables.collection import service_policies
from receivables.collection.agencies import EXPRESS, FULL
from receivables.enums import Agency
from receivables.fields import text as _text

KINDS = [
    (FULL, _("Kassavirta: every sent invoice is followed")),
    (EXPRESS, _("Perintä: overdue invoices are handed over one by one")),
]
_PARTIES = [
    ("vfsfi", _("Amili: its account and reference are on the invoices")),
    ("company", _("The company: its own account and reference stay")),
]


def _email(label: Any, help_text: Any = "", *, required: bool = True) -> forms.EmailField:
    return forms.EmailField(label=label, help_text=help_text, required=required, widget=UnfoldAdminEmailInputWidget)


def _country(label: Any, *, required: bool = True) -> forms.ChoiceField:
    choices = [*COUNTRY_NAMES.items()] if required else [("", "–"), *COUNTRY_NAMES.items()]
    return forms.ChoiceField(label=label, choices=choices, required=required, widget=UnfoldAdminSelectWidget)


class AmiliForm(ActForm):
    service_type = forms.ChoiceField(label=_("Service"), choices=KINDS, widget=UnfoldAdminRadioSelectWidget)
    accountable_party = forms.ChoiceField(
        label=_("Who follows the payments"), choices=_PARTIES, widget=UnfoldAdminRadioSelectWidget, initial="vfsfi"
    )
    iban = IbanField(label=_("IBAN"), help_text=_("Where Amili pays the money to."))
    bic = BicField(label=_("BIC"))
    bank = _text(_("Bank"), _("Its name, such as Nordea."))
    foreign_account = forms.BooleanField(
        label=_("The account is abroad on purpose"), required=False, widget=UnfoldBooleanSwitchWidget
    )
    contact_person = _text(_("Contact person"), _("Also printed on the invoices."))
    contact_email = _email(_("Contact e-mail"), _("Reminded after a week if nobody has identified the company."))
    contact_phone_number = _text(_("Contact phone"), most=40)
    customer_service_email = _email(_("Customer service e-mail"), _("Printed on letters to payers."))
    customer_service_phone_number = _text(_("Customer service phone"), required=False, most=40)
    authorization_email = _email(
        _("E-mail of who identifies the company"),
        _("Gets the link. Empty: no e-mail goes out, and you forward the activation link from here."),
        required=False,
    )
    billing_street = _text(_("Billing address: street"), _("For Amili's own fees."))
    billing_zip_code = _text(_("Postcode"), most=20)
    billing_city = _text(_("City"))
    billing_country = _country(_("Country"))
    postal_street = _text(_("Postal address, if it is another: street"), required=False)
    postal_zip_code = _text(_("Postal postcode"), required=False, most=20)
    postal_city = _text(_("Postal city"), required=False)
    postal_country = _country(_("Postal country"), required=False)

    def __init__(self, *args: Any, company: Company | None = None, **kwargs: Any) -> None:
        self.country = company.country if company else "FI"
        super().__init__(*args, company=company, **kwargs)

    def initial_of(self, company: Company) -> dict[str, Any]:
        state = service_policies.state_of(company, Agency.AMILI)
        known = dict(state.details) if state else {}
        billing = known.pop("billing_address", None) or {}
        onboarding = company.onboardings.order_by("-pk").first()
        typed = (
            {"street": onboarding.address1, "zip_code": onboarding.post_code, "city": onboarding.city}
            if onboarding
            else {}
        )
        address = {
            "street": ", ".join(billing.get("streets") or []) or typed.get("street", ""),
            "zip_code": billing.get("zip_code") or typed.get("zip_code", ""),
            "city": billing.get("city") or typed.get("city", ""),
            "country": billing.get("country") or company.country,
        }
        kind = state.service_type if state and state.service_type else EXPRESS
        named = {f"billing_{name}": value for name, value in address.items()}
        return {"service_type": kind, "accountable_party": "vfsfi", **known, **named}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        account, code = cleaned.get("iban", ""), cleaned.get("bic", "")
        if account and code and account[:2] != code[4:6]:
            self.add_error("bic", ValidationError(_("The BIC belongs to a bank of another country than the IBAN.")))
        is_abroad = bool(account) and account[:2] != self.country
        if is_abroad and not cleaned.pop("foreign_account", False):
            text = _("This account is in %(there)s, the company in %(here)s. If that is right, switch it on below.")
            self.add_error("iban", ValidationError(text % {"there": account[:2], "here": self.country}))
        cleaned.pop("foreign_account", None)
        _whole_or_none(self, cleaned)
        return cleaned


def _whole_or_none(form: forms.Form, cleaned: dict[str, Any]) -> None:
    names = ("postal_street", "postal_zip_code", "postal_city", "postal_country")
    if any(cleaned.get(name) for name in names):
        for name in names:
            if name not in form.errors and not cleaned.get(name):
                form.add_error(name, ValidationError(_("A postal address is whole, or left out.")))


class RopoForm(ActForm):
    agreement_contact_email = _email(
        _("E-mail of who signs"),
        _("Ropo mails its agreement there; in Finland it asks who the company is, too. Ready 1–2 days after signing."),
    )

    def initial_of(self, company: Company) -> dict[str, Any]:
        state = service_policies.state_of(company, Agency.ROPO)
        return dict(state.details) if state else {"agreement_contact_email": company.auth_email}


class IntrumForm(ActForm):
    agreement_contact_name = _text(_("Contact for the contract"))
    agreement_contact_email = _email(_("Contact e-mail"))
    agreement_contact_phone = _text(_("Contact phone"), most=40)
    real_estate_management_company = _text(
        _("Property manager"), _("For rents and housing charges: who manages the property."), required=False
    )

    def initial_of(self, company: Company) -> dict[str, Any]:
        state = service_policies.state_of(company, Agency.INTRUM)
        return dict(state.details) if state else {}


class ChangeAmiliForm(ActForm):
    service_type = forms.ChoiceField(label=_("Service"), choices=KINDS, widget=UnfoldAdminRadioSelectWidget)
    accountable_party = forms.ChoiceField(
        label=_("Who follows the payments"), choices=_PARTIES, widget=UnfoldAdminRadioSelectWidget
    )

    def initial_of(self, company: Company) -> dict[str, Any]:
        state = service_policies.state_of(company, Agency.AMILI)
        known = state.details if state else {}
        return {
            "service_type": state.service_type if state else FULL,
            "accountable_party": known.get("accountable_party", "vfsfi"),
        }


class ClientCodeForm(ActForm):
    client_code = _text(_("Client code"), _("Intrum gives it once the contract is made."), most=60)


class CloseForm(ActForm):
    """Which agency is chosen by the address; the form only carries it."""

    agency = forms.ChoiceField(choices=Agency.choices, widget=forms.HiddenInput)


class ManyRopoForm(forms.Form):
    """The same contact signs for all of them."""

    agreement_contact_email = _email(_("E-mail of who signs"), _("One contact for all chosen companies."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


class ManyIntrumForm(ManyRopoForm):
    agreement_contact_name = _text(_("Contact for the contracts"))
    agreement_contact_phone = _text(_("Contact phone"), most=40)
    real_estate_management_company = _text(_("Property manager"), required=False)


class ManyAmiliForm(AmiliForm):
    """One account and one set of contacts for all chosen companies: of one group, usually."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, company=None, **kwargs)
        self.initial.setdefault("service_type", EXPRESS)
        self.initial.setdefault("billing_country", "FI")


FORMS: dict[str, type[ActForm]] = {
    "receivables.activate_amili": AmiliForm,
    "receivables.activate_ropo": RopoForm,
    "receivables.activate_intrum": IntrumForm,
    "receivables.change_amili": ChangeAmiliForm,
    "receivables.give_client_code": ClientCodeForm,
    "receivables.close_service": CloseForm,
}
