"""Celery's app and the schedule of all periodic work, in code: a schedule in a database is known to nobody."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    # Seconds. Sweeps find in the database what a lost message, a killed worker or a dead broker left behind.
    "operations.sweep": {"task": "operations.sweep", "schedule": 5.0},
    "webhooks.sweep": {"task": "webhooks.sweep", "schedule": 5.0},
    "sync.run_due": {"task": "sync.run_due", "schedule": 5.0},
    "portal.beat": {"task": "portal.beat", "schedule": 5.0},
    "partners.prune_calls": {"task": "partners.prune_calls", "schedule": 3600.0},
}
