"""What staff say about requests on the desk: local facts, each with an entry in Django's log."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from companies.enums import AuthorizationState, Problem
from companies.history import changes
from companies.models import Authorization
from portal.operations import causes


def mark(requests: QuerySet[Authorization], problem: Problem, note: str, actor: Any) -> int:
    """Say what is wrong with requests; returns how many were marked."""
    return _change(
        requests, actor, f"{problem}: {note}", problem=problem, problem_note=note[:500], problem_at=timezone.now()
    )


def clear(requests: QuerySet[Authorization], note: str, actor: Any) -> int:
    """Take the marks away."""
    marked = requests.exclude(problem="")
    return _change(marked, actor, f"mark taken away: {note}", problem="", problem_note="", problem_at=None)


def drop(requests: QuerySet[Authorization], note: str, actor: Any) -> int:
    """Stop following requests; AutoInvoice is not told, for it has no way to withdraw one."""
    now = timezone.now()
    with transaction.atomic():
        for request in requests.filter(state=AuthorizationState.OPEN).select_related("company"):
            change = changes.Change(changes.REQUEST, str(request.state), str(AuthorizationState.DROPPED))
            with causes.told_by(causes.Cause(causes.STAFF, None, actor.pk)):
                changes.note(request.company, [change], now)
        return _change(
            requests, actor, f"no longer followed: {note}",
            state=AuthorizationState.DROPPED, ended_at=now, on_desk=False, problem_note=note[:500],
        )  # fmt: skip


def _change(requests: QuerySet[Authorization], actor: Any, words: str, **columns: Any) -> int:
    with transaction.atomic():
        ids: Iterable[int] = list(requests.values_list("pk", flat=True))
        chosen = Authorization.objects.filter(pk__in=ids).select_related("company")
        if not ids:
            return 0
        LogEntry.objects.log_actions(actor.pk, chosen, CHANGE, change_message=words[:500])
        return Authorization.objects.filter(pk__in=ids).update(**columns)
