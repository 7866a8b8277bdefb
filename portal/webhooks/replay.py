"""
Processing deliveries again, tried out first: everything is done in a transaction that is undone, and what would have
become another is told.

Which rows that may be, the apps say: each registers a function that takes their rows down. An older event changes
nothing then, as it changes nothing when it is processed for good: handlers compare times.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.webhooks import draining
from portal.webhooks.enums import DeliveryState
from portal.webhooks.models import Delivery
from portal.webhooks.registry import Handled, Ignored, Outcome

MOST = 200  # deliveries of one trial: somebody waits for it
Text = str | Promise
Rows = dict[str, dict[str, str]]  # what staff call a row → its facts, masked
Take = Callable[[int, UUID, str], Rows]  # account, company, remote id of what the event is about

_takes: list[Take] = []


@dataclass(frozen=True, slots=True)
class Change:
    row: str
    fact: str  # "" for a row that would be new
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What one delivery would do."""

    delivery: Delivery
    said: Text
    tone: str
    changes: list[Change] = field(default_factory=list)


def register_rows(take: Take) -> Take:
    """Register what takes down the rows that an event may change."""
    _takes.append(take)
    return take


def try_out(deliveries: Iterable[Delivery]) -> list[Tried]:
    """Return what processing these again would do, oldest first, at most MOST of them; nothing stays written."""
    chosen = sorted(deliveries, key=lambda delivery: delivery.pk)[:MOST]
    bodies = Delivery.objects.filter(pk__in=[delivery.pk for delivery in chosen])
    body_of = dict(bodies.values_list("pk", Cast("body", TextField())))
    with transaction.atomic():
        done = draining.done_twins(chosen)
        tried = [_try(delivery, body_of[delivery.pk], done) for delivery in chosen]
        transaction.set_rollback(True)
    return tried


def _try(delivery: Delivery, body: str, done: draining.Twins) -> Tried:
    delivery.state, delivery.attempts = DeliveryState.STORED, 1
    before = _rows(delivery)
    try:
        with transaction.atomic():
            outcome = draining.outcome(delivery, body, done)
    except Exception as exc:  # noqa: BLE001  it is what would happen, and is shown
        return Tried(delivery, _("It would fail again: %(error)s") % {"error": type(exc).__name__}, "bad")
    if isinstance(outcome, Handled):
        done.setdefault((delivery.account_id, delivery.digest), delivery.pk)
    changes = _changes(before, _rows(delivery))
    return Tried(delivery, *_words(outcome, changes), changes)


def _words(outcome: Outcome, changes: Sequence[Change]) -> tuple[Text, str]:
    if isinstance(outcome, Handled):
        return (_("Changes rows"), "warn") if changes else (_("Changes nothing: it is known, or older"), "good")
    return outcome.reason, "neutral" if isinstance(outcome, Ignored) else "info"


def _rows(delivery: Delivery) -> Rows:
    if delivery.company_uuid is None:
        return {}
    rows: Rows = {}
    for take in _takes:
        rows |= take(delivery.account_id, delivery.company_uuid, delivery.subject)
    return rows


def _changes(before: Mapping[str, dict[str, str]], after: Rows) -> list[Change]:
    found = []
    for row, facts in after.items():
        if row not in before:
            found.append(Change(row, "", "", ", ".join(filter(None, facts.values()))))
            continue
        was = before[row]
        found += [
            Change(row, fact, was.get(fact, ""), value) for fact, value in facts.items() if was.get(fact) != value
        ]
    return found
