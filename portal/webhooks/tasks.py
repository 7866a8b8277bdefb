"""Thin tasks around draining. Both are harmless when run twice or at the same time."""

from celery import shared_task

from portal.webhooks import draining

# One task holds its worker only so long; the rest is found by the next sweep or message.
_MOST = 2000


@shared_task(name="webhooks.drain")
def drain() -> int:
    """Process stored deliveries after one came."""
    return draining.drain(_MOST)


@shared_task(name="webhooks.sweep")
def sweep() -> int:
    """Process what is due: retries, and what a lost message left."""
    return draining.drain(_MOST)
