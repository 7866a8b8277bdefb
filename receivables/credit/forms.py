"""Forms of invoice credit: the bank account, the terms, a withdrawal, a payment that went past the bank."""

from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from companies.act_forms import ActForm
from companies.models import Company
from invoices.models import Invoice
from portal.account_fields import BicField, IbanField
from receivables.models import InvoiceCredit
from receivables.operations.credit import ActivateCredit, ChangeCreditTerms, TellDirectPayment

CONSEQUENCE = _("the loan costs interest")
_SENT = "SENT"


class ActivateForm(ActForm):
    contact_email = forms.EmailField(
        label=_("Contact's e-mail"),
        help_text=_("The bank writes there; the person who signs needs signing rights."),
        widget=UnfoldAdminEmailInputWidget,
    )
    iban = IbanField(
        label=_("IBAN"),
        help_text=_("The company's Finnish account: withdrawals and its share of payments go there."),
    )
    bic = BicField(label=_("BIC"))
    bank = forms.CharField(label=_("Name of the bank"), max_length=100, widget=UnfoldAdminTextInputWidget)

    def initial_of(self, company: Company) -> dict[str, Any]:
        row = InvoiceCredit.objects.filter(company=company).first()
        return {name: getattr(row, name) for name in ("contact_email", "iban", "bic", "bank")} if row else {}

    def clean_iban(self) -> str:
        given = str(self.cleaned_data["iban"])
        if not given.startswith("FI"):
            raise ValidationError(_("The account must be a Finnish one: its IBAN begins with FI."))
        return given


class TermsForm(ActForm):
    b2c_enabled = forms.BooleanField(
        label=_("Invoices to consumers count too"), required=False, widget=UnfoldBooleanSwitchWidget
    )
    payment_percent = forms.IntegerField(
        label=_("Part of each payment that pays the loan back, %"),
        min_value=0,
        max_value=100,
        help_text=_("100: every payment pays the loan back until nothing is owed."),
        widget=UnfoldAdminIntegerFieldWidget,
    )
    interest_rate = forms.IntegerField(
        label=_("Interest, % a year"), min_value=0, max_value=100, help_text=_("As the bank offers it."),
        widget=UnfoldAdminIntegerFieldWidget,
    )  # fmt: skip
    credit_limit = forms.DecimalField(
        label=_("Limit, euros"), min_value=Decimal("0.01"), max_digits=14, decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
    )  # fmt: skip

    def initial_of(self, company: Company) -> dict[str, Any]:
        row = InvoiceCredit.objects.filter(company=company).first()
        terms = dict(row.terms or row.offer) if row else {}
        whole = {name: int(Decimal(terms[name])) for name in ("payment_percent", "interest_rate") if name in terms}
        return terms | whole

    def clean_credit_limit(self) -> str:
        return f"{self.cleaned_data['credit_limit']:.2f}"


class PaymentForm(ActForm):
    number = forms.CharField(
        label=_("Invoice"),
        max_length=100,
        help_text=_("Number or AutoInvoice id of the sent invoice that the buyer paid to the company itself."),
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, *args: Any, company: Company | None = None, **kwargs: Any) -> None:
        super().__init__(*args, company=company, **kwargs)
        self.company = company

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "number" not in cleaned:
            return cleaned
        invoice = self._invoice(cleaned["number"].strip())
        if invoice is None:
            self.add_error("number", _("The company has no single sent invoice of this number."))
            return cleaned
        return {"invoice": str(invoice.uuid), "number": invoice.number}

    def _invoice(self, text: str) -> Invoice | None:
        sent = Invoice.objects.filter(company=self.company, direction=_SENT)
        try:
            found = sent.filter(uuid=text)
        except (ValidationError, ValueError):
            found = sent.filter(number=text)
        rows = list(found[:2])
        return rows[0] if len(rows) == 1 else None


class WithdrawForm(forms.Form):
    """How much; what is available and what was drawn before are looked up when the form is shown and when it comes."""

    amount = forms.DecimalField(
        label=_("Amount, euros"), min_value=Decimal("0.01"), max_digits=14, decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
        error_messages={"min_value": _("An amount is above zero.")},
    )  # fmt: skip
    consequence = forms.CharField(
        label=format_lazy("{} {}", _("To confirm, type:"), CONSEQUENCE),
        max_length=60,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, available: Decimal, drawn: Decimal) -> None:
        super().__init__(data)
        self.available, self.drawn = available, drawn
        self.seen = data.get("drawn_before", "") if data else str(drawn)  # what was owed when the page was shown
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if amount > self.available:
            raise ValidationError(_("At most %(most)s euros are available.") % {"most": f"{self.available:.2f}"})
        return amount

    def clean_consequence(self) -> str:
        given = " ".join(str(self.cleaned_data["consequence"]).casefold().split())
        if given != str(CONSEQUENCE).casefold():
            raise ValidationError(_("Type these four words: %(words)s") % {"words": CONSEQUENCE})
        return given

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.seen != str(self.drawn):
            text = _(
                "What the company owes has changed since this page was opened. Check the sums, then confirm again."
            )
            raise ValidationError(text)
        return cleaned

    def parameters(self) -> dict[str, str]:
        return {"amount": f"{self.cleaned_data['amount']:.2f}", "drawn_before": str(self.drawn)}


FORMS: dict[str, type[ActForm]] = {
    ActivateCredit.kind: ActivateForm,
    ChangeCreditTerms.kind: TermsForm,
    TellDirectPayment.kind: PaymentForm,
}
