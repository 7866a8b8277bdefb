"""Forms of bank messages: a sender info by its facts or as a file, and a proposal to one consumer."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from invoices.bank import writing
from invoices.bank.banks import BANKS
from invoices.files import xml
from invoices.sending.forms import FileInput
from invoices.services.bank_messages import RECEIVER_PROPOSAL, SENDER_INFO
from portal.account_fields import BicField, IbanField
from portal.form_rows import side_by_side

_MOST_BYTES = 2**20
_CHOICES = tuple((bic, f"{name} ({bic})") for bic, name in sorted(BANKS.items(), key=lambda bank: bank[1]))
_OTHER = "other"


def _line(label: Any, longest: int, help_text: Any = "", *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=longest, required=required, help_text=help_text, widget=UnfoldAdminTextInputWidget
    )


class SenderForm(forms.Form):
    """Which invoices, and where the money goes."""

    token = forms.UUIDField(widget=forms.HiddenInput)  # a form sent twice is one message
    invoice_name = _line(
        gettext_lazy("Name of the invoices"), 35, gettext_lazy("Consumers look for it in their netbank: “Water bill”.")
    )
    subject = forms.RegexField(
        r"^\d{0,35}$",
        label=gettext_lazy("Payment instruction id"),
        required=False,
        help_text=gettext_lazy("A number of your own for this kind of invoice; the invoices carry the same."),
        error_messages={"invalid": gettext_lazy("Digits only, at most 35.")},
        widget=UnfoldAdminTextInputWidget,
    )
    iban = IbanField(
        label=gettext_lazy("Account for payments (IBAN)"),
        required=False,
        help_text=gettext_lazy("With a collection agency that takes payments it is the agency's account."),
    )
    bic = BicField(label=gettext_lazy("BIC"), required=False)

    def need_facts(self, cleaned: dict[str, Any]) -> None:
        """Say at its field what has to be given."""
        for name, text in (
            ("invoice_name", _("Give the name that consumers look for.")),
            ("iban", _("Give the account that consumers pay to.")),
        ):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, ValidationError(text))


class BankMessageForm(SenderForm):
    """A sender info by its facts, one for each bank, or a message that another software wrote."""

    action = forms.ChoiceField(
        label=gettext_lazy("What the banks shall do"),
        choices=(
            ("ADD", gettext_lazy("Begin to offer its e-invoices")),
            ("CHANGE", gettext_lazy("Take changes")),
            ("DELETE", gettext_lazy("No longer offer them")),
        ),
        widget=UnfoldAdminSelectWidget,
    )
    banks = forms.MultipleChoiceField(
        label=gettext_lazy("Banks"),
        required=False,
        choices=_CHOICES,
        initial=list(BANKS),
        help_text=gettext_lazy("Each gets a message of its own: only its customers find the company."),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    file = forms.FileField(
        label=gettext_lazy("Or a message as a file"),
        required=False,
        help_text=gettext_lazy("A sender info or receiver proposal that another software wrote."),
        widget=FileInput(attrs={"class": " ".join(INPUT_CLASSES)}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "token", side_by_side("action", "invoice_name"), side_by_side("iban", "bic"), "subject", "banks", "file"
        )

    def clean_file(self) -> tuple[bytes, str] | None:
        """Return the message and its kind."""
        file = self.cleaned_data["file"]
        if not file:
            return None
        if (file.size or 0) > _MOST_BYTES:
            raise ValidationError(xml.too_large(file.size, _MOST_BYTES))
        content = file.read()
        try:
            kind = writing.kind_of(content)
        except xml.UnreadableFileError as error:
            raise ValidationError(str(error)) from error
        if kind not in (SENDER_INFO, RECEIVER_PROPOSAL):
            raise ValidationError(_("It is neither a sender info nor a receiver proposal."))
        return content, kind

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("file") and "file" not in self.errors:
            self.need_facts(cleaned)
            if not cleaned.get("banks") and "banks" not in self.errors:
                self.add_error("banks", ValidationError(_("Tick at least one bank.")))
        return cleaned


class ProposalForm(SenderForm):
    """A proposal to one consumer, which the consumer accepts in the netbank."""

    consumer = _line(gettext_lazy("Consumer's name"), 70, required=True)
    identifier = _line(
        gettext_lazy("Customer number or reference"),
        35,
        gettext_lazy("What the invoices know the consumer by; it comes back with the answer."),
        required=True,
    )
    street = _line(gettext_lazy("Street"), 35)
    postcode = forms.RegexField(
        r"^\d{5}$",
        label=gettext_lazy("Postcode"),
        required=False,
        error_messages={"invalid": gettext_lazy("Five digits, such as 00100.")},
        widget=UnfoldAdminTextInputWidget,
    )
    town = _line(gettext_lazy("Town"), 35)
    bank = forms.ChoiceField(
        label=gettext_lazy("Consumer's bank"),
        choices=(("", gettext_lazy("Choose a bank")), *_CHOICES, (_OTHER, gettext_lazy("Another bank"))),
        error_messages={"required": gettext_lazy("Choose the bank whose netbank the consumer uses.")},
        widget=UnfoldAdminSelectWidget,
    )
    other_bank = BicField(label=gettext_lazy("BIC of another bank"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, text in (
            ("consumer", gettext_lazy("Give the consumer's name.")),
            ("identifier", gettext_lazy("Give the customer number or reference.")),
        ):
            self.fields[name].error_messages["required"] = text
        self.helper = FormHelper()
        self.helper.form_tag = False
        pairs = (
            ("consumer", "identifier"), ("bank", "other_bank"), ("street", "postcode"), ("town", "invoice_name"),
            ("iban", "bic"),
        )  # fmt: skip
        self.helper.layout = Layout("token", *(side_by_side(*pair) for pair in pairs), "subject")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.need_facts(cleaned)
        if cleaned.get("bank") == _OTHER:
            cleaned["bank"] = cleaned.get("other_bank", "")
            if not cleaned["bank"] and "other_bank" not in self.errors:
                self.add_error("other_bank", ValidationError(_("Give the BIC of the consumer's bank.")))
        return cleaned
