"""Leases on jobs that one worker does at a time: a killed one holds its job no longer than the lease runs."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.db.models import Q, QuerySet
from django.utils import timezone

# The database is busy or gone: another try goes on once the lease is over.
AWAY = (OperationalError, InterfaceError)


def take(job: QuerySet[Any], lease: UUID, time: timedelta) -> bool:
    """Take a job, given as the rows that it still has to be among. False: another worker has it, or it ended."""
    now = timezone.now()
    free = job.filter(Q(leased_until=None) | Q(leased_until__lt=now))
    return bool(free.update(lease=lease, leased_until=now + time))


def hold(job: QuerySet[Any], lease: UUID, time: timedelta | None, **values: Any) -> bool:
    """Keep the lease for longer (None: give it back), and write. False: another worker has it."""
    until = None if time is None else timezone.now() + time
    return bool(job.filter(lease=lease).update(leased_until=until, **values))
