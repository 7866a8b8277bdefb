"""Cards of the invoice's page; apps to the right add theirs in `AppConfig.ready`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from invoices.models import Invoice


@dataclass(frozen=True, slots=True)
class Card:
    """One card: its template is given `card`, what the app had to say."""

    template: str
    context: dict[str, Any]


# Returns the card of one invoice for this viewer; None: there is nothing to say.
Maker = Callable[[HttpRequest, Invoice], Card | None]
_makers: list[Maker] = []


def register_card(maker: Maker) -> None:
    """Add a card to every invoice's page."""
    _makers.append(maker)


def cards_of(request: HttpRequest, invoice: Invoice) -> list[Card]:
    return [card for maker in _makers if (card := maker(request, invoice)) is not None]
