"""
Rows that hang from a company (registrations, users): what was told of them is compared with what is stored.

Only rows that differ are written anew; the others' time moves. What became another is returned, with what it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import models, transaction

from companies.models import Company
from portal.sync.upsert import upsert

RowT = TypeVar("RowT", bound=models.Model)
_KEY = ("account", "company", "remote_id")


@dataclass(frozen=True, slots=True)
class Written(Generic[RowT]):
    """What one telling did: (row before or None, row now) for each that changed, and the stored rows that it lacks."""

    changed: list[tuple[RowT | None, RowT]] = field(default_factory=list)
    lacking: list[RowT] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Kind(Generic[RowT]):
    """One model of such rows: which columns are told, which are secret, and which are ours but written along."""

    model: type[RowT]
    told: Sequence[str]
    secret: str  # decrypting it costs; a digest beside it says whether it changed
    along: Sequence[str] = ()

    def write(self, company: Company, rows: Sequence[RowT], at: datetime, *, whole: bool) -> Written[RowT]:
        """
        Write rows as they were at `at`; what is stored is locked, so that two tellers see each other's rows.

        :param whole: the rows are all there are
        """
        with transaction.atomic(savepoint=False):
            stored = self._stored(company, rows, whole=whole)
            by_id = {_id(row): row for row in stored}
            older = [row for row in rows if _id(row) not in by_id or _fact_at(by_id[_id(row)]) < at]
            news = [row for row in older if self._differs(by_id.get(_id(row)), row)]
            self._touch([by_id[_id(row)].pk for row in older if row not in news], at)
            told = {_id(row) for row in rows}
            lacking = [row for row in stored if whole and _id(row) not in told]
            return Written([(by_id.get(_id(row)), row) for row in self._upsert(news)], lacking)

    def _stored(self, company: Company, rows: Sequence[RowT], *, whole: bool) -> list[RowT]:
        mine: models.QuerySet[RowT] = models.QuerySet(self.model).filter(company=company).defer(self.secret)
        if not whole:
            mine = mine.filter(remote_id__in=[_id(row) for row in rows])
        return list(mine.order_by("pk").select_for_update())

    def _differs(self, stored: RowT | None, row: RowT) -> bool:
        return stored is None or any(
            getattr(stored, name) != getattr(row, name) for name in self.told if name != self.secret
        )

    def _touch(self, confirmed: list[int], at: datetime) -> None:
        if confirmed:
            models.QuerySet(self.model).filter(pk__in=confirmed, fact_at__lt=at).update(fact_at=at)

    def _upsert(self, news: list[RowT]) -> list[RowT]:
        """Write new and changed rows; return those that were: another teller may have come first with newer ones."""
        written = upsert(self.model, news, key=_KEY, columns=(*self.told, *self.along)).news
        if len(written) == len(news):
            return news
        ids = set(models.QuerySet(self.model).filter(pk__in=written).values_list("remote_id", flat=True))
        return [row for row in news if _id(row) in ids]


def _id(row: Any) -> str:
    return str(row.remote_id)


def _fact_at(row: Any) -> datetime:
    at: datetime = row.fact_at
    return at
