"""Counts that stop: beyond a cap nobody needs the exact number, and counting a million rows costs more than a page."""

from typing import Any

from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _

CAP = 10_000


class Count(int):
    """How many rows there are; one more than its cap stands for "more than the cap", and is written so."""

    cap = 0  # 0: CAP, which everything but a search has

    @classmethod
    def up_to(cls, cap: int, number: int) -> "Count":
        count = cls(number)
        count.cap = cap
        return count

    @property
    def is_capped(self) -> bool:
        return self > (self.cap or CAP)

    def __str__(self) -> str:
        if self.is_capped:
            return _("more than %(cap)s") % {
                "cap": number_format(self.cap or CAP, 0, use_l10n=True, force_grouping=True)
            }
        return _written(int(self))

    @property
    def text(self) -> str:
        """Return what templates show: they would write any number by its digits."""
        return str(self)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


def _written(number: int) -> str:
    return str(number_format(number, 0, use_l10n=True, force_grouping=True))


def capped(rows: QuerySet[Any], cap: int = 0) -> Count:
    """Count rows, but not further than one beyond the cap (0: CAP)."""
    return Count.up_to(cap, rows.order_by()[: (cap or CAP) + 1].count())
