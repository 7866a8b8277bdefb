"""A validated file, whoever validated it."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise

Text = str | Promise


class Meaning(StrEnum):
    """What a word of a validator means to staff, the gravest first."""

    ERROR = "error"
    UNKNOWN = "unknown"  # a word that we do not know: never read as success
    WARNING = "warning"
    ADVICE = "advice"  # of a rule that is not in force yet
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    text: str
    is_meant: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the file; without a line when the location cannot be followed."""

    location: str
    number: int | None = None
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says of one place."""

    rule: str
    text: str
    word: str  # of the validator
    meaning: Meaning
    location: str = ""
    test: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """What one rule says, with the places it says it of."""

    rule: str
    text: str
    word: str
    test: str
    places: tuple[Place, ...]
    more: int = 0  # further places that are not shown


@dataclass(frozen=True, slots=True)
class Group:
    """All points of one meaning."""

    meaning: Meaning
    title: Text
    hint: Text
    tone: str
    icon: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict on a file. `problem`: nobody gave one, and why."""

    by: Text
    verdict: Meaning = Meaning.UNKNOWN
    word: str = ""  # the validator's own
    says: Text = ""
    tone: str = "warn"
    icon: str = "help"
    facts: tuple[tuple[Text, str], ...] = ()
    groups: tuple[Group, ...] = ()
    problem: Text = ""
    remedy: Text = ""
    notes: tuple[Text, ...] = ()
