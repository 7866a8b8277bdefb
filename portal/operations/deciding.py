"""
Decisions about more operations than a request has time for: the first go at once, a worker carries out the others.

A message that is lost costs the rest of one decision: staff see the rows as they were, and decide again.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from portal.list_actions import all_meant
from portal.operations import batches, decisions, kinds, selections, waking
from portal.operations.decisions import Decided
from portal.operations.models import Batch, Operation

AT_ONCE = CHUNK = 500
Decide = Callable[[Iterable[int], Any], Decided]

VERBS: dict[str, Decide] = {
    "retry": decisions.retry_many,
    "cancel": decisions.cancel_many,
    "happened": decisions.confirm_many,
    "not-happened": decisions.deny_many,
}


class Outcome:
    """What became of a decision so far; `later`: a worker goes on with the rest."""

    def __init__(self) -> None:
        self.decided, self.not_allowed, self.later = Decided(), 0, False


def about_listed(request: HttpRequest, rows: QuerySet[Operation], verb: str) -> Outcome:
    """Decide about operations that were picked in their list, the ticked ones or all that its filter lets through."""
    outcome, chunks, user = Outcome(), _chunks(rows), request.user
    first = next(chunks, [])
    _decide(first, verb, user, outcome)
    if len(first) == CHUNK and all_meant(request):
        outcome.later = True
        query, highest, last = selections.filter_of(request), selections.highest(Operation), first[-1][0]
        user_id = user.pk
        transaction.on_commit(
            lambda: waking.send("operations.decide_listed", user_id, query, [last, highest], verb),
        )
        return outcome
    for chunk in chunks:
        _decide(chunk, verb, user, outcome)
    return outcome


def about_rest_of_list(user_id: int, query: str, bounds: tuple[int, int], verb: str) -> Outcome:
    """Go on where `about_listed` stopped, with the rights that the viewer still has."""
    outcome = Outcome()
    user = get_user_model().objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return outcome
    rows = selections.listed(admin.site.get_model_admin(Operation), query, user)
    for chunk in _chunks(rows.filter(pk__lte=bounds[1]), after=bounds[0]):
        _decide(chunk, verb, user, outcome)
    return outcome


def about_rest_of_batch(batch_id: int, user_id: int | None, last: int, verb: str) -> None:
    """Go on where the batch's button stopped."""
    batch, user = Batch.objects.get(pk=batch_id), get_user_model().objects.filter(pk=user_id or 0).first()
    for chunk in _chunks(batches.decidable(batch, verb), after=last):
        VERBS[verb]([pk for pk, _kind in chunk], user)
        if verb == "retry":
            batches.reopen(batch)


def _decide(chunk: list[tuple[int, str]], verb: str, user: Any, outcome: Outcome) -> None:
    allowed = [pk for pk, kind in chunk if kinds.may(user, kind)]
    decided = VERBS[verb](allowed, user)
    outcome.not_allowed += len(chunk) - len(allowed)
    outcome.decided.changed += decided.changed
    outcome.decided.refused += decided.refused


def _chunks(rows: QuerySet[Operation], after: int = 0) -> Iterator[list[tuple[int, str]]]:
    """Yield id and kind of rows by id; what is decided may leave the filter meanwhile."""
    ordered, last = rows.order_by("pk").values_list("pk", "kind"), after
    while chunk := list(ordered.filter(pk__gt=last)[:CHUNK]):
        yield chunk
        last = chunk[-1][0]
