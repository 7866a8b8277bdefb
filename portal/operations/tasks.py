"""Celery's doors to the runner. All are harmless when run twice, and none carries an operation's id."""

import time

from celery import shared_task

from portal.operations import counting, filling, runner
from portal.partners.models import PartnerAccount


@shared_task(name="operations.drain")
def drain(account_id: int) -> None:
    """Send what is due for an account."""
    runner.work(account_id)


@shared_task(name="operations.resolve")
def resolve(account_id: int) -> None:
    """Look up what was lost for an account."""
    until = time.monotonic() + runner.LONGEST
    for account in PartnerAccount.objects.active().filter(pk=account_id):
        while runner.resolve_due(account) and time.monotonic() < until:
            pass  # the next page


@shared_task(name="operations.fill")
def fill(account_id: int) -> None:
    """Write the operations of the account's started batches, and work out the previews that staff wait for."""
    filling.fill(account_id)
    counting.count_due(account_id)


@shared_task(name="operations.sweep")
def sweep() -> None:
    """Find what was left behind."""
    runner.sweep()
