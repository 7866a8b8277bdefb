"""What tasks and commands call: work on the files of an account, and find those that nobody works on."""

import time

from django.db.models import Q, QuerySet
from django.utils import timezone

from companies.enums import ImportState
from companies.models import ImportFile
from companies.planning import carrying, working
from portal.operations import waking
from portal.operations.enums import BatchState

_PAUSE = 0.1  # seconds


def work(account_id: int) -> None:
    """Plan and carry out what waits in an account; harmless in two workers at once, and when run twice."""
    for file_id in list(due().filter(account=account_id).order_by("pk").values_list("pk", flat=True)):
        work_on(file_id)


def work_on(file_id: int) -> None:
    """Plan or carry out one file for a while, unless another worker has it."""
    with working.lease(file_id) as held:
        if held is None:
            return
        file = ImportFile.objects.select_related("account").get(pk=file_id)
        if not _work(file, held):
            working.wake(file.account_id)


def _work(file: ImportFile, held: working.Lease) -> bool:
    """Return whether there is nothing left to do."""
    if file.state == ImportState.PLANNING:
        return working.plan(file, held)
    return file.state != ImportState.STARTED or carrying.carry_out(file, held)


def finish(file: ImportFile) -> None:
    """Plan or carry out a file to its end in this process, or wait until another one has."""
    while due_or_leased(file.pk):
        work_on(file.pk)
        if due_or_leased(file.pk) and not due().filter(pk=file.pk).exists():
            time.sleep(_PAUSE)  # a worker has it
    file.refresh_from_db()


def sweep() -> None:
    """Send a message for each account with a file that nobody works on: its message was lost, or its worker died."""
    for account_id in due().order_by().values_list("account_id", flat=True).distinct():
        waking.send(working.TASK, account_id)


def due_or_leased(file_id: int) -> bool:
    """Tell whether a file is being planned or carried out, or is to be."""
    return _waiting().filter(pk=file_id).exists()


def due() -> QuerySet[ImportFile]:
    """Return the files that are to be planned or carried out and that no worker has."""
    return _waiting().filter(Q(leased_until=None) | Q(leased_until__lt=timezone.now()))


def _waiting() -> QuerySet[ImportFile]:
    planning = Q(state=ImportState.PLANNING)
    filling = Q(state=ImportState.STARTED, batch__state=BatchState.FILLING)
    return ImportFile.objects.filter(planning | filling, account__is_active=True)
