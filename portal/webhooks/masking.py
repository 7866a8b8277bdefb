"""Showing what was posted: business ids that are a person's own number are masked."""

import json
import re
from typing import Any

from portal.partners.concealed import NORDIC, is_personal, masked

_LONGEST = 20_000
# In text of unknown form: a birth date, perhaps a sign, and what follows it; Sweden begins with the year, others with
# the day.
_NUMBER = re.compile(
    r"(?<![\dA-Za-z-])(?:((?:\d{2})?\d{2}[01]\d[0-3]\d)[-+]?\d{4}|([0-3]\d[01]\d{3})[-+A-FU-Y]?\d{3,4}[\dA-Y])"
    r"(?![\dA-Za-z-])"
)


def body(text: str) -> str:
    """Return a body for a page: JSON indented, personal numbers masked, very long ones cut."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return plain(text)
    return json.dumps(_masked(content, ""), indent=2, ensure_ascii=False)[:_LONGEST]


def plain(text: str) -> str:
    """Return a text of unknown form for a page, with everything masked that looks like a personal number."""
    return _NUMBER.sub(lambda found: f"{found[1] or found[2]}-••••", text)[:_LONGEST]


def _masked(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return {key: _masked(item, str(key)) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item, name) for item in value]
    if "bid" in name.lower() and isinstance(value, str | int):
        return next((masked(country, str(value)) for country in NORDIC if is_personal(country, str(value))), value)
    return value
