"""Celery's doors into this app."""

from celery import shared_task

from invoices import gaps
from invoices.sending import drops
from portal.partners.models import PartnerAccount


@shared_task(name=drops.TASK)
def read_drop(drop_id: int) -> None:
    """Read files that were given together; harmless when run twice."""
    drops.read(drop_id)


@shared_task(name="invoices.read_due")
def read_due() -> None:
    """Take up the drops whose message was lost or whose worker died."""
    for drop_id in drops.due():
        drops.read(drop_id)


@shared_task(name="invoices.find_gaps")
def find_gaps() -> int:
    """Find what some sources know and another does not, account by account; harmless when run twice."""
    return sum(gaps.look(account) for account in PartnerAccount.objects.active().defer("user_key", "vendor_key"))
