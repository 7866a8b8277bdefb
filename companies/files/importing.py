"""From an uploaded file to its plan: small files are read at once, large ones by a worker."""

from typing import Any

from django.db import transaction

from companies.files import storing
from companies.files.reading import Columns
from companies.models import ImportFile
from companies.planning import working
from portal.operations import waking

TASK = "companies.read_files"
AT_ONCE = 256 * 1024  # bytes of a file that is read while staff wait: some thousand rows


def begin(file: ImportFile, columns: Columns, *, actor: Any = None, remember: bool = True) -> None:
    """Fix how the columns are understood and have the rows read; one without errors is planned right away."""
    storing.decide(file, columns, actor=actor, remember=remember)
    if file.size <= AT_ONCE:
        read(file)
    else:
        transaction.on_commit(lambda: waking.send(TASK))


def read(file: ImportFile) -> bool:
    """Read a file's rows; returns whether they are there. With errors it waits for staff, else it is planned."""
    if not storing.read_rows(file):
        return False
    if not file.totals["errors"]:
        working.start_planning(file)
    return True


def read_due() -> int:
    """Read the files that wait for a worker; returns how many were. Harmless when run twice, and in two workers."""
    return sum(read(file) for file in storing.due())
