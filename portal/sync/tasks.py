from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from portal.partners.models import PartnerAccount
from portal.sync import nudging, runs
from portal.sync.models import SyncRun

_KEPT = timedelta(days=30)
_PRUNE_AT_ONCE = 5_000


@shared_task(name="sync.run_due")
def run_due() -> int:
    """Run what is due; three queries when nothing is. Harmless when run twice: leases decide."""
    return runs.run_due()


@shared_task(name="sync.look")
def look(name: str, account_id: int) -> None:
    """Run one watch because somebody asked for it, until nothing is due. Harmless when run twice."""
    nudging.taken(name, account_id)
    for account in PartnerAccount.objects.active().filter(pk=account_id):
        runs.look_until_idle(name, account)


@shared_task(name="sync.prune")
def prune() -> int:
    """Drop the oldest rows of runs, some thousands at a time."""
    old = SyncRun.objects.filter(started_at__lt=timezone.now() - _KEPT).order_by("started_at")
    deleted, _by_model = SyncRun.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:_PRUNE_AT_ONCE])).delete()
    return deleted
