"""What may be handed over, and which events an assignment takes: each no with its reason and what to do instead."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from invoices.enums import Direction, Status
from invoices.models import Invoice
from portal.operations.handlers import NotQueueableError
from receivables.collection import payers, service_policies
from receivables.collection.agencies import AGENCIES, FULL, RENTAL, AgencyFacts, days_late, title_of
from receivables.enums import Agency, EventType, HandOverStatus, Origin, ReceivablesType
from receivables.models import Assignment, HandOver, Payer

_STANDING = (HandOverStatus.PENDING, HandOverStatus.SENT)
SUMMARY = (2, 64)  # characters
_REPEATABLE = (EventType.COMMENT, EventType.COLLECTION_HOLD, EventType.DUE_DATE_CHANGE)


def hand_over_of(invoice: Invoice) -> HandOver | None:
    found: HandOver | None = getattr(invoice, "hand_over", None)
    return found if found is not None and found.pk else None  # one that is being made is known to its invoice too


def check_invoice(invoice: Invoice, agency: str, receivables_type: str) -> AgencyFacts:
    """
    Say whether an agency would take the invoice at all.

    :raises NotQueueableError: it is no sent invoice, is with an agency, or breaks one of the agency's rules
    """
    if agency not in AGENCIES:
        raise NotQueueableError(_("The portal knows no such agency."))
    if invoice.direction != Direction.SENT or invoice.status in (Status.PENDING, Status.FAILED):
        raise NotQueueableError(
            _("Only a sent invoice that arrived can be handed over."), _("Follow the invoice until it is delivered.")
        )
    _check_free(invoice)
    facts = service_policies.check_fits(invoice.company, agency)
    _check_service(invoice, facts)
    _check_money(invoice, facts)
    _check_waiting(invoice, facts, receivables_type)
    if receivables_type in RENTAL and invoice.company.country != "FI":
        raise NotQueueableError(_("Rents are collected in Finland only."), _("Hand it over as an ordinary receivable."))
    return facts


def check_payers(agency: str, receivables_type: str, owing: list[Payer]) -> None:
    """:raises NotQueueableError: a payer lacks an address, or a consumer's rent the number of who rents"""
    for payer in owing:
        if not payer.name or (AGENCIES[agency].version == 2 and not payers.has_address(payer)):
            raise NotQueueableError(
                _("A payer's name or address is not known."),
                _("Hand this invoice over by itself, and give the address."),
            )
    if receivables_type == ReceivablesType.B2C_RENTAL and not any(payer.personal_number for payer in owing):
        raise NotQueueableError(
            _("A consumer's rent needs the personal identity number of who rents."),
            _("Hand this invoice over by itself, and give the number."),
        )


def check_event(assignment: Assignment, given: dict[str, Any]) -> None:
    """:raises NotQueueableError: the assignment is closed, its agency takes no such event, or it makes no sense"""
    word = given["type"]
    if assignment.is_closed:
        raise NotQueueableError(
            _("The assignment is closed: the agency takes nothing more on it."),
            _("If money came afterwards, write to the agency."),
        )
    facts = AGENCIES.get(assignment.agency)
    if facts is not None and not facts.takes_event(word):
        raise NotQueueableError(
            _("%(agency)s takes direct payments and credit notes only.") % {"agency": facts.title},
            _("To end the case, credit the invoice and tell the credit note."),
        )
    _check_amount(assignment, given)
    if word in (EventType.PAID, EventType.CREDIT_NOTE):
        _check_not_told(assignment, given)
    elif word in _REPEATABLE:
        _check_says_more(assignment, given)


def events_for(assignment: Assignment) -> tuple[EventType, ...]:
    """Return what staff may tell about an assignment: nothing when it is closed; all when the agency is not known."""
    if assignment.is_closed:
        return ()
    facts = AGENCIES.get(assignment.agency)
    return facts.events if facts else AGENCIES[Agency.AMILI].events


def _check_free(invoice: Invoice) -> None:
    standing = hand_over_of(invoice)
    if standing is not None and standing.status in _STANDING:
        raise NotQueueableError(
            _("The invoice was handed over to %(agency)s already.") % {"agency": title_of(standing.agency)},
            _("Open its page: it says how the case stands."),
        )
    held = next((row for row in invoice.assignments.all() if row.is_open), None)
    if held is not None:
        raise NotQueueableError(
            _("%(agency)s collects this invoice already.") % {"agency": title_of(held.agency)},
            _("Open the assignment from the invoice's page."),
        )


def _check_service(invoice: Invoice, facts: AgencyFacts) -> None:
    state = service_policies.state_of(invoice.company, facts.name)
    if state is None or not service_policies.is_active(invoice.company, facts.name):
        raise NotQueueableError(
            _("%(agency)s is not active for the company.") % {"agency": facts.title},
            _("Activate it on the company's page, under Collection."),
        )
    if facts.name == Agency.AMILI and state.service_type == FULL:
        raise NotQueueableError(
            _("Kassavirta follows every invoice by itself; nothing is handed over."),
            _("Wait for the assignment, or change the service to Perintä."),
        )


def _check_money(invoice: Invoice, facts: AgencyFacts) -> None:
    wanted = facts.currencies[invoice.company.country]
    if invoice.currency and invoice.currency != wanted:
        text = _("%(agency)s collects %(wanted)s in %(country)s; the invoice is in %(given)s.")
        words = {"agency": facts.title, "wanted": wanted, "country": invoice.company.country, "given": invoice.currency}
        raise NotQueueableError(text % words)
    if invoice.total_amount is not None and invoice.total_amount <= 0:
        raise NotQueueableError(_("There is nothing to collect: the invoice's sum is not more than zero."))


def _check_waiting(invoice: Invoice, facts: AgencyFacts, receivables_type: str) -> None:
    if invoice.due_date is None:
        raise NotQueueableError(_("The invoice's due date is not known."), _("Look the invoice up first."))
    wait, late = facts.days_to_wait(receivables_type), days_late(invoice.due_date, timezone.localdate())
    if late < wait:
        text = _("%(agency)s takes it %(wait)d days after the due date, %(date)s. That is on %(day)s.")
        first = invoice.due_date + timedelta(days=wait)
        words = {"agency": facts.title, "wait": wait, "date": _day(invoice.due_date), "day": _day(first)}
        raise NotQueueableError(text % words, _("Wait until then."))


def _check_amount(assignment: Assignment, given: dict[str, Any]) -> None:
    if not given.get("amount") or assignment.open_amount is None:
        return
    if Decimal(given["amount"]) > assignment.open_amount:
        text = _("That is more than the %(open)s %(currency)s that are open.")
        words = {"open": assignment.open_amount, "currency": assignment.currency}
        raise NotQueueableError(text % words, _("Give what is open; the agency returns the rest to the payer."))


def _check_not_told(assignment: Assignment, given: dict[str, Any]) -> None:
    """The same sum of the same day, or the same credit note, is one fact: it is told once."""
    same = assignment.events.filter(type=given["type"], amount=Decimal(given["amount"]))
    if given["type"] == EventType.PAID:
        same = same.filter(payment_date=given.get("payment_date"), text=given.get("text") or "")
    else:
        same = same.filter(credit_note_uuid=given.get("credit_note_id") or "")
    if same.exists():
        raise NotQueueableError(
            _("This was told already."), _("If it is another payment of the same day and sum, say so in the text.")
        )


def _check_says_more(assignment: Assignment, given: dict[str, Any]) -> None:
    """What the company said last is not said again: the form came twice."""
    last = assignment.events.filter(type=given["type"], origin=Origin.COMPANY).order_by("-happened_at", "-pk").first()
    if last is None or (last.text or "") != (given.get("text") or ""):
        return
    if all(str(getattr(last, name) or "") == (given.get(name) or "") for name in ("due_date", "hold_until")):
        raise NotQueueableError(_("This was told already."), _("The assignment's page shows what was told."))


def _day(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")
