"""How often predictions came true: by class of prediction, for one file and for all that were carried out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.db.models.fields.json import KeyTransform

from companies.enums import RowOutcome
from companies.models import ImportFile
from portal.partners.models import PartnerAccount

Counts = dict[str, dict[str, int]]  # outcome → {"hit": 7, "miss": 1, "open": 2}
_WORDS = {True: "hit", False: "miss", None: "open"}


@dataclass(frozen=True, slots=True)
class Rate:
    """One class of prediction. `still_open`: nobody can tell yet, or ever."""

    outcome: RowOutcome
    hits: int
    misses: int
    still_open: int

    @property
    def told(self) -> int:
        return self.hits + self.misses

    @property
    def percent(self) -> int | None:
        """Return the hit rate; None: nothing can be told yet."""
        return None if not self.told else int(100 * self.hits / self.told)


def of(file: ImportFile) -> Counts:
    """Count the hits of a file; what `ImportFile.plan["rates"]` keeps."""
    counts: Counts = {}
    rows = file.rows.exclude(outcome="").order_by().values_list("outcome", "hit").annotate(n=Count("pk"))
    for outcome, hit, n in rows:
        counts.setdefault(outcome, {"hit": 0, "miss": 0, "open": 0})[_WORDS[hit]] += n
    return counts


def rates(counts: Counts) -> list[Rate]:
    """Return the rates by class, in the order of the classes; those without rows are left out."""
    return [
        Rate(outcome, counts[outcome]["hit"], counts[outcome]["miss"], counts[outcome]["open"])
        for outcome in RowOutcome
        if outcome in counts
    ]


def over_all(accounts: Iterable[PartnerAccount]) -> list[Rate]:
    """Return the rates over all files of some accounts that were carried out."""
    files = ImportFile.objects.filter(account__in=accounts, batch__isnull=False, compared_at__isnull=False)
    return rates(_sum(files.values_list(KeyTransform("rates", "plan"), flat=True)))


def total(found: Sequence[Rate]) -> tuple[int, int]:
    """Return hits, and how many could be told."""
    return sum(rate.hits for rate in found), sum(rate.told for rate in found)


def _sum(parts: Iterable[Counts | None]) -> Counts:
    whole: Counts = {}
    for part in parts:
        for outcome, counts in (part or {}).items():
            mine = whole.setdefault(outcome, {"hit": 0, "miss": 0, "open": 0})
            for word, n in counts.items():
                mine[word] += n
    return whole
