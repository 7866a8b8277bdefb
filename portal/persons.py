"""
Where personal data may stand: registered by the rooms and apps whose rows they are, found and removed by
`portal.keeping` when somebody asks for it.

A place says which rows are about a person, why a row has to stay, and how what names the person is taken out of it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

Text = str | Promise
GONE_ADDRESS = "removed-{pk}@removed.invalid"  # where an address has to stand; nobody can own it
GONE_WORDS = "[removed]"


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a request is about, each "" when it was not given; a number belongs to a country."""

    name: str = ""
    email: str = ""
    country: str = ""
    number: str = ""

    def __repr__(self) -> str:
        return "<a person>"  # never into a log

    def words(self) -> list[str]:
        """Return what texts are searched for, letter by letter."""
        return [word for word in (self.name, self.email, self.number) if word]


@dataclass(frozen=True, slots=True)
class Place:
    """
    Rows of one model that may be about a person.

    :ivar fields: of the model, that name the person
    :ivar find: the rows about a person, in partner accounts given by their ids
    :ivar stays: why a row has to stay as it is; "": it may go
    :ivar erase: takes the person out of a row, and writes it; the row itself stays where others need it
    :ivar url: of the row's page; "" when it has none
    """

    name: str
    label: Text
    fields: tuple[str, ...]
    find: Callable[[Person, Sequence[int]], QuerySet[Any]]
    stays: Callable[[Any], Text]
    erase: Callable[[Any, Person], None]
    url: Callable[[Any], str] = lambda _row: ""


_places: dict[str, Place] = {}


def register(place: Place) -> None:
    """Search one place more; call from a module that `AppConfig.ready` imports."""
    _places[place.name] = place


def get(name: str) -> Place | None:
    return _places.get(name)


def every() -> Iterator[Place]:
    yield from (_places[name] for name in sorted(_places))


def without(text: str, person: Person) -> str:
    """Return a text in which nothing names the person any more, in whichever case it was written."""
    for word in sorted(person.words(), key=len, reverse=True):
        lowered, wanted, at = text.lower(), word.lower(), 0
        if len(lowered) != len(text):  # a letter that has no single small one
            text = text.replace(word, GONE_WORDS)
            continue
        parts = []
        while (found := lowered.find(wanted, at)) >= 0:
            parts += [text[at:found], GONE_WORDS]
            at = found + len(word)
        text = "".join([*parts, text[at:]])
    return text


def set_fields(row: Any, **values: Any) -> None:
    """Write some fields of a row."""
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
