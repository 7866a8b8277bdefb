"""Personal identity numbers in what people write: found by their check digits, shown without their last part."""

import re

from stdnum.fi import hetu
from stdnum.no import fodselsnummer
from stdnum.se import personnummer

_MASK = "•••"
_FINNISH = re.compile(r"(?<![\w-])(\d{6}[-+A-FU-Y])(\d{3}[0-9A-Y])(?!\w)", re.IGNORECASE)
_SWEDISH = re.compile(r"(?<![\w-])((?:\d{2})?\d{6}[-+]?)(\d{4})(?!\w)")
_NORWEGIAN = re.compile(r"(?<![\w-])(\d{6}[ ]?)(\d{5})(?!\w)")
_KINDS = ((_FINNISH, hetu.is_valid), (_SWEDISH, personnummer.is_valid), (_NORWEGIAN, fodselsnummer.is_valid))


def masked(text: str) -> str:
    """Return the text with the individual part of every valid personal number hidden."""
    for pattern, is_valid in _KINDS:
        text = pattern.sub(lambda found: f"{found[1]}{_MASK}" if is_valid(found[0]) else found[0], text)  # noqa: B023
    return text


def holds_number(text: str) -> bool:
    return masked(text) != text
