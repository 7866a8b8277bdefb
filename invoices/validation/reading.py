"""From findings to what staff see: one verdict, groups by meaning, each rule once with its places."""

from collections.abc import Sequence
from typing import Any

from invoices.validation.model import Checked, Finding, Group, Meaning, Place, Point, Text
from invoices.validation.places import Source
from invoices.validation.words import LOOKS, meaning_of

MOST_PLACES = 10  # of one rule that are shown
MOST_POINTS = 200
_GRAVEST_FIRST = tuple(Meaning)


def checked(
    by: Text, word: str, findings: Sequence[Finding], source: Source | None, facts: tuple[tuple[Text, str], ...] = ()
) -> Checked:
    """
    Return the verdict on a file.

    :param word: the validator's own overall word; a known good one does not outweigh what it says of single rules
    :param source: None when the file cannot be parsed here, so that no lines are shown
    """
    verdict = _verdict(word, findings)
    look = LOOKS[verdict]
    groups = tuple(group for meaning in _GRAVEST_FIRST if (group := _group(meaning, findings, source)))
    return Checked(by, verdict, word, look.says, look.tone, look.icon, facts, groups)


def _verdict(word: str, findings: Sequence[Finding]) -> Meaning:
    meanings = {meaning_of(word), *(finding.meaning for finding in findings)}
    if meanings <= {Meaning.FINE, Meaning.ADVICE}:
        return Meaning.FINE if Meaning.ADVICE not in meanings else Meaning.ADVICE
    return next(meaning for meaning in _GRAVEST_FIRST if meaning in meanings)


def _group(meaning: Meaning, findings: Sequence[Finding], source: Source | None) -> Group | None:
    rules: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        if finding.meaning == meaning:
            rules.setdefault((finding.rule, finding.text, finding.word), []).append(finding)
    if not rules:
        return None
    look = LOOKS[meaning]
    points = tuple(_point(same, source) for same in list(rules.values())[:MOST_POINTS])
    return Group(meaning, look.title, look.hint, look.tone, look.icon, points)


def _point(same: list[Finding], source: Source | None) -> Point:
    first = same[0]
    named = [finding.location for finding in same if finding.location]
    places = [source.place(location) if source else Place(location) for location in named[:MOST_PLACES]]
    return Point(first.rule, first.text, first.word, first.test, tuple(places), max(len(named) - MOST_PLACES, 0))


def facts(**named: Any) -> tuple[tuple[Text, str], ...]:
    """Return the facts that say something."""
    return tuple((label, str(value)) for label, value in named.items() if value)
