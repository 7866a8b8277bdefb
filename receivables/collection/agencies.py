"""
The agencies: what each sells, where and in which currency, and what staff may tell it.

Source: the accounts-receivable and ropo-perinta pages; which events Intrum takes is not public, so it is offered all.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from portal.operations.handlers import Text
from receivables.enums import Agency, EventType, ReceivablesType

FULL, EXPRESS = "full", "express"  # Amili's words: Kassavirta, Perintä
V1_ENDS = _("summer 2027")  # the exact day is told early in 2027

_ALL_EVENTS = (
    EventType.PAID,
    EventType.CREDIT_NOTE,
    EventType.DUE_DATE_CHANGE,
    EventType.COLLECTION_HOLD,
    EventType.COMMENT,
    EventType.CREDIT_LOSS,
    EventType.CANCEL,
)
RENTAL = (ReceivablesType.B2B_RENTAL, ReceivablesType.B2C_RENTAL)


@dataclass(frozen=True, slots=True)
class AgencyFacts:
    """One agency, in staff language."""

    name: Agency
    what: Text
    currencies: dict[str, str]  # by country: one currency an account
    events: tuple[EventType, ...]
    closing: Text  # what follows when its service is closed
    waits: tuple[int, int] = (1, 1)  # days after the due date: of businesses, of consumers
    version: int = 2  # of the call that hands over
    takes_premises: bool = False  # rental and housing details

    @property
    def title(self) -> str:
        return str(self.name.label)

    def fits(self, country: str) -> bool:
        return country in self.currencies

    def days_to_wait(self, receivables_type: str) -> int:
        """Return the days that must have passed since the due date."""
        return self.waits[1] if receivables_type.startswith("b2c") else self.waits[0]

    def takes_event(self, word: str) -> bool:
        return word in self.events


AGENCIES: dict[str, AgencyFacts] = {
    Agency.AMILI: AgencyFacts(
        Agency.AMILI,
        _(
            "Kassavirta follows every sent invoice by itself, and prints its own account and payee on them. Perintä "
            "collects the overdue invoices that are handed over one by one."
        ),
        {"FI": "EUR"},
        _ALL_EVENTS,
        _(
            "New invoices are not followed, and none can be handed over any more. Open assignments stay with Amili "
            "until they are paid or ended; ending one may cost money."
        ),
    ),
    Agency.ROPO: AgencyFacts(
        Agency.ROPO,
        _(
            "Reminds and collects overdue invoices that are handed over one by one. Capital is paid out daily, "
            "interest monthly; legal collection begins only with the client's leave."
        ),
        {"FI": "EUR", "SE": "SEK", "NO": "NOK"},
        (EventType.PAID, EventType.CREDIT_NOTE),
        _("No invoice can be handed over any more. Open assignments stay with Ropo until they are paid or credited."),
        waits=(7, 14),
    ),
    Agency.INTRUM: AgencyFacts(
        Agency.INTRUM,
        _("Collects overdue invoices, rents and housing charges that are handed over one by one."),
        {"FI": "EUR"},
        _ALL_EVENTS,
        _("No invoice can be handed over any more. Open assignments stay with Intrum until they are paid or ended."),
        version=1,
        takes_premises=True,
    ),
}


def facts_of(agency: str) -> AgencyFacts | None:
    """Return an agency; None: one that the portal does not know."""
    return AGENCIES.get(agency)


def title_of(agency: str) -> str:
    """Return an agency's name; one that we do not know is shown as it came."""
    known = AGENCIES.get(agency)
    return known.title if known else agency or "–"


def fitting(country: str) -> list[AgencyFacts]:
    return [item for item in AGENCIES.values() if item.fits(country)]


def days_late(due_date: date | None, today: date) -> int:
    """Return the days since the due date; 0 when it is not over or not known."""
    return max((today - due_date).days, 0) if due_date else 0
