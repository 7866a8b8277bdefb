"""
Rows that hang from a company (registrations, users): what was told of them is compared with what is stored.

Only rows that differ are written anew; the others' time moves. What became another is returned, with what it was.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
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
    check_at: str = ""  # when it is looked at next; a look that is planned sooner stays

    def write(self, rows: Sequence[RowT], whole_of: Company | None = None) -> Written[RowT]:
        """
        Write rows as they were at their `fact_at`; what is stored is locked, so that two tellers see each other's rows.

        :param whole_of: the rows are all that this company has
        """
        with transaction.atomic(savepoint=False):
            stored = {_id(row): row for row in self._stored(rows, whole_of)}
            older = [row for row in rows if _id(row) not in stored or _fact_at(stored[_id(row)]) < _fact_at(row)]
            news = [row for row in older if self._differs(stored.get(_id(row)), row)]
            self._keep_hurry(stored, news)
            self._touch([(stored[_id(row)].pk, _fact_at(row)) for row in older if row not in news])
            told = {_id(row) for row in rows}
            lacking = [row for named, row in stored.items() if whole_of is not None and named not in told]
            return Written([(stored.get(_id(row)), row) for row in self._upsert(news)], lacking)

    @property
    def _columns(self) -> Sequence[str]:
        return (*self.told, self.check_at) if self.check_at else self.told

    def _stored(self, rows: Sequence[RowT], whole_of: Company | None) -> list[RowT]:
        mine: models.QuerySet[RowT] = models.QuerySet(self.model).defer(self.secret)
        if whole_of is not None:
            mine = mine.filter(company=whole_of)
        else:
            mine = mine.filter(company__in={_id(row)[0] for row in rows}, remote_id__in={_id(row)[1] for row in rows})
        return list(mine.order_by("pk").select_for_update())

    def _keep_hurry(self, stored: Mapping[tuple[int, str], RowT], news: Sequence[RowT]) -> None:
        for row in news if self.check_at else ():
            planned = getattr(stored.get(_id(row)), self.check_at, None)
            wanted = getattr(row, self.check_at)
            if planned is not None and wanted is not None:
                setattr(row, self.check_at, min(planned, wanted))

    def _differs(self, stored: RowT | None, row: RowT) -> bool:
        return stored is None or any(
            getattr(stored, name) != getattr(row, name) for name in self.told if name != self.secret
        )

    def _touch(self, confirmed: list[tuple[int, datetime]]) -> None:
        """Move the time of rows that are as they were."""
        at_of = defaultdict(list)
        for pk, at in confirmed:
            at_of[at].append(pk)
        for at, ids in at_of.items():
            models.QuerySet(self.model).filter(pk__in=ids, fact_at__lt=at).update(fact_at=at)

    def _upsert(self, news: list[RowT]) -> list[RowT]:
        """Write new and changed rows; return those that were: another teller may have come first with newer ones."""
        written = upsert(self.model, news, key=_KEY, columns=self._columns).news
        if len(written) == len(news):
            return news
        ids = set(models.QuerySet(self.model).filter(pk__in=written).values_list("company_id", "remote_id"))
        return [row for row in news if _id(row) in ids]


def _id(row: Any) -> tuple[int, str]:
    return row.company_id, str(row.remote_id)


def _fact_at(row: Any) -> datetime:
    at: datetime = row.fact_at
    return at
