"""
Cases: opened by what went wrong, moved on by people and facts, closed when the matter is at its end.

A kind of case registers its steps here; `companies.pages.cases` shows them all in one list, and has a place for what
explains each kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from companies.enums import Mover
from companies.models import Case, CaseEntry, Company, Onboarding
from portal.operations.handlers import Text
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount


@dataclass(frozen=True, slots=True)
class Step:
    """One state that a case of a kind can be in."""

    label: Text
    whose: Mover
    tone: str = "warn"  # good, info, warn, bad, neutral
    by_hand: bool = True  # staff may set it; others are set by what happens


@dataclass(frozen=True, slots=True)
class Kind:
    """What the cases of one kind have in common. The first step is where they begin."""

    name: str
    label: Text
    steps: Mapping[str, Step]
    outcomes: Mapping[str, Text]  # words for `close`; staff choose among those in `by_hand`
    by_hand: tuple[str, ...] = ()

    @property
    def first(self) -> str:
        return next(iter(self.steps))


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known; call it from a module that the app loads when it starts."""
    _kinds[kind.name] = kind
    return kind


def kind_of(case: Case) -> Kind | None:
    """Return the kind; None for one that this version does not know."""
    return _kinds.get(case.kind)


def kinds() -> list[Kind]:
    return list(_kinds.values())


def step_of(case: Case) -> Step:
    """Return the step that a case is in; one that is not known is shown as it is."""
    kind = kind_of(case)
    return (kind and kind.steps.get(case.step)) or Step(case.step, Mover(case.whose), "neutral")


def open_case(
    kind: str,
    key: str,
    *,
    account: PartnerAccount,
    subject: str,
    company: Company | None = None,
    onboarding: Onboarding | None = None,
    facts: dict[str, Any] | None = None,
    operation: Operation | None = None,
    actor: Any = None,
    text: str = "",
    step: str = "",
) -> Case:
    """Return the open case of that key, opened now if there is none; met once more, it notes the newer facts."""
    first = step or _kinds[kind].first
    fresh = {
        "subject": subject[:300],
        "company": company,
        "onboarding": onboarding,
        "facts": facts or {},
        "operation": operation,
        "opened_by": actor,
        "step": first,
        "whose": _kinds[kind].steps[first].whose,
    }
    case, is_new = Case.objects.get_or_create(account=account, kind=kind, key=key[:200], closed_at=None, defaults=fresh)
    if is_new:
        _note(case, first, text, actor)
        return case
    case.facts, case.operation = {**case.facts, **(facts or {})}, operation or case.operation
    case.save(update_fields=["facts", "operation"])
    move(case, first, actor=actor, text=text)
    return case


def move(case: Case, step: str, *, actor: Any = None, text: str = "", at: datetime | None = None) -> bool:
    """Take a case to another step; False: it is closed, or there already and nothing was said."""
    kind, now = _kinds[case.kind], at or timezone.now()
    if case.step == step and not text:
        return False
    since = case.step_at if case.step == step else now
    whose = kind.steps[step].whose
    moved = Case.objects.filter(pk=case.pk, closed_at=None).update(step=step, step_at=since, whose=whose)
    if moved:
        case.step, case.step_at, case.whose = step, since, whose
        _note(case, step, text, actor, now)
    return bool(moved)


def note(case: Case, text: str, *, actor: Any = None) -> CaseEntry:
    """Write down what somebody has to say."""
    return _note(case, "", text, actor)


def close(case: Case, outcome: str, *, actor: Any = None, text: str = "") -> bool:
    """End a case; False: it was closed already."""
    now = timezone.now()
    closed = Case.objects.filter(pk=case.pk, closed_at=None).update(closed_at=now, outcome=outcome)
    if closed:
        case.closed_at, case.outcome = now, outcome
        _note(case, outcome, text, actor, now)
    return bool(closed)


def open_cases(accounts: Any, kind: str = "") -> QuerySet[Case]:
    """Return the open cases of these accounts, the oldest first."""
    chosen = Q(kind=kind) if kind else Q()
    return Case.objects.open().filter(chosen, account__in=accounts).order_by("opened_at", "pk")


def word(case: Case, step: str) -> Text:
    """Return a step or an outcome in staff words."""
    kind = kind_of(case)
    if kind is None:
        return step
    known = kind.steps.get(step)
    return known.label if known else kind.outcomes.get(step, step)


def _note(case: Case, step: str, text: str, actor: Any, at: datetime | None = None) -> CaseEntry:
    return CaseEntry.objects.create(case=case, step=step, text=text, actor=actor, at=at or timezone.now())
