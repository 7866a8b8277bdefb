"""The one task that belongs to no room."""

from celery import shared_task

from portal import beats


@shared_task(name="portal.beat")
def beat() -> None:
    """Show that messages reach a worker's pool. That beat published it, beat's own process has marked already."""
    beats.mark(beats.TASKS)
