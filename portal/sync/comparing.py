"""
What an app declares to have its mirror rows of a company compared with AutoInvoice: a Comparer for each kind of row.

A comparison reads all that AutoInvoice has of the kind, takes down the rows as they are here, lets the app write what
was read the way it always does, and takes them down again: what became another had drifted, and is mended.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from portal import maventa
from portal.sync.feeds import Place, Window
from portal.sync.models import DriftKind, Repair


@dataclass(frozen=True, slots=True)
class Taken:
    """One row as it is here: what staff call it, its facts as words (personal numbers masked), and their time."""

    title: str
    facts: Mapping[str, str]
    at: datetime | None = None
    is_awaited: bool = False  # a look is due: what is "" here has not drifted, it has only not come yet


@dataclass(frozen=True, slots=True)
class Told:
    """Which event should have told of a change ("" none does), and its delivery if it came."""

    event: str = ""
    delivery_id: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    subject: str  # remote id
    title: str
    kind: DriftKind
    fact: str = ""
    local: str = ""
    remote: str = ""
    since: datetime | None = None
    repair: Repair = Repair.WRITTEN


@dataclass(frozen=True, slots=True)
class Heard:
    """A part of what AutoInvoice has: rows for the comparer of that name, or at the end of a list the ids of all."""

    comparer: str
    items: list[Any] = field(default_factory=list)
    all_ids: frozenset[str] | None = None


class Comparer:
    """One kind of mirror row."""

    name: ClassVar[str]  # "invoices.invoice"
    label: ClassVar[Any]  # staff words

    def read(self, client: maventa.Client, window: Window) -> Iterator[Heard]:
        """Read what AutoInvoice has of the company that the client speaks for. HTTP only."""
        raise NotImplementedError

    def taken(self, place: Place, heard: Heard) -> dict[str, Taken]:
        """Return the rows here that what was heard is about, by their remote ids."""
        raise NotImplementedError

    def write(self, place: Place, heard: Heard, at: datetime) -> None:
        """Write what was heard as it was at `at`, inside a transaction."""
        raise NotImplementedError

    def gone(self, place: Place, window: Window, ids: frozenset[str], at: datetime) -> list[Difference]:
        """Return rows here that a whole list lacks, and see to them."""
        return []

    def told(self, place: Place, difference: Difference) -> Told:
        """Return what should have told of a difference."""
        return Told()


_comparers: dict[str, Comparer] = {}


def register(comparer: type[Comparer]) -> type[Comparer]:
    _comparers[comparer.name] = comparer()
    return comparer


def all_comparers() -> list[Comparer]:
    """Return the comparers in the order of their registration: of companies before what hangs from them."""
    return list(_comparers.values())


def get(name: str) -> Comparer:
    return _comparers[name]


def differences(before: Mapping[str, Taken], after: Mapping[str, Taken]) -> list[Difference]:
    """Return what became another, row by row and fact by fact."""
    found = []
    for subject, now in after.items():
        was = before.get(subject)
        if was is None:
            facts = ", ".join(filter(None, now.facts.values()))
            found.append(Difference(subject, now.title, DriftKind.MISSING, remote=facts[:300]))
            continue
        found += [
            Difference(subject, now.title, DriftKind.DIFFERENT, fact, was.facts.get(fact, ""), value, was.at)
            for fact, value in now.facts.items()
            if was.facts.get(fact, "") != value and not (was.is_awaited and not was.facts.get(fact))
        ]
    return found


def labels() -> dict[str, Any]:
    """Return the staff words of each kind, by name."""
    return {comparer.name: comparer.label for comparer in all_comparers()}
