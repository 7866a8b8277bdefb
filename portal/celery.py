"""Celery's app and the schedule of all periodic work, in code: a schedule in a database is known to nobody."""

import gc
import os
import sys
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

_TURN = 0.0005  # seconds that a thread keeps the interpreter while others want it

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# While no worker is there, old sweeps do not pile up: the next one finds the same.
_SHORT_LIVED = {"expires": 10}
app.conf.beat_schedule = {
    # Seconds. Sweeps find in the database what a lost message, a killed worker or a dead broker left behind.
    "operations.sweep": {"task": "operations.sweep", "schedule": 5.0, "options": _SHORT_LIVED},
    "webhooks.sweep": {"task": "webhooks.sweep", "schedule": 5.0, "options": _SHORT_LIVED},
    "sync.run_due": {"task": "sync.run_due", "schedule": 5.0, "options": _SHORT_LIVED},
    "portal.beat": {"task": "portal.beat", "schedule": 5.0, "options": _SHORT_LIVED},
    "companies.follow_signatures": {"task": "companies.follow_signatures", "schedule": 30.0, "options": _SHORT_LIVED},
    "companies.read_files": {"task": "companies.read_files", "schedule": 5.0, "options": _SHORT_LIVED},
    "companies.sweep_files": {"task": "companies.sweep_files", "schedule": 5.0, "options": _SHORT_LIVED},
    "companies.compare_files": {"task": "companies.compare_files", "schedule": 15.0, "options": _SHORT_LIVED},
    "companies.note_activity": {"task": "companies.note_activity", "schedule": 3600.0},
    "companies.forget_keys": {"task": "companies.forget_keys", "schedule": 3600.0},
    "invoices.find_gaps": {"task": "invoices.find_gaps", "schedule": 600.0},
    "invoices.read_due": {"task": "invoices.read_due", "schedule": 5.0, "options": _SHORT_LIVED},
    "receivables.open_billing_months": {"task": "receivables.open_billing_months", "schedule": 3600.0},
    "receivables.count_money": {"task": "receivables.count_money", "schedule": 120.0, "options": _SHORT_LIVED},
    "receivables.follow_messages": {"task": "receivables.follow_messages", "schedule": 60.0, "options": _SHORT_LIVED},
    "alerts.evaluate": {"task": "alerts.evaluate", "schedule": 30.0, "options": _SHORT_LIVED},
    "counters.fold": {"task": "counters.fold", "schedule": 10.0, "options": _SHORT_LIVED},
    "keeping.work": {"task": "keeping.work", "schedule": 10.0, "options": _SHORT_LIVED},
    "keeping.persons": {"task": "keeping.persons", "schedule": 10.0, "options": _SHORT_LIVED},
    "keeping.nightly": {"task": "keeping.nightly", "schedule": crontab(hour="1", minute="30")},
    "counters.verify": {"task": "counters.verify", "schedule": crontab(hour="2", minute="40")},
}


def settle(**_kwargs: Any) -> None:
    """Make the process ready for much work on many threads."""
    # What is loaded lives as long as the process: it is taken out of the collector's rounds, for tasks make many rows.
    gc.collect()
    gc.freeze()
    # Calls wait for answers on threads: each needs the interpreter for a moment only, while another one writes rows.
    sys.setswitchinterval(_TURN)


worker_ready.connect(settle, dispatch_uid="portal.celery.settle")
