"""
Celery's doors to the runner. All are harmless when run twice, and none says which operations: that is in the database.

The two that go on with a decision carry where it stopped.
"""

import time

from celery import shared_task

from portal.operations import counting, deciding, filling, runner
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


@shared_task(name="operations.decide_listed")
def decide_listed(user_id: int, query: str, bounds: tuple[int, int], verb: str) -> None:
    """Decide about the rest of the operations that a list's filter lets through."""
    deciding.about_rest_of_list(user_id, query, bounds, verb)


@shared_task(name="operations.decide_batch")
def decide_batch(batch_id: int, user_id: int | None, last: int, verb: str) -> None:
    """Decide about the rest of a batch's operations."""
    deciding.about_rest_of_batch(batch_id, user_id, last, verb)


@shared_task(name="operations.sweep")
def sweep() -> None:
    """Find what was left behind."""
    runner.sweep()
