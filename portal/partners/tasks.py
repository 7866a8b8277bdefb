from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from portal.partners import calls


@shared_task(name="partners.prune_calls")
def prune_calls() -> int:
    """Drop calls older than CALL_LOG_DAYS; harmless when run twice."""
    return calls.prune(timezone.now() - timedelta(days=settings.CALL_LOG_DAYS))
