"""How long to wait: after news, after silence, after errors, and by a row's age."""

import random
from datetime import datetime, timedelta

from django.utils import timezone

_LONGEST_AFTER_ERRORS = timedelta(minutes=15)


def after_run(pause: float, *, news: bool, every: timedelta, slowest: timedelta) -> float:
    """Return the seconds until the next run: the shortest pause after news, half as long again after none."""
    if news:
        return every.total_seconds()
    return min(max(pause, every.total_seconds()) * 1.5, slowest.total_seconds())


def after_error(failures: int, *, every: timedelta, retry_after: float | None = None) -> float:
    """Return the seconds until the next run after so many failures in a row, with some chance in it."""
    doubled = every.total_seconds() * 2.0 ** min(failures, 16)
    wait = min(max(doubled, 5.0), _LONGEST_AFTER_ERRORS.total_seconds()) * random.uniform(0.8, 1.2)  # noqa: S311
    return max(wait, retry_after or 0.0)


def by_age(
    born: datetime,
    *,
    shortest: timedelta = timedelta(seconds=5),
    longest: timedelta = timedelta(hours=6),
    part: float = 0.1,
) -> datetime:
    """Return when to look next at something that began at `born`: after a tenth of its age, within limits."""
    now = timezone.now()
    return now + min(max((now - born) * part, shortest), longest)
