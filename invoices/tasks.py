"""Celery's doors into this app."""

from celery import shared_task
from django.utils import timezone

from invoices import drops


@shared_task(name=drops.TASK)
def read_drop(drop_id: int) -> None:
    """Read files that were given together; harmless when run twice."""
    drops.read(drop_id)


@shared_task(name="invoices.read_due")
def read_due() -> None:
    """Take up the drops whose message was lost or whose worker died."""
    for drop_id in drops.due():
        drops.read(drop_id)


@shared_task(name="invoices.prune_drops")
def prune_drops() -> int:
    """Delete what old drops left in the storage; harmless when run twice."""
    return drops.prune(timezone.now() - drops.KEPT)
