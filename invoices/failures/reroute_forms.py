"""Forms of rerouting: each asks what its route needs and nothing else."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from companies.forms import COUNTRY_NAMES
from invoices.counterparties import shown_endpoint
from invoices.files import originals
from invoices.models import Invoice
from invoices.operations.rerouting import EinvoiceParameters, EmailParameters, PrintParameters, postal_of
from portal import contract
from portal.form_rows import side_by_side


class _RerouteForm(forms.Form):
    """Cleans to the parameters of its kind; `seen` is how many steps the failure had when the form was shown."""

    Parameters: type[Any]
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def parameters(self) -> Any:
        return self.Parameters(**self.cleaned_data)


class EinvoiceForm(_RerouteForm):
    Parameters = EinvoiceParameters
    eia = forms.CharField(
        label=gettext_lazy("E-invoice address"),
        max_length=100,
        help_text=gettext_lazy(
            "As the receiver gave it: an OVT or IBAN in Finland, in Peppol with its scheme (0192:…)."
        ),
        widget=UnfoldAdminTextInputWidget(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
    operator = forms.CharField(
        label=gettext_lazy("Operator"),
        max_length=100,
        help_text=gettext_lazy("The receiver's operator: its code, a bank's BIC, or PEPPOL. Exactly this one is used."),
        widget=UnfoldAdminTextInputWidget(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("seen", side_by_side("eia", "operator"))

    def clean_eia(self) -> str:
        return _without_blanks(self.cleaned_data["eia"], _("An address has no blanks inside."))

    def clean_operator(self) -> str:
        return _without_blanks(self.cleaned_data["operator"], _("Give the operator's code, not its name.")).upper()


class EmailForm(_RerouteForm):
    Parameters = EmailParameters
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        help_text=gettext_lazy(
            "AutoInvoice mails the invoice there, as the company's settings say: link or attachment."
        ),
        widget=UnfoldAdminEmailInputWidget,
    )


def _text(label: Any, longest: int, *, required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, required=required, widget=UnfoldAdminTextInputWidget)


class PrintForm(_RerouteForm):
    Parameters = PrintParameters
    name = _text(gettext_lazy("Receiver's name"), 100)
    address1 = _text(gettext_lazy("Street or box"), 100)
    address2 = _text(gettext_lazy("Second line"), 100, required=False)
    post_code = _text(gettext_lazy("Post code"), 20)
    post_office = _text(gettext_lazy("City"), 60)
    country = forms.ChoiceField(label=gettext_lazy("Country"), widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country: Any = self.fields["country"]
        country.choices = [("", "–"), *_countries()]
        self.helper.layout = Layout(
            "seen",
            "name",
            side_by_side("address1", "address2"),
            side_by_side("post_code", "post_office"),
            "country",
        )


class BulkEinvoiceForm(forms.Form):
    """For many at once: what is left empty comes from each invoice's own file."""

    eia = forms.CharField(
        label=gettext_lazy("E-invoice address"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Only when all of them go to one receiver; else each invoice's own address is used."),
        widget=UnfoldAdminTextInputWidget,
    )
    operator = forms.CharField(
        label=gettext_lazy("Operator"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("The operator that all of them go to, such as PEPPOL; else each invoice's own."),
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_operator(self) -> str:
        return str(self.cleaned_data["operator"]).strip().upper()


FORMS: dict[str, type[_RerouteForm]] = {"einvoice": EinvoiceForm, "email": EmailForm, "print": PrintForm}


def initial_of(route: str, invoice: Invoice) -> dict[str, Any]:
    """Return what the form begins with: what the invoice's own file says."""
    party = originals.receiver_of(invoice)
    postal, address = postal_of(party, invoice), party.endpoint or invoice.counterparty_address
    may_be_shown = shown_endpoint(party).endswith(party.endpoint) and "•" not in address
    values: dict[str, dict[str, Any]] = {
        "einvoice": {
            "eia": address if may_be_shown else "",  # a person's number is typed anew
            "operator": party.operator or invoice.counterparty_operator,
        },
        "email": {"email": party.email},
        "print": {name: getattr(postal, name) for name in PrintForm.base_fields if name != "seen"},
    }
    return {"seen": invoice.actions.count(), **values[route]}


def _countries() -> list[tuple[str, Any]]:
    """Return what AutoInvoice prints to: the usual ones first, by name, then all others by their code."""
    schema: Any = contract.load("ax")["components"]["schemas"]["putV1InvoicesIdReroutePrint"]
    codes = schema["properties"]["recipient_country"]["enum"]
    usual = sorted(COUNTRY_NAMES.items(), key=lambda item: str(item[1]))
    return [*usual, *((code, code) for code in sorted(codes) if code not in COUNTRY_NAMES)]


def _without_blanks(text: str, problem: str) -> str:
    bare = text.strip()
    if any(letter.isspace() for letter in bare):
        raise ValidationError(problem)
    return bare
