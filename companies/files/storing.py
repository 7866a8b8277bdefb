"""A file of companies in the database: its upload, how its columns are understood, and its rows."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from companies.enums import ImportState
from companies.files import changes, headers, opening, reading, uploads
from companies.files.errors import FieldError, FileError
from companies.files.fields import BY_NAME
from companies.files.reading import Columns, Doubles
from companies.files.rows import Row
from companies.files.tables import Table
from companies.models import ColumnMapping, ImportFile, ImportRow
from portal.partners.models import PartnerAccount
from portal.writing import insert_many, update_many

CHUNK = 500
_LEASE = timedelta(minutes=5)  # longer than the largest file takes; then another worker may read it


def take_in(
    account: PartnerAccount, name: str, content: bytes, *, table: Table | None = None, actor: Any = None
) -> ImportFile:
    """
    Store an uploaded file with what its header tells; the same content that still waits is found again.

    :param table: of the content, where the caller has opened it already
    :raises FileError: it is no file of companies
    """
    digest = hashlib.sha256(content).hexdigest()
    waiting = ImportFile.objects.filter(account=account, sha256=digest, started_at=None).exclude(path="").last()
    if waiting is not None:
        return waiting
    table = table or opening.table(content)
    file = ImportFile(account=account, name=name[-200:], sha256=digest, size=len(content), created_by=actor)
    look_at(file, table)
    file.path = uploads.keep(content, account.pk)
    file.save()
    return file


def table_of(file: ImportFile) -> Table:
    """
    Return the stored file as a table.

    :raises FileError: it cannot be read, or not any more
    """
    try:
        content = uploads.content_of(file.path)
    except uploads.UploadGoneError as gone:
        raise FileError(gone.text) from None
    return opening.table(content, file.sheet, with_hidden=file.takes_hidden)


def look_at(file: ImportFile, table: Table) -> None:
    """Write down what the header tells: columns, and how they were understood before or are by their names."""
    file.kind, file.sheet, file.columns, file.notes = table.kind, table.sheet, table.columns, table.notes
    file.header_digest = headers.fingerprint(table.columns)
    known = ColumnMapping.objects.filter(account=file.account, header_digest=file.header_digest).first()
    places = headers.remembered(table.columns, known.columns) if known else None
    if known is not None and places is not None:
        file.mapping, file.for_all = places, known.for_all
    else:
        file.mapping, file.for_all = headers.recognised(table.columns, without=table.hidden_columns), {}


def was_mapped(file: ImportFile) -> bool:
    """Tell whether staff mapped a file with this header before."""
    return ColumnMapping.objects.filter(account=file.account, header_digest=file.header_digest).exists()


def way_of_mapping(file: ImportFile) -> str:
    """Return how the columns came to be understood: by their "names", as "before", or by hand "now"."""
    known = ColumnMapping.objects.filter(account=file.account, header_digest=file.header_digest).first()
    if known is None:
        return "names"
    return "now" if known.used_at >= file.created_at else "before"


def needs_choice(file: ImportFile, table: Table) -> bool:
    """Tell whether staff must say something before the rows can be read."""
    columns = columns_of(file)
    if columns.missing() or table.hidden_rows:
        return True
    visible = [sheet for sheet in table.sheets if not sheet.hidden]
    says_networks = "networks" in columns.places or bool(columns.for_all.get("networks"))
    return (len(visible) > 1 or not says_networks) and not was_mapped(file)


def columns_of(file: ImportFile) -> Columns:
    """Return how the file's columns are understood."""
    return Columns({name: int(index) for name, index in file.mapping.items() if name in BY_NAME}, file.for_all)


@transaction.atomic
def decide(file: ImportFile, columns: Columns, *, actor: Any = None, remember: bool = True) -> None:
    """Fix how the columns are understood, and give the file to be read; remembered for the next one of its kind."""
    file.mapping, file.for_all = dict(columns.places), {name: v for name, v in columns.for_all.items() if v}
    file.state, file.problem, file.leased_until = ImportState.READING, "", None
    file.plan, file.totals = {}, {}
    file.save()
    if remember:
        names = {field: file.columns[index] for field, index in columns.places.items()}
        ColumnMapping.objects.update_or_create(
            account=file.account,
            header_digest=file.header_digest,
            defaults={"columns": names, "for_all": file.for_all, "used_at": timezone.now(), "changed_by": actor},
        )


def due() -> list[ImportFile]:
    """Return the files that wait to be read, and that nobody reads now."""
    free = Q(leased_until=None) | Q(leased_until__lt=timezone.now())
    return list(ImportFile.objects.filter(free, state=ImportState.READING).select_related("account").order_by("pk"))


def read_rows(file: ImportFile) -> bool:
    """
    Read a file's rows into the database; returns whether they are there.

    A file that breaks off goes back to where staff can say what to do, with the reason. Harmless when run twice.
    """
    if not _lease(file):
        return False
    ImportRow.objects.filter(file=file).delete()
    try:
        _write_rows(file)
    except FileError as error:
        ImportRow.objects.filter(file=file).delete()
        file.state, file.problem, file.leased_until = ImportState.UPLOADED, error.text, None
        file.save(update_fields=["state", "problem", "leased_until", "updated_at"])
        return False
    count(file)
    file.state, file.leased_until = ImportState.MAPPED, None
    file.save(update_fields=["state", "leased_until", "totals", "previous", "updated_at"])
    return True


def _lease(file: ImportFile) -> bool:
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    rows = ImportFile.objects.filter(free, pk=file.pk, state=ImportState.READING)
    return rows.update(leased_until=now + _LEASE) == 1


def _write_rows(file: ImportFile) -> None:
    doubles = Doubles()
    rows = reading.rows_of(table_of(file), columns_of(file), file.account)
    for chunk in _chunks(rows):
        for row in chunk:
            doubles.see(row)
        stored = [fill(ImportRow(file=file, number=row.number), row) for row in chunk]
        changes.compare(file, stored)
        with transaction.atomic():
            insert_many(stored)
    mark_doubles(file, doubles.errors())


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


def fill(stored: ImportRow, row: Row) -> ImportRow:
    """Write what was read into a row of the database; nothing is saved."""
    stored.name, stored.country = row.values["name"][:200], row.values["country"][:2]
    if row.business_id is not None:
        stored.take_business_id(row.business_id)
    else:
        stored.set_business_id(row.values["country"], row.values["bid"][:40])
    stored.values, stored.digest = row.values, row.digest()
    stored.notes = [asdict(note) for note in row.notes]
    set_errors(stored, row.errors)
    return stored


def set_errors(stored: ImportRow, errors: Iterable[FieldError]) -> None:
    """Write down what is wrong with a row."""
    stored.errors = [asdict(error) for error in errors]
    stored.has_errors = bool(stored.errors)


def mark_doubles(file: ImportFile, errors: Mapping[int, FieldError]) -> None:
    """Refuse rows whose company is in the file more than once."""
    numbers = sorted(errors)
    for start in range(0, len(numbers), CHUNK):
        rows = list(ImportRow.objects.filter(file=file, number__in=numbers[start : start + CHUNK]))
        for row in rows:
            row.errors, row.has_errors = [*row.errors, double(errors[row.number])], True
        update_many(rows, ("errors", "has_errors"))


def double(error: FieldError) -> dict[str, Any]:
    """Return how the error of a company that is there twice is stored: it goes when the other row is corrected."""
    return asdict(error) | {"double": True}


def count(file: ImportFile) -> None:
    """Work out the file's totals; the caller saves them."""
    file.totals = changes.totals(file)
    file.previous = changes.previous(file)
