"""Pages of a plan's rows: keyed by class and row number, so that the last page costs what the first does."""

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet

from companies.enums import RowOutcome
from companies.models import ImportRow

SIZE = 50


def page(rows: QuerySet[ImportRow], after: str, size: int = SIZE) -> tuple[list[ImportRow], str]:
    """
    Return one page, classes that need somebody first, and the key of the next page ("": it was the last).

    :param after: the key that the page before gave
    """
    classes: Sequence[str] = ["", *RowOutcome.values]
    rank, last = _key(after)
    found: list[ImportRow] = []
    for place in range(rank, len(classes)):
        beyond = last if place == rank else 0
        of_class = rows.filter(outcome=classes[place], number__gt=beyond).order_by("number")
        found += of_class[: size + 1 - len(found)]
        if len(found) > size:
            end = found[size - 1]
            return found[:size], f"{classes.index(end.outcome)}-{end.number}"
    return found, ""


def every(rows: QuerySet[ImportRow]) -> Iterator[ImportRow]:
    """Yield all rows in the same order, some hundred at a time."""
    after = ""
    while True:
        found, after = page(rows, after, size=500)
        yield from found
        if not after:
            return


def _key(after: str) -> tuple[int, int]:
    rank, _dash, last = after.partition("-")
    return (int(rank), int(last)) if rank.isdecimal() and last.isdecimal() else (0, 0)
