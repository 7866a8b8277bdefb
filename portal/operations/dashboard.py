"""What the dashboard shows of operations: cases that a person has to decide, and work under way."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal import dashboard
from portal.dashboard import Accounts, Card, Move
from portal.operations import kinds
from portal.operations.enums import LIVE_BATCH_STATES, MOVING_STATES
from portal.operations.models import Batch, Operation


def cards(accounts: Accounts) -> Iterable[Card]:
    operations = Operation.objects.filter(account__in=accounts)
    cases = operations.named_cases().count()
    # State by state: given several, SQLite reads all operations there are.
    under_way = sum(operations.filter(state=state).count() for state in MOVING_STATES)
    yield Card(
        _("Cases for a person"),
        cases,
        _list("operation", state="human"),
        "bad" if cases else "neutral",
        "person_alert",
        _("The outcome is unknown and cannot be looked up"),
        order=20,
    )
    yield Card(_("Under way"), under_way, _list("operation", state="moving"), "info", "send", order=21)
    running = Batch.objects.filter(account__in=accounts, state__in=LIVE_BATCH_STATES).count()
    yield Card(
        _("Running batches"), running, _list("batch", state__in=",".join(LIVE_BATCH_STATES)), "info", "stacks", order=22
    )


def moves(accounts: Accounts, most: int) -> Iterable[Move]:
    """Return the named cases, the oldest first."""
    cases = Operation.objects.filter(account__in=accounts).named_cases().order_by("pk").prefetch_related("target")
    for operation in cases[:most]:
        yield Move(
            what=f"{kinds.label_of(operation.kind)}: {operation.named_case}",
            whose=_("Staff"),
            title=str(operation.target or _("not there any more")),
            url=reverse("admin:operations_operation_change", args=[operation.pk]),
            since=operation.created_at,
            tone="bad",
            action=_("Decide"),
        )


def _list(model: str, **filters: str) -> str:
    return f"{reverse(f'admin:operations_{model}_changelist')}?{urlencode(filters)}"


dashboard.register_cards(cards)
dashboard.register_moves(moves)
