"""Correcting one row of a stored file in the page, or leaving it out."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from companies.enums import ImportState
from companies.files import changes, reading, storing
from companies.files.reading import double_of
from companies.files.rows import Row
from companies.models import ImportFile, ImportRow

OPEN_STATES = (ImportState.MAPPED, ImportState.PLANNED)
_MASK = "••••"


class ClosedError(Exception):
    """The file's rows can't be changed now: they are being planned, or have been carried out."""


@transaction.atomic
def correct(stored: ImportRow, values: Mapping[str, str]) -> Row:
    """
    Check what staff typed, and keep it if nothing is wrong with it; the errors of the returned row say what is.

    A business id left as it is shown, masked, stays what it was.
    :raises ClosedError: it is too late, or too early
    """
    file = _open(stored)
    typed = dict(values)
    if _MASK in typed.get("bid", ""):
        typed["bid"] = stored.values["bid"]
    row = reading.checked(typed, stored.number, file.account)
    before = stored.business_id_digest
    storing.fill(stored, row)
    twins = _others(stored, stored.business_id_digest) if row.business_id is not None else []
    if twins:
        numbers = [stored.number, *(twin.number for twin in twins)]
        row.errors.append(double_of(numbers, stored.number))
    if row.errors:
        return row
    stored.corrected, stored.outcome, stored.prediction = True, "", {}
    changes.compare(file, [stored])
    stored.save()
    _release(stored, before)
    _count(file)
    return row


@transaction.atomic
def leave_out(stored: ImportRow) -> None:
    """
    Take a row out of the stored file.

    :raises ClosedError: it is too late, or too early
    """
    file = _open(stored)
    stored.delete()
    _release(stored, stored.business_id_digest)
    _count(file)


def _open(stored: ImportRow) -> ImportFile:
    file = ImportFile.objects.select_for_update(of=("self",)).select_related("account").get(pk=stored.file_id)
    if file.state not in OPEN_STATES:
        raise ClosedError
    return file


def _others(stored: ImportRow, business_id: str) -> list[ImportRow]:
    """Return the other rows of a company, without those whose business id is wrong."""
    if not business_id:
        return []
    rows = ImportRow.objects.filter(file=stored.file_id, business_id_digest=business_id).exclude(pk=stored.pk)
    return [row for row in rows.order_by("number") if not any(_is_wrong_id(error) for error in row.errors)]


def _is_wrong_id(error: dict[str, Any]) -> bool:
    return error["field"] == "bid" and not error.get("double")


def _release(stored: ImportRow, business_id: str) -> None:
    """Say anew of the rows that named the same company which others do."""
    rows = _others(stored, business_id) if business_id != stored.business_id_digest or stored.pk is None else []
    numbers = [row.number for row in rows]
    for row in rows:
        kept = [error for error in row.errors if not error.get("double")]
        row.errors = [*kept, *([storing.double(double_of(numbers, row.number))] if len(rows) > 1 else [])]
        row.has_errors = bool(row.errors)
        row.outcome, row.prediction = "", {}
        row.save(update_fields=["errors", "has_errors", "outcome", "prediction"])


def _count(file: ImportFile) -> None:
    storing.count(file)
    file.save(update_fields=["totals", "previous", "updated_at"])
