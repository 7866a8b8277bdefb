from celery import shared_task

from portal.counters import folding, verifying


@shared_task(name="counters.fold")
def fold() -> int:
    """Add up what was counted since. Harmless when run twice."""
    return folding.fold()


@shared_task(name="counters.verify")
def verify() -> int:
    """Count anew, nightly, and mend what differs; returns how many counts did."""
    return len(verifying.verify())
