from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from portal.sync import runs
from portal.sync.models import SyncRun

_KEPT = timedelta(days=30)
_PRUNE_AT_ONCE = 5_000


@shared_task(name="sync.run_due")
def run_due() -> int:
    """Run what is due; three queries when nothing is. Harmless when run twice: leases decide."""
    return runs.run_due()


@shared_task(name="sync.prune")
def prune() -> int:
    """Drop the oldest rows of runs, some thousands at a time."""
    old = SyncRun.objects.filter(started_at__lt=timezone.now() - _KEPT).order_by("started_at")
    deleted, _by_model = SyncRun.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:_PRUNE_AT_ONCE])).delete()
    return deleted
