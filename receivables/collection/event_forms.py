"""What staff give when they tell an agency something: the fields of each kind of event."""

from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldBooleanSwitchWidget

from invoices.finding import matching_exactly
from invoices.models import Invoice
from portal.operations.handlers import Text
from receivables import personal
from receivables.enums import EventType
from receivables.fields import amount, day, text
from receivables.models import Assignment

# What staff read before each event is told: kind → what the agency will do.
WHAT: dict[str, Text] = {
    EventType.PAID: _(
        "The buyer paid to the company's own account. Told in time, no reminder goes to somebody who has paid."
    ),
    EventType.CREDIT_NOTE: _("The invoice was credited, whole or in part. A whole credit ends the case."),
    EventType.DUE_DATE_CHANGE: _("The agency is asked for a later due date; it may agree or not, and says so."),
    EventType.COLLECTION_HOLD: _("No letter goes out until that day. A new day replaces an earlier one."),
    EventType.COMMENT: _("The agency reads it and answers on the assignment."),
    EventType.CREDIT_LOSS: _("The receivable is written off, and the agency ends the case. This cannot be undone."),
    EventType.CANCEL: _("The agency ends the case. It may charge for what it has done. This cannot be undone."),
}
COSTLY = (EventType.CANCEL, EventType.CREDIT_LOSS)


class EventForm(forms.Form):
    """One event; `cleaned_data` are the fields of the kind's parameters, dates and amounts as text."""

    def __init__(self, *args: Any, assignment: Assignment, kind: str, **kwargs: Any) -> None:
        self.assignment, self.kind = assignment, kind
        super().__init__(*args, **kwargs)
        self.fields.update(_FIELDS[kind](assignment))
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._check_amount(cleaned)
        today = timezone.localdate()
        for name in ("due_date", "hold_until"):
            if cleaned.get(name) and cleaned[name] <= today:
                self.add_error(name, ValidationError(_("Choose a day after today.")))
        if cleaned.get("payment_date") and cleaned["payment_date"] > today:
            self.add_error("payment_date", ValidationError(_("A payment that is told was made today or earlier.")))
        written = cleaned.get("text") or ""
        if personal.holds_number(written):
            self.add_error("text", ValidationError(_("Leave the personal identity number out: the agency has it.")))
            self.data = {**self.data, "text": personal.hidden(written)}  # nor is it shown again
        return cleaned

    def clean_credit_note(self) -> Invoice:
        """Return the company's sent credit note that the text names."""
        named = matching_exactly(self.cleaned_data["credit_note"].strip())
        found = list(Invoice.objects.sent().filter(named, company=self.assignment.company_id)[:2])
        if len(found) != 1:
            raise ValidationError(_("No one sent credit note of the company has this number or UUID."))
        if found[0].pk == self.assignment.invoice_id:
            raise ValidationError(_("This is the invoice itself. Name the credit note that credits it."))
        return found[0]

    def parameters(self) -> dict[str, str]:
        given = {**self.cleaned_data}
        note = given.pop("credit_note", None)
        given.pop("sure", None)
        named = {name: _as_text(value) for name, value in given.items() if value not in (None, "")}
        return {"type": self.kind, **named, **({"credit_note_id": str(note.uuid)} if note else {})}

    def _check_amount(self, cleaned: dict[str, Any]) -> None:
        given = cleaned.get("amount")
        if given is None:
            return
        if given <= 0:
            self.add_error("amount", ValidationError(_("An amount is more than 0.")))
        elif self.assignment.open_amount is not None and given > self.assignment.open_amount:
            said = _("That is more than the %(open)s %(currency)s that are open.")
            words = {"open": self.assignment.open_amount, "currency": self.assignment.currency}
            self.add_error("amount", ValidationError(said % words))


def _as_text(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)


def _words(label: Any, *, required: bool) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=1000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3})
    )


def _sum(assignment: Assignment) -> forms.Field:
    field = amount(_("Amount"), required=True)
    field.initial = assignment.open_amount
    field.help_text = _("In %(currency)s; the whole or a part.") % {"currency": assignment.currency}
    return field


def _paid(assignment: Assignment) -> dict[str, forms.Field]:
    on = day(_("Paid on"), required=True)
    on.initial = timezone.localdate()
    return {"amount": _sum(assignment), "payment_date": on, "text": _words(_("Remark"), required=False)}


def _credit_note(assignment: Assignment) -> dict[str, forms.Field]:
    return {
        "credit_note": text(_("Credit note"), _("Its number or UUID, as it was sent.")),
        "amount": _sum(assignment),
        "text": _words(_("Remark"), required=False),
    }


def _due_date(assignment: Assignment) -> dict[str, forms.Field]:
    return {"due_date": day(_("New due date"), required=True), "text": _words(_("Why"), required=False)}


def _hold(assignment: Assignment) -> dict[str, forms.Field]:
    return {"hold_until": day(_("Hold until"), required=True), "text": _words(_("Why"), required=False)}


def _comment(assignment: Assignment) -> dict[str, forms.Field]:
    return {"text": _words(_("Text"), required=True)}


def _end(assignment: Assignment) -> dict[str, forms.Field]:
    sure = forms.BooleanField(
        label=_("The company knows that this ends the case, and may cost it money"), widget=UnfoldBooleanSwitchWidget
    )
    return {"text": _words(_("Reason"), required=True), "sure": sure}


_FIELDS: dict[str, Any] = {
    EventType.PAID: _paid,
    EventType.CREDIT_NOTE: _credit_note,
    EventType.DUE_DATE_CHANGE: _due_date,
    EventType.COLLECTION_HOLD: _hold,
    EventType.COMMENT: _comment,
    EventType.CREDIT_LOSS: _end,
    EventType.CANCEL: _end,
}
