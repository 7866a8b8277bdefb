"""Celery's doors into this app."""

from celery import shared_task
from django.utils import timezone

from companies.desk import signatures
from companies.files import importing
from companies.life import activity
from companies.operations.lifecycle import KeepActive
from companies.planning import comparing, doors
from companies.users import shown_keys
from portal.operations import queueing
from portal.operations.queueing import row_of
from portal.partners.models import PartnerAccount


@shared_task(name="companies.follow_signatures")
def follow_signatures() -> None:
    """End requests that ran out, and queue the reminders that are due; harmless when run twice."""
    signatures.end_expired()
    signatures.queue_due_reminders()


@shared_task(name="companies.read_files")
def read_files() -> None:
    """Read the rows of uploaded files, and of those whose worker died; harmless when run twice."""
    importing.read_due()


@shared_task(name="companies.work_files")
def work_files(account_id: int) -> None:
    """Plan and carry out the files of an account; harmless when run twice."""
    doors.work(account_id)


@shared_task(name="companies.sweep_files")
def sweep_files() -> None:
    """Take up the files whose message was lost or whose worker died."""
    doors.sweep()


@shared_task(name="companies.compare_files")
def compare_files() -> None:
    """Hold plan and outcome of the files that run against each other."""
    comparing.follow()


@shared_task(name="companies.note_activity")
def note_activity() -> None:
    """Work out which companies are quiet, and keep those alive whose account wants it; harmless when run twice."""
    for account in PartnerAccount.objects.active():
        activity.note(account)
        if account.keeps_active:
            due = activity.due_for_keeping(account, activity.KEPT_AT_ONCE)
            rows = [row_of(company, {}) for company in due]
            queueing.queue_many(KeepActive.kind, rows, account=account)


@shared_task(name="companies.forget_keys")
def forget_keys() -> int:
    """Forget keys that nobody came to see; harmless when run twice."""
    return shown_keys.forget_unseen(timezone.now() - shown_keys.WAITS)
