"""Celery's doors into this app."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from companies import uploads

KEPT = timedelta(days=1)


@shared_task(name="companies.prune_uploads")
def prune_uploads() -> int:
    """Drop onboarding files whose plan was never confirmed; harmless when run twice."""
    return uploads.prune(timezone.now() - KEPT)
