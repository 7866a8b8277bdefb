import logging

from celery import shared_task
from django.utils import timezone

from portal.keeping import removing, running

logger = logging.getLogger("portal.keeping")
_SECONDS = 45.0  # a task's turn
_SUNDAY = 6


@shared_task(name="keeping.work")
def work() -> None:
    """Go on with the run that is under way; harmless when run twice, a lease decides."""
    running.work(_SECONDS)


@shared_task(name="keeping.persons")
def persons() -> None:
    """Search for persons and remove what may go; harmless when run twice, leases decide."""
    removing.work()


@shared_task(name="keeping.nightly")
def nightly() -> None:
    """Begin the night's removal, unless a run is under way; once a week it walks over the file storage, too."""
    try:
        running.begin(is_trial=False, with_folders=timezone.localdate().weekday() == _SUNDAY)
    except running.AlreadyRunningError:
        logger.info("a retention run is under way already")
