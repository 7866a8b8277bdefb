from celery import shared_task

from portal.partners.models import PartnerAccount
from portal.sync import nudging, runs


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
