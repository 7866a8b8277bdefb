"""Where rows of collection may name a person: while a claim is open, and for as long as its bookings are kept."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies.personal_data import matching
from invoices.personal_data import kept_by_law
from portal.partners import concealed
from portal.persons import Person, Place, Text, register, set_fields, without
from receivables import personal
from receivables.models import Assignment, Message, Payer, PaymentProposal, ThreadNote


def _payers(person: Person, accounts: Sequence[int]) -> QuerySet[Payer]:
    rows = Payer.objects.filter(hand_over__account__in=accounts)
    found = matching(person, names=("name",))
    if person.number:
        # Encrypted without a digest: each is read; there are as many as were handed over by hand.
        wanted = personal.compact(person.number)
        numbers = rows.only("pk", "personal_number").iterator(chunk_size=1000)
        found |= Q(pk__in=[row.pk for row in numbers if row.personal_number == wanted])
    return rows.filter(found)


def _payer_stays(payer: Payer) -> Text:
    claim = Assignment.objects.filter(
        account=payer.hand_over.account_id, invoice_uuid=payer.hand_over.invoice.uuid
    ).first()
    if claim is not None and claim.is_open:
        return _("The claim is being collected")
    return kept_by_law(payer.hand_over.created_at.date())


def _erase_payer(payer: Payer, _person: Person) -> None:
    set_fields(payer, name="", identifier="", personal_number="", street="", post_code="", city="")


def _assignments(person: Person, accounts: Sequence[int]) -> QuerySet[Assignment]:
    found = matching(person, names=("debtor_name",), digest="debtor_digest")
    if person.number:
        found |= Q(debtor_digest=concealed.digest(person.country, person.number))
    return Assignment.objects.filter(found, account__in=accounts)


def _assignment_stays(row: Assignment) -> Text:
    if row.is_open:
        return _("The claim is being collected")
    return kept_by_law((row.closed_at or row.created_at).date())


def _erase_debtor(row: Assignment, _person: Person) -> None:
    set_fields(row, debtor_name="", debtor_id="", debtor_digest="", debtor_number="", debtor_address={})


def _proposals(person: Person, accounts: Sequence[int]) -> QuerySet[PaymentProposal]:
    return PaymentProposal.objects.filter(matching(person, names=("payer",)), account__in=accounts)


def _mentions(person: Person, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the rows whose encrypted text mentions the person: each is read."""
    words = [word.lower() for word in person.words()]
    texts = rows.only("pk", "text").iterator(chunk_size=1000)
    return rows.filter(pk__in=[row.pk for row in texts if any(word in row.text.lower() for word in words)])


def _messages(person: Person, accounts: Sequence[int]) -> QuerySet[Message]:
    return _mentions(person, Message.objects.filter(account__in=accounts))


def _notes(person: Person, accounts: Sequence[int]) -> QuerySet[ThreadNote]:
    return _mentions(person, ThreadNote.objects.filter(thread__account__in=accounts))


def _never(_row: Any, _person: Person) -> None:
    raise AssertionError("such rows stay")


def _place(name: str, label: Text, fields: Sequence[str], **what: Any) -> None:
    register(Place(f"receivables.{name}", label, tuple(fields), **what))


_place("payers", _("Payers"), ("name", "personal_number", "identifier", "street", "post_code", "city"),
       find=_payers, stays=_payer_stays, erase=_erase_payer,
       url=lambda row: reverse("admin:receivables_handover_change", args=[row.hand_over_id]))  # fmt: skip
_place("assignments", _("Assignments"), ("debtor_name", "debtor_id", "debtor_number", "debtor_address"),
       find=_assignments, stays=_assignment_stays, erase=_erase_debtor,
       url=lambda row: reverse("admin:receivables_assignment_change", args=[row.pk]))  # fmt: skip
_place("payments", _("Payments that were found"), ("payer",),
       find=_proposals, stays=lambda row: kept_by_law(row.booked_on),
       erase=lambda row, _person: set_fields(row, payer=f"[{row.pk}]"))  # fmt: skip
_place("messages", _("Messages of agencies"), ("text",),
       find=_messages, stays=lambda _row: _("Correspondence about a claim, at AutoInvoice too: look at it by hand"),
       erase=_never)  # fmt: skip
_place("thread_notes", _("Internal notes on messages"), ("text",),
       find=_notes, stays=lambda _row: "",
       erase=lambda row, person: set_fields(row, text=without(row.text, person)))  # fmt: skip
