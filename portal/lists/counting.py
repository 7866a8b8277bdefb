"""Counts that stop: beyond a cap nobody needs the exact number, and counting a million rows costs more than a page."""

from typing import Any

from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _

CAP = 10_000


class Count(int):
    """How many rows there are; one more than CAP stands for "more than CAP", and is written so."""

    @property
    def is_capped(self) -> bool:
        return self > CAP

    def __str__(self) -> str:
        if self.is_capped:
            return _("more than %(cap)s") % {"cap": number_format(CAP, 0, use_l10n=True, force_grouping=True)}
        return str(number_format(int(self), 0, use_l10n=True, force_grouping=True))

    @property
    def text(self) -> str:
        """Return what templates show: they would write any number by its digits."""
        return str(self)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


def capped(rows: QuerySet[Any]) -> Count:
    """Count rows, but not further than one beyond CAP."""
    return Count(rows.order_by()[: CAP + 1].count())
