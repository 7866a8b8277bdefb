"""
What hangs on tables and no migration makes: the indexes of parts of names, and the triggers that count.

SQLite makes a table anew when it changes, and what hung on the old one is gone then. So after every `migrate` what is
missing is made, from what the rows say.
"""

from typing import Any

from portal.counters import triggers
from portal.lists import text


def make_missing(using: str = "default", **_signal: Any) -> None:
    """Make what a database lacks; nothing is written where nothing is missing."""
    text.make_missing(using)
    triggers.make_missing(using)
