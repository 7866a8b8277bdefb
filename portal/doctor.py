"""
What `manage.py doctor` looks at: each check says how it is, and how to mend what is not well.

An app adds its own with `register_check` from its AppConfig.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise

Text = str | Promise


class Level(StrEnum):
    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing is. `mend`: what to do when it is not OK."""

    subject: str
    level: Level
    text: Text
    mend: Text = ""


Check = Callable[[], Finding | Iterable[Finding]]

_checks: list[Check] = []


def register_check(check: Check) -> Check:
    """Add a check; it answers with findings and raises nothing that it can name."""
    if check not in _checks:
        _checks.append(check)
    return check
