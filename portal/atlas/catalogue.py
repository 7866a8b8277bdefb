"""
The entries of the atlas: which code or text means what. Apps register theirs, with their texts beside them.

To add an error: one `Entry` in the app's catalogue, one line in each of its `atlas/<language>.toml`, and one case in
`tests/portal/atlas` that makes the simulator produce it. The first entry whose pattern fits wins: the special goes
before the general.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

GENERAL = "general"  # the key of an area's advice for what nobody knows


class Severity(StrEnum):
    STOPS = "stops"  # everything of the company, until it is mended
    FAILS = "fails"  # this one
    PASSES = "passes"  # by itself, most of the time


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One known error.

    :ivar by: who acts: staff, customer, signer, receiver, support, autoinvoice
    :ivar next: key of what staff do next, in the area's texts
    :ivar pattern: in AutoInvoice's own words
    :ivar codes: keys of failing actions, and error codes of refusals
    :ivar documentation: an address; "" when no public page is known
    """

    key: str
    by: str = "staff"
    severity: Severity = Severity.FAILS
    next: str = ""
    pattern: re.Pattern[str] | None = None
    codes: frozenset[str] = frozenset()
    documentation: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """What one app knows, and where its texts lie."""

    name: str
    entries: tuple[Entry, ...]
    folder: Path
    general: Entry


_areas: dict[str, Area] = {}


def words(text: str) -> re.Pattern[str]:
    """Compile a pattern that does not mind case."""
    return re.compile(text, re.IGNORECASE)


def register(name: str, entries: Sequence[Entry], folder: Path, general: Entry) -> None:
    """Add what an app knows; the area bears the app's name, which begins the kinds of its operations."""
    _areas[name] = Area(name, tuple(entries), folder, general)


def areas() -> list[Area]:
    return list(_areas.values())


def area_of(name: str) -> Area | None:
    return _areas.get(name)


def match(area: str, code: str, text: str, more: str = "") -> Entry | None:
    """
    Return the entry for an error: by its text first, which says more, then by its code; None if none fits.

    :param more: words around the text, which are read when the text itself fits nothing
    """
    entries = _areas[area].entries if area in _areas else ()
    for words_said in filter(None, (text, more)):
        for entry in entries:
            if entry.pattern and entry.pattern.search(words_said):
                return entry
    return next((entry for entry in entries if code and code in entry.codes), None)


def entry_of(area: str, key: str) -> Entry:
    """Return the entry of a key; the area's general advice for an unknown one."""
    found = _areas[area]
    return next((entry for entry in found.entries if entry.key == key), found.general)
