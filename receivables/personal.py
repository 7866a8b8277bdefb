"""
Personal identity numbers of payers: checked at the field, encrypted at rest, and hidden wherever text is shown or kept.

Free text (an agency's comment, a refusal) is cleaned by pattern: Finnish and Norwegian numbers by their check digits,
Swedish ones with their hyphen, so that payment references are left alone.
"""

import re
from collections.abc import Iterable

from stdnum.exceptions import ValidationError as NumberError
from stdnum.fi import hetu
from stdnum.no import fodselsnummer
from stdnum.se import personnummer

from portal import maventa

MASK = "••••••-••••"
_CHECKS = {"FI": hetu, "SE": personnummer, "NO": fodselsnummer}
_FINNISH = re.compile(r"\b\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]\b", re.IGNORECASE)
_SWEDISH = re.compile(r"\b(?:19|20)?\d{2}[01]\d[0-9]\d[-+]\d{4}\b")
_NORWEGIAN = re.compile(r"\b\d{11}\b")


def is_number(country: str, text: str) -> bool:
    """Tell whether the text is a personal identity number of the country, check digit and all."""
    check = _CHECKS.get(country.upper())
    if check is None:
        return False
    try:
        check.validate(text)
    except NumberError:
        return False
    return True


def compact(text: str) -> str:
    """Return the number in capitals without blanks."""
    return "".join(text.split()).upper()


def masked(number: str) -> str:
    """Return what is shown in place of a number; "" when there is none."""
    return MASK if number else ""


def hidden(text: str) -> str:
    """Return the text with every personal identity number in it masked."""
    text = _FINNISH.sub(lambda found: MASK if hetu.is_valid(found[0]) else found[0], text)
    text = _SWEDISH.sub(MASK, text)
    return _NORWEGIAN.sub(lambda found: MASK if fodselsnummer.is_valid(found[0]) else found[0], text)


def holds_number(text: str) -> bool:
    """Tell whether a text holds what looks like a personal identity number."""
    return hidden(text) != text


def without(error: maventa.RejectedError, numbers: Iterable[str]) -> maventa.RejectedError:
    """Return a refusal whose words hold none of the numbers that were sent, nor any other."""

    def clean(text: str) -> str:
        for number in numbers:
            text = text.replace(number, MASK) if number else text
        return hidden(text)

    details = tuple(clean(line) for line in error.details)
    return maventa.RejectedError(error.status, error.code, clean(error.text), details, error.scope)
