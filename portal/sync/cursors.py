"""Making, leasing and moving cursors. A lease is a row's token and time: the database is the only judge of who runs."""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from portal.partners.models import PartnerAccount
from portal.sync import registry
from portal.sync.feeds import Feed, Scope
from portal.sync.models import Cursor

_DEADLINES = 5  # of calls that a lease lasts: longer than one page or round can take, with its pauses and the write
_FIRST_READS_APART = timedelta(seconds=1)  # of companies that are new here
_PLACE = ("done_until", "window_until", "position", "pause", "failures", "lease", "leased_until")


def lease_time() -> timedelta:
    """Return how long a cursor is held at a time: after it another process takes over from one that was killed."""
    return timedelta(seconds=_DEADLINES * settings.CALL_DEADLINE)


class LeaseLostError(Exception):
    """Another run took the cursor over: this one writes nothing more."""


def make_missing(accounts: Iterable[PartnerAccount]) -> None:
    """Give every account a cursor for every watch and every feed of accounts. One query when none is missing."""
    accounts = list(accounts)
    names = [s.name for s in registry.all_sources() if not isinstance(s, Feed) or s.scope is Scope.ACCOUNT]
    known = Cursor.objects.filter(account__in=accounts, company_uuid=None, source__in=names)
    there = set(known.values_list("source", "account_id"))
    wanted = [Cursor(source=name, account=account) for account in accounts for name in names]
    missing = [cursor for cursor in wanted if (cursor.source, cursor.account_id) not in there]
    if missing:
        Cursor.objects.bulk_create(missing, ignore_conflicts=True)


def follow(name: str, account: PartnerAccount, company_uuids: Iterable[UUID], first_at: datetime | None = None) -> None:
    """
    Read a feed of companies for these companies from now on; those that are followed already stay as they are.

    :param first_at: when it is read for the first time; None: with the next beat
    """
    at = first_at or timezone.now()
    cursors = [Cursor(source=name, account=account, company_uuid=company, next_at=at) for company in company_uuids]
    Cursor.objects.bulk_create(cursors, ignore_conflicts=True, batch_size=1000)


def follow_in_turn(name: str, account: PartnerAccount, company_uuids: Iterable[UUID], every: timedelta) -> None:
    """
    Read a feed of companies for these that are new here, each for the first time at a place of its own.

    Thousands that come together would else all be due at once, and stand before companies in which something changed.

    :param every: over which time the first reads are spread at most; a few are read within seconds
    """
    uuids = list(company_uuids)
    if not uuids:
        return
    unread = Cursor.objects.filter(source=name, account=account, done_until=None).exclude(company_uuid=None).count()
    within, now = min(_FIRST_READS_APART * (unread + len(uuids)), every), timezone.now()
    cursors = [
        Cursor(source=name, account=account, company_uuid=company, next_at=now + within * _place(company))
        for company in uuids
    ]
    Cursor.objects.bulk_create(cursors, ignore_conflicts=True, batch_size=1000)


def _place(company: UUID) -> float:
    """Return where in a span of time a company has its turn: from 0 up to 1, always the same, evenly for many."""
    return int.from_bytes(hashlib.sha256(company.bytes).digest()[:4]) / 2**32


def unfollow(name: str, account: PartnerAccount, company_uuids: Iterable[UUID]) -> None:
    """Stop reading a feed for these companies."""
    Cursor.objects.filter(source=name, account=account, company_uuid__in=list(company_uuids)).delete()


def hurry(name: str, account: PartnerAccount, company_uuid: UUID | None = None) -> None:
    """Let a feed or watch run with the next beat instead of after its pause."""
    Cursor.objects.filter(source=name, account=account, company_uuid=company_uuid).update(next_at=timezone.now())


def begin(name: str, company_uuids: Iterable[UUID]) -> None:
    """Read a feed that has not been read yet for these companies with the next beat, not in its turn."""
    unread = Cursor.objects.filter(source=name, company_uuid__in=set(company_uuids), done_until=None, failures=0)
    unread.filter(next_at__gt=timezone.now()).update(next_at=timezone.now())


def stir(name: str, company_uuids: Iterable[UUID], within: timedelta) -> None:
    """Let a feed of companies be read soon for those in which something happens; quiet ones keep their long pause."""
    at = timezone.now() + within
    Cursor.objects.filter(source=name, company_uuid__in=set(company_uuids), next_at__gt=at).update(next_at=at)


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run one cursor, until its time is over."""

    cursor_id: int
    token: UUID

    def renew(self) -> None:
        """
        Hold the cursor for another lease time. In the transaction of a page it makes the page and the lease one act.

        :raises LeaseLostError: somebody else holds it
        """
        mine = Cursor.objects.filter(pk=self.cursor_id, lease=self.token)
        if not mine.update(leased_until=timezone.now() + lease_time()):
            raise LeaseLostError


def lease(cursor: Cursor) -> Lease | None:
    """Take a free cursor; None: somebody else was faster."""
    token, now = uuid.uuid4(), timezone.now()
    free = Cursor.objects.filter(pk=cursor.pk).exclude(leased_until__gt=now)
    if not free.update(lease=token, leased_until=now + lease_time()):
        return None
    cursor.refresh_from_db(fields=_PLACE)  # where the last run came to; its account stays as it was read
    return Lease(cursor.pk, token)


def release(held: Lease, next_at: datetime, **values: Any) -> None:
    """Give a cursor back with its new values; without effect when somebody else holds it meanwhile."""
    mine = Cursor.objects.filter(pk=held.cursor_id, lease=held.token)
    mine.update(lease=None, leased_until=None, next_at=next_at, **values)
