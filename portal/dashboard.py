"""
The dashboard: what needs a person now, and how the work goes.

Apps register what they know in `AppConfig.ready`; every function gets the accounts that the viewer may see and answers
from indexed counts, so that the page costs the same at a million invoices.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise

from portal.partners.models import PartnerAccount

Text = str | Promise
Accounts = Sequence[PartnerAccount]


@dataclass(frozen=True, slots=True)
class Card:
    """One number that leads to its list."""

    title: Text
    value: int
    url: str
    tone: str = "neutral"  # neutral, good, warn, bad, info
    icon: str = "tag"  # a Material symbol
    hint: Text = ""
    order: int = 50


@dataclass(frozen=True, slots=True)
class Move:
    """One row of "whose move": what stands still, who has to act, since when."""

    what: Text
    whose: Text
    title: str  # the company or invoice
    url: str
    since: datetime
    tone: str = "warn"
    action: Text = ""  # what the link does: "Send a new request"


@dataclass(frozen=True, slots=True)
class Bar:
    """One column of a chart; `parts` are (tone, count, label), from the bottom up."""

    label: str
    url: str
    parts: tuple[tuple[str, int, Text], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Stacked columns that each lead to their rows."""

    title: Text
    bars: tuple[Bar, ...]
    hint: Text = ""
    order: int = 50


@dataclass(slots=True)
class _Registry:
    cards: list[Callable[[Accounts], Iterable[Card]]] = field(default_factory=list)
    moves: list[Callable[[Accounts, int], Iterable[Move]]] = field(default_factory=list)
    charts: list[Callable[[Accounts], Chart]] = field(default_factory=list)


_registry = _Registry()
MOVES_SHOWN = 25


def register_cards(function: Callable[[Accounts], Iterable[Card]]) -> None:
    """Add a function that answers some cards."""
    _registry.cards.append(function)


def register_moves(function: Callable[[Accounts, int], Iterable[Move]]) -> None:
    """Add a function that answers rows of "whose move", the oldest first, at most as many as asked."""
    _registry.moves.append(function)


def register_chart(function: Callable[[Accounts], Chart]) -> None:
    """Add a function that answers one chart."""
    _registry.charts.append(function)


def context(request: HttpRequest) -> dict[str, Any]:
    """Return what the dashboard's template shows for the viewer's accounts."""
    accounts = list(PartnerAccount.objects.active().visible_to(request.user))
    cards = [card for function in _registry.cards for card in function(accounts)]
    moves = [move for function in _registry.moves for move in function(accounts, MOVES_SHOWN)]
    charts = [function(accounts) for function in _registry.charts]
    return {
        "accounts": accounts,
        "cards": sorted(cards, key=lambda card: card.order),
        "moves": sorted(moves, key=lambda move: move.since)[:MOVES_SHOWN],
        "charts": [_drawn(chart) for chart in sorted(charts, key=lambda chart: chart.order)],
        "now": timezone.now(),
    }


def _drawn(chart: Chart) -> dict[str, Any]:
    """Return a chart with each part's height in percent of the tallest column."""
    tallest = max((sum(count for _tone, count, _label in bar.parts) for bar in chart.bars), default=0)
    bars = [
        {
            "label": bar.label,
            "url": bar.url,
            "total": sum(count for _tone, count, _label in bar.parts),
            "parts": [
                {"tone": tone, "count": count, "label": label, "percent": round(100 * count / tallest, 1)}
                for tone, count, label in bar.parts
                if count
            ],
        }
        for bar in chart.bars
    ]
    return {"title": chart.title, "hint": chart.hint, "bars": bars, "tallest": tallest}
