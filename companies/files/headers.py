"""Recognising the columns of a file by what its header calls them."""

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cache

from django.utils.translation import gettext as _

from companies.files.synonyms import COUNTRIES, OURS, SYNONYMS

# Letters that Unicode does not take apart, as people without them type them.
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "ð": "d", "þ": "th", "ß": "ss", "ł": "l", "đ": "d"})
_SIGNS = re.compile(r"[\W_]+")
_NUMBERED = re.compile(r"(.+) \(\d+\)")
Mapped = dict[str, int]  # our field → column, from 0


def simplified(text: str) -> str:
    """Return a name without case, blanks, signs and diacritics."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return _SIGNS.sub("", "".join(letter for letter in apart if not unicodedata.combining(letter)))


def labels(header: Sequence[str]) -> list[str]:
    """Return a name for each column that no other has: “Column C” without one, “Email (2)” for the second of a name."""
    seen: Counter[str] = Counter()
    named = []
    for index, text in enumerate(header):
        name = " ".join(text.split())[:100] or _("Column %(letter)s") % {"letter": letter(index)}
        seen[simplified(name)] += 1
        count = seen[simplified(name)]
        named.append(name if count == 1 else f"{name} ({count})")
    return named


def letter(index: int) -> str:
    """Return a column's letters as spreadsheets count, from 0: A, B … Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def fingerprint(columns: Sequence[str]) -> str:
    """Return a digest of a header, the same whatever the order, case and our own columns."""
    known = sorted(simplified(name) for name in columns if simplified(name) not in _ours())
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()


def recognised(columns: Sequence[str], *, without: Collection[int] = ()) -> Mapped:
    """
    Return which of our fields stand in which column; a field that two columns could be is left to staff.

    `without`: columns that are not to be looked at, such as hidden ones
    """
    found: dict[str, list[int]] = {}
    for index, name in enumerate(columns):
        plain = numbered[1] if (numbered := _NUMBERED.fullmatch(name)) else name
        field = _fields().get(simplified(name)) or _fields().get(simplified(plain))
        if field and index not in without:
            found.setdefault(field, []).append(index)
    return {field: indexes[0] for field, indexes in found.items() if len(indexes) == 1}


def doubled(columns: Sequence[str]) -> list[str]:
    """Return the names that the header holds more than once."""
    plain = (numbered[1] for name in columns if (numbered := _NUMBERED.fullmatch(name)))
    return sorted(set(plain) & set(columns))


def remembered(columns: Sequence[str], names: Mapping[str, str]) -> Mapped | None:
    """Return the columns behind names that were mapped before; None when one of them is gone."""
    places = {simplified(name): index for index, name in enumerate(columns)}
    found = {field: places.get(simplified(name)) for field, name in names.items()}
    kept = {field: index for field, index in found.items() if index is not None}
    return kept if len(kept) == len(found) else None


def country_code(text: str) -> str:
    """Return the code of a country named in one of six languages; other texts as they came, in capitals."""
    return _countries().get(simplified(text), text.upper())


def is_ours(column: str) -> bool:
    """Tell whether our own download has added this column."""
    return simplified(column) in _ours()


@cache
def _fields() -> dict[str, str]:
    return {key: field for field, names in SYNONYMS.items() for key in _split(names)}


@cache
def _countries() -> dict[str, str]:
    return {key: code for code, names in COUNTRIES.items() for key in _split(names)}


@cache
def _ours() -> frozenset[str]:
    return frozenset(_split(OURS))


def _split(names: str) -> list[str]:
    return [simplified(name) for name in re.split(r"[,\n]", names) if name.strip()]
