"""
What is watched, so that somebody is told when it goes wrong.

Rooms and apps register what they know in `AppConfig.ready`; `portal.alerts` looks every half minute, by indexed and
counted figures only, and makes alerts of what it finds. It names examples, so that whoever reads an alert knows which
company and invoice to open first.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise

from portal.partners.models import PartnerAccount

Text = str | Promise
EXAMPLES = 5  # that an alert names


@dataclass(frozen=True, slots=True)
class Example:
    """
    One row that an alert is about: what it is, whose, and the address of its page ("" when it has none).

    :ivar company: its name; who knows only the id gives `company_uuid`
    """

    title: str
    url: str = ""
    company: str = ""
    since: datetime | None = None
    company_uuid: UUID | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """
    That something is wrong.

    :ivar count: how many rows it is about, as far as they were counted
    :ivar text: one sentence for staff
    :ivar examples: read only when the alert is opened or has changed
    :ivar url: of the list with all of them
    :ivar size: by which it is told whether it has grown worse; 0: the count
    """

    count: int
    text: Text
    examples: Callable[[], Iterable[Example]]
    url: str = ""
    size: int = 0

    @property
    def weight(self) -> int:
        return self.size or self.count


@dataclass(frozen=True, slots=True)
class Watched:
    """
    One thing that may go wrong in a partner account.

    :ivar name: "webhooks.lag"; with the account it names the trouble while it lasts
    :ivar measure: what the threshold is a number of, for the form of its rule
    :ivar threshold: unless a rule says another; `lowest` and `highest` are what a rule may say
    :ivar look: returns what is wrong by a threshold; None: nothing is
    """

    name: str
    label: Text
    measure: Text
    threshold: int
    remedy: Text
    look: Callable[[PartnerAccount, int], Found | None]
    is_serious: bool = False
    lowest: int = 1
    highest: int = 100_000


Naming = Callable[[PartnerAccount, Iterable[UUID]], dict[UUID, str]]

_watched: dict[str, Watched] = {}
_namings: list[Naming] = []


def register(watched: Watched) -> Watched:
    """Watch one thing more; call from a module that `AppConfig.ready` imports."""
    _watched[watched.name] = watched
    return watched


def get(name: str) -> Watched | None:
    """Return what is watched under a name; None: this version does not know it."""
    return _watched.get(name)


def every() -> Iterator[Watched]:
    yield from (_watched[name] for name in sorted(_watched))


def register_naming(naming: Naming) -> None:
    """Add a function that knows companies' names by their AutoInvoice ids."""
    _namings.append(naming)


def named(account: PartnerAccount, examples: Iterable[Example]) -> list[Example]:
    """Return examples with the names of companies in place of their ids, as far as anybody knows them."""
    given = list(examples)
    uuids = {example.company_uuid for example in given if example.company_uuid and not example.company}
    names = {uuid: name for naming in _namings if uuids for uuid, name in naming(account, uuids).items()}
    return [
        replace(one, company=names.get(one.company_uuid, str(one.company_uuid)))
        if one.company_uuid and not one.company
        else one
        for one in given
    ]
