"""What staff give when they hand an invoice over: the case itself, who owes, and for many at once the same choices."""

from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from invoices.models import Invoice
from portal.operations.handlers import NotQueueableError
from receivables import policies
from receivables.collection.agencies import AGENCIES, RENTAL, AgencyFacts
from receivables.enums import Agency, CollectionType, ReceivablesType
from receivables.fields import amount as _amount
from receivables.fields import day as _date
from receivables.fields import text as _text
from receivables.models import HandOver

_PARTS = ("capital_amount", "reminder_amount", "interest_amount", "fees_amount")
_RENTAL, _HOUSING = "rental", "housing_charge"


def summary_field() -> forms.CharField:
    return forms.CharField(
        label=_("What it is about"),
        help_text=_("Printed on the agency's letters, 2 to 64 characters: “Roof repair in March”."),
        required=False,
        min_length=policies.SUMMARY[0],
        max_length=policies.SUMMARY[1],
        widget=UnfoldAdminTextInputWidget,
    )


class _Inside(forms.Form):
    """A form that is drawn inside the page's own form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


class CaseForm(_Inside):
    """The case, with the fields that the chosen agency takes."""

    collection_type = forms.ChoiceField(
        label=_("Begins with"), choices=CollectionType.choices, widget=UnfoldAdminRadioSelectWidget
    )
    receivables_type = forms.ChoiceField(
        label=_("Kind of receivable"), choices=ReceivablesType.choices, widget=UnfoldAdminSelectWidget
    )
    collectable_amount = _amount(_("The whole amount"), _("One sum; or leave it empty and give its parts below."))
    capital_amount = _amount(_("Capital"), _("What is left of the invoice itself."))
    reminder_amount = _amount(_("Your own reminder fee"))
    interest_amount = _amount(_("Interest until now"))
    interest_from = _date(_("Interest is counted from"))
    fees_amount = _amount(_("Other fees"))
    reminder_date = _date(_("Reminded on"), _("When the company itself sent a reminder."))
    summary = summary_field()
    premises_kind = forms.ChoiceField(
        label=_("Rented or charged"),
        choices=[("", _("Neither")), (_RENTAL, _("Rent")), (_HOUSING, _("Housing charge"))],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    premises_address = _text(_("Address of the premises"), required=False, most=200)
    current_target_amount = _amount(_("Rent a month"))
    contract_expiry_date = _date(_("The contract ends on"))
    contract_type = forms.ChoiceField(
        label=_("Contract"),
        choices=[("", "–"), ("continuous", _("Until further notice")), ("temporary", _("For a time"))],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, *args: Any, agency: AgencyFacts, invoice: Invoice, **kwargs: Any) -> None:
        self.agency, self.invoice = agency, invoice
        super().__init__(*args, **kwargs)
        for name in self._not_taken():
            del self.fields[name]
        if invoice.company.country != "FI":
            self.fields["receivables_type"].choices = [  # type: ignore[attr-defined]
                choice for choice in ReceivablesType.choices if choice[0] not in RENTAL
            ]

    def _not_taken(self) -> tuple[str, ...]:
        """Return the fields that the agency's call has no place for."""
        if self.agency.version == 1:
            return ("fees_amount", "reminder_date")
        premises = ("premises_kind", "premises_address", "current_target_amount", "contract_expiry_date")
        return ("collectable_amount", "interest_from", *premises, "contract_type")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        parts = {name: cleaned[name] for name in _PARTS if cleaned.get(name) is not None}
        whole = cleaned.get("collectable_amount")
        self._check_amounts(whole, parts)
        self._check_premises(cleaned)
        self._check_kind(cleaned.get("receivables_type", ""))
        return cleaned

    def fill(self, row: HandOver) -> None:
        """Write what was given into the row."""
        given = self.cleaned_data
        row.agency, row.version = self.agency.name, self.agency.version
        row.collection_type, row.receivables_type = given["collection_type"], given["receivables_type"]
        row.collectable_amount = given.get("collectable_amount")
        row.amounts = {name: str(given[name]) for name in _PARTS if given.get(name) is not None}
        row.interest_from, row.reminder_date = given.get("interest_from"), given.get("reminder_date")
        row.summary = given["summary"]
        row.premises = self._premises(given)

    def _premises(self, given: dict[str, Any]) -> dict[str, Any]:
        if not given.get("premises_kind"):
            return {}
        premises: dict[str, Any] = {"kind": given["premises_kind"], "address": given["premises_address"]}
        if given["premises_kind"] == _RENTAL:
            target, ends = given.get("current_target_amount"), given.get("contract_expiry_date")
            premises |= {"contract_type": given.get("contract_type") or ""}
            premises |= {"current_target_amount": float(target)} if target else {}
            premises |= {"contract_expiry_date": ends.isoformat()} if ends else {}
        return premises

    def _check_amounts(self, whole: Decimal | None, parts: dict[str, Decimal]) -> None:
        if whole is not None and parts:
            text = _("Give the whole amount or its parts, not both.")
            self.add_error("collectable_amount", ValidationError(text))
            return
        name = "collectable_amount" if whole is not None else "capital_amount"
        capital = whole if whole is not None else parts.get("capital_amount")
        if capital is None:
            if parts or (self.agency.version == 2 and not self.errors.get("capital_amount")):
                self.add_error("capital_amount", ValidationError(_("Give what is left of the invoice itself.")))
        elif capital <= 0:
            self.add_error(name, ValidationError(_("There must be something to collect: more than 0.")))
        elif self.invoice.total_amount is not None and capital > self.invoice.total_amount:
            text = _(
                "That is more than the invoice's %(total).2f %(currency)s. Fees and interest have their own fields."
            )
            words = {"total": self.invoice.total_amount, "currency": self.invoice.currency}
            self.add_error(name, ValidationError(text % words))
        if parts and self.agency.version == 1:
            for needed in ("reminder_amount", "interest_amount"):
                if needed not in parts and needed not in self.errors:
                    self.add_error(needed, ValidationError(_("With parts each of them is given: 0 if there is none.")))

    def _check_kind(self, kind: str) -> None:
        """Say at the kind what the agency would take of another kind: a consumer's debt waits longer."""
        refusals = [self._refusal(name) for name in (kind, ReceivablesType.B2B.value) if name]
        if len(refusals) == 2 and refusals[0] and not refusals[1]:
            self.add_error("receivables_type", ValidationError(refusals[0]))

    def _refusal(self, kind: str) -> str:
        try:
            policies.check_invoice(self.invoice, self.agency.name, kind)
        except NotQueueableError as error:
            return error.staff_text
        return ""

    def _check_premises(self, cleaned: dict[str, Any]) -> None:
        kind = cleaned.get("premises_kind")
        if kind and not cleaned.get("premises_address"):
            self.add_error("premises_address", ValidationError(_("Which premises? Give their address.")))
        rented = any(cleaned.get(name) for name in ("current_target_amount", "contract_expiry_date", "contract_type"))
        if rented and kind != _RENTAL:
            self.add_error("premises_kind", ValidationError(_("Rent and contract belong to a rent.")))


class ManyHandOverForm(_Inside):
    """For many invoices at once: the whole sum of each, and the buyer as the invoice names it."""

    agency = forms.ChoiceField(
        label=_("Agency"),
        choices=Agency.choices,
        widget=UnfoldAdminRadioSelectWidget,
    )
    collection_type = forms.ChoiceField(
        label=_("Begins with"), choices=CollectionType.choices, widget=UnfoldAdminRadioSelectWidget
    )
    receivables_type = forms.ChoiceField(
        label=_("Kind of receivable"),
        choices=[choice for choice in ReceivablesType.choices if choice[0] != ReceivablesType.B2C_RENTAL],
        help_text=_("Rents of consumers need a personal identity number: hand those over one by one."),
        widget=UnfoldAdminSelectWidget,
    )
    summary = summary_field()


def initial_of(row: HandOver | None, invoice: Invoice, agency: AgencyFacts) -> dict[str, Any]:
    """Return what the case's form begins with: what was given before, else the invoice's own sum."""
    if row is not None and row.pk and row.agency == agency.name:
        premises = {f"premises_{name}" if name in ("kind", "address") else name: v for name, v in row.premises.items()}
        named = {name: getattr(row, name) for name in ("collection_type", "receivables_type", "collectable_amount")}
        more = {name: getattr(row, name) for name in ("interest_from", "reminder_date", "summary")}
        return {**named, **more, **row.amounts, **premises}
    sums = "collectable_amount" if AGENCIES[agency.name].version == 1 else "capital_amount"
    total = invoice.total_amount.quantize(Decimal("0.01")) if invoice.total_amount is not None else None
    return {"collection_type": CollectionType.REMINDER, "receivables_type": ReceivablesType.B2B, sums: total}
