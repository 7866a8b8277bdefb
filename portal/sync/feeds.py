"""
What an app declares to keep its mirrors in step with AutoInvoice: a Feed reads lists, a Watch looks at rows one by one.

An app subclasses one of them in its `sync.py`, once per list or kind of row, and decorates it with `registry.register`.
Both are stateless: one instance serves all accounts. HTTP happens outside of transactions, writing inside.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from django.db import models

from portal import maventa
from portal.partners.models import PartnerAccount
from portal.sync import paces
from portal.sync.upsert import Written, upsert

ItemT = TypeVar("ItemT")
RowT = TypeVar("RowT", bound=models.Model)
SeenT = TypeVar("SeenT")


class Scope(StrEnum):
    ACCOUNT = "account"  # the client speaks for the partner company
    COMPANY = "company"  # one cursor a company, made by `cursors.follow`; the client speaks for it


@dataclass(frozen=True, slots=True)
class Window:
    """What a run has to read: changes from `since` (None: from the beginning) up to `until`. Both aware."""

    since: datetime | None
    until: datetime


@dataclass(frozen=True, slots=True)
class Page(Generic[ItemT]):
    """One page of a list. `position`: where a killed run goes on after it, JSON, given back to `Feed.pages`."""

    items: list[ItemT]
    position: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Read(Generic[ItemT]):
    """A page that was read, and when it was asked for."""

    page: Page[ItemT]
    at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """For whom a run is: an account, and for feeds of companies one company of it."""

    account: PartnerAccount
    company_uuid: UUID | None = None

    @property
    def company(self) -> UUID:
        """
        Return the company that a feed of companies is read for.

        :raises ValueError: this is a feed of the account
        """
        if self.company_uuid is None:
            raise ValueError("a feed of the account has no company")
        return self.company_uuid


class Feed(Generic[ItemT]):
    """A list at AutoInvoice: its pages are fetched ahead, and all that have come are written with one statement."""

    name: ClassVar[str]  # "companies.company_list"
    label: ClassVar[Any]  # staff words
    scope: ClassVar[Scope] = Scope.ACCOUNT
    every: ClassVar[timedelta] = timedelta(minutes=1)  # pause after a run that found news
    slowest: ClassVar[timedelta] = timedelta(minutes=15)  # longest pause after runs that found nothing
    overlap: ClassVar[timedelta] = timedelta(minutes=10)  # how far a window reaches back into the last one
    first_window: ClassVar[timedelta | None] = None  # how far back the first window goes; None: to the beginning

    model: ClassVar[type[models.Model]]
    key: ClassVar[tuple[str, ...]]  # fields of a unique constraint, such as ("account", "uuid")
    columns: ClassVar[tuple[str, ...]]  # fields that a newer fact overwrites
    fact_at: ClassVar[str] = "fact_at"  # the field that says when the facts were true
    # See `upsert`. False writes nothing for what is the same: for columns that nothing but this feed writes, or where
    # who hears of an older fact asks `confirmations`.
    touch: ClassVar[bool] = False

    is_patient: ClassVar[bool] = False  # it runs when nothing else is due

    def rest(self, pause: float, *, news: bool) -> float:
        """Return the seconds until the next run, after one that found news or none; `pause`: those before this one."""
        return paces.after_run(pause, news=news, every=self.every, slowest=self.slowest)

    def pages(self, client: maventa.Client, window: Window, position: dict[str, Any]) -> Iterator[Page[ItemT]]:
        """
        Read the window lazily, from `position` on ({}: from its beginning). HTTP only, on a thread of its own.

        :raises maventa.MaventaError: the run ends, its next one goes on from the last page that was written
        """
        raise NotImplementedError

    def rows(self, place: Place, items: list[ItemT], read_at: datetime) -> Iterable[models.Model]:
        """Return unsaved rows for one page's items; may read the database. `read_at`: when the page was asked for."""
        raise NotImplementedError

    def write(self, place: Place, reads: Sequence[Read[ItemT]]) -> Written:
        """Write the pages that have come, inside a transaction; by default one upsert of their `rows`."""
        rows = [row for read in reads for row in self.rows(place, read.page.items, read.at)]
        return upsert(self.model, rows, key=self.key, columns=self.columns, fact_at=self.fact_at, touch=self.touch)

    def written(self, place: Place, written: Written) -> None:
        """Do what follows from news (announce facts); in the pages' transaction, when they wrote something."""

    def finished(self, place: Place, window: Window) -> None:
        """Do what needs the whole list (rows that are gone); in the transaction that ends a run which read it all."""


@dataclass(frozen=True, slots=True)
class Look(Generic[RowT, SeenT]):
    """What a look at one row brought."""

    row: RowT
    seen: SeenT
    at: datetime  # when it was asked for: the fact's time


class Watch(Generic[RowT, SeenT]):
    """Rows that are looked at by id, each when its own `next_check_at` has come: often while young, seldom when old."""

    name: ClassVar[str]  # "invoices.pending"
    label: ClassVar[Any]  # staff words
    every: ClassVar[timedelta] = timedelta(seconds=5)  # how often it is asked which rows are due
    limit: ClassVar[int] = 64  # rows of one round
    parallel: ClassVar[int] = 8  # looks at the same time
    next_check_at: ClassVar[str] = "next_check_at"
    after_error: ClassVar[timedelta] = timedelta(minutes=2)  # pause of a row whose look failed

    def due(self, account: PartnerAccount, limit: int) -> Sequence[RowT]:
        """Return the rows that are due, the longest overdue first; an indexed query."""
        raise NotImplementedError

    def company_of(self, row: RowT) -> UUID | None:
        """Return the company to speak for; None: the partner company."""
        raise NotImplementedError

    def look(self, client: maventa.Client, row: RowT) -> SeenT:
        """
        Ask AutoInvoice about one row. HTTP only: runs on a thread without a database connection.

        :raises maventa.MaventaError: this row is looked at again later, the others go on
        """
        raise NotImplementedError

    def write(self, account: PartnerAccount, looks: list[Look[RowT, SeenT]]) -> int:
        """Write what a round saw, in one transaction; return how many rows changed. `next_check_at` is the frame's."""
        raise NotImplementedError

    def next_check(self, look: Look[RowT, SeenT]) -> datetime | None:
        """Return when the row is due again (see `paces.by_age`); None: not until somebody says so."""
        raise NotImplementedError

    def pause_after_error(self, row: RowT) -> timedelta:
        """Return how long a row whose look failed is left alone."""
        return self.after_error

    def failed(self, account: PartnerAccount, row: RowT, error: maventa.MaventaError) -> None:
        """Note an error on the row (a company that is gone); in the round's transaction."""
