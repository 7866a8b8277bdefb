"""Walking over one kind of rows: the next thousand by primary key, what of them goes, and why others stay."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from portal import retention
from portal.keeping.models import LeftFile, RetentionStep
from portal.retention import Kind

CHUNK = 1_000  # rows that are looked at in one transaction
EXAMPLES = 5


def take(step: RetentionStep, kind: Kind, *, is_trial: bool) -> bool:
    """
    Look at the next rows of a kind, remove what goes (a trial only counts it), and write into the step what was done.

    Inside of a transaction. Returns whether the kind has been walked to its end: no later row can be old.
    """
    rows = kind.model._default_manager.filter(pk__gt=step.cursor).order_by("pk")  # noqa: SLF001
    chunk: list[tuple[int, datetime | None, datetime | None]] = list(
        rows.values_list("pk", kind.made, kind.age)[:CHUNK]
    )
    if not chunk:
        return True
    ages = {pk: age for pk, _made, age in chunk if age is not None and age < step.before}
    going = _going(step, kind, sorted(ages))
    _note(step, kind, going, ages)
    if going and not is_trial:
        left = kind.removal()(going)
        LeftFile.objects.bulk_create([LeftFile(path=path) for path in dict.fromkeys(left)])
    step.looked += len(chunk)
    step.cursor = chunk[-1][0]
    return len(chunk) < CHUNK or all(made is not None and made >= step.before for _pk, made, _age in chunk)


def _going(step: RetentionStep, kind: Kind, old: Sequence[int]) -> list[int]:
    """Return which old rows go; they are locked, so that they stay as they are until then."""
    if not old:
        return []
    manager = kind.model._default_manager  # noqa: SLF001  Django's documented name
    may_go = set(manager.filter(kind.may_go, pk__in=old).values_list("pk", flat=True))
    going = set(manager.select_for_update().filter(pk__in=may_go).values_list("pk", flat=True))
    # Asked again under the lock: what staff took up meanwhile stays.
    going &= set(manager.filter(kind.may_go, pk__in=going).values_list("pk", flat=True))
    _count(step, str(kind.open_label), len(old) - len(going))
    for stay in retention.stays_of(kind):
        stays = going.intersection(stay.among(sorted(going))) if going else set()
        _count(step, str(stay.label), len(stays))
        going -= stays
    return sorted(going)


def _count(step: RetentionStep, reason: str, count: int) -> None:
    if count:
        step.stayed[reason] = step.stayed.get(reason, 0) + count


def _note(step: RetentionStep, kind: Kind, going: Sequence[int], ages: dict[int, datetime]) -> None:
    if not going:
        return
    times = [ages[pk] for pk in going]
    step.gone += len(going)
    step.oldest = min(filter(None, (step.oldest, min(times))))
    step.newest = max(filter(None, (step.newest, max(times))))
    wanted = EXAMPLES - len(step.examples)
    if wanted > 0:
        rows = kind.model._default_manager.in_bulk(going[:wanted])  # noqa: SLF001  Django's documented name
        step.examples += [
            f"{kind.describe(row)[:100]}, {timezone.localtime(ages[pk]):%Y-%m-%d}" for pk, row in sorted(rows.items())
        ]
