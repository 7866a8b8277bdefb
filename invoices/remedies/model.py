"""The form of an entry."""

import re
from dataclasses import dataclass

from django.utils.functional import Promise

from invoices.enums import Mover


@dataclass(frozen=True, slots=True)
class Remedy:
    """A kind of failure: why it happened, what mends it, what staff do next, and whose move it is."""

    key: str
    name: str | Promise  # a few words, for lists
    cause: str | Promise
    remedy: str | Promise
    next_step: str | Promise
    by: str = Mover.STAFF
    pattern: re.Pattern[str] | None = None  # in AutoInvoice's text
    codes: frozenset[str] = frozenset()  # action keys and error codes


def words(text: str) -> re.Pattern[str]:
    """Compile a pattern that does not mind case."""
    return re.compile(text, re.IGNORECASE)
