"""For how long operations, their calls and batches are kept: what is open, unknown or in a running batch stays."""

from collections.abc import Collection

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.operations.enums import LIVE_BATCH_STATES, OPEN_STATES, AttemptState, BatchState
from portal.operations.models import Operation
from portal.partners.models import ApiCall
from portal.retention import Ids, Kind, Stay, protect, register

_LIVE = (*LIVE_BATCH_STATES, BatchState.PAUSED)


def calls_of_open(ids: Ids) -> Collection[int]:
    """Return those calls whose operation has not ended: its outcome may hang on them."""
    calls = dict(ApiCall.objects.filter(pk__in=ids, operation_id__isnull=False).values_list("pk", "operation_id"))
    still = Operation.objects.open().filter(pk__in=set(calls.values()))
    open_ones = set(still.values_list("pk", flat=True))
    return [pk for pk, operation in calls.items() if operation in open_ones]


def attempts_with_members(ids: Ids) -> Collection[int]:
    return set(Operation.objects.filter(attempt__in=ids).values_list("attempt", flat=True))


def batches_with_operations(ids: Ids) -> Collection[int]:
    return set(Operation.objects.filter(batch__in=ids).order_by().values_list("batch", flat=True).distinct())


protect("partners.calls", _("Its operation has not ended"), calls_of_open)
register(
    Kind(
        name="operations.operations",
        label=_("Operations"),
        model_label="operations.Operation",
        made="created_at",
        age="settled_at",
        days=1_095,
        lowest=365,
        why=_("Who did what at AutoInvoice, when, and how it ended: the companies' timelines and the audit trail."),
        may_go=~Q(state__in=OPEN_STATES) & (Q(batch=None) | ~Q(batch__state__in=_LIVE)),
        open_label=_("Open, outcome unknown, or in a batch that has not ended"),
        describe=lambda operation: f"#{operation.pk} {operation.kind}",
    )
)
register(
    Kind(
        name="operations.attempts",
        label=_("Attempts"),
        model_label="operations.Attempt",
        made="started_at",
        age="ended_at",
        days=1_095,
        lowest=90,
        why=_("One call each of an operation: when it began, how it ended. The last one stays with its operation."),
        may_go=~Q(state=AttemptState.SENDING),
        stays=[Stay(_("Its operation is still here"), attempts_with_members)],
        describe=lambda attempt: f"#{attempt.pk} {attempt.kind}",
    )
)
register(
    Kind(
        name="operations.batches",
        label=_("Batches"),
        model_label="operations.Batch",
        made="created_at",
        age="ended_at",
        days=1_095,
        lowest=90,
        why=_("What staff started together, its preview and what was left out. It goes after its operations."),
        may_go=Q(state__in=(BatchState.DONE, BatchState.CANCELED)),
        stays=[Stay(_("Its operations are still here"), batches_with_operations)],
        describe=lambda batch: f"#{batch.pk} {batch.label}",
    )
)
