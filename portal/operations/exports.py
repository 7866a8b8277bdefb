"""Rows of a batch as CSV for a spreadsheet."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from portal import csv_output
from portal.operations import batches, kinds
from portal.operations.models import Batch, Operation

CHUNK = 500


def lines(batch: Batch) -> Iterator[str]:
    """Yield the lines of a file with all rows of a batch: its operations, failures first, then what was left out."""
    header = [
        _("What"),
        _("About"),
        _("Company"),
        _("State"),
        _("Code"),
        _("AutoInvoice said"),
        _("What to do"),
        _("Ended"),
    ]
    return csv_output.lines(header, _rows(batch))


def _rows(batch: Batch) -> Iterator[list[Any]]:
    for operation in batches.all_rows(batch):
        yield _cells(operation)
    yield from _left_out(batch)


def _cells(operation: Operation) -> list[Any]:
    ended = operation.settled_at.isoformat(timespec="seconds") if operation.settled_at else ""
    return [
        kinds.label_of(operation.kind),
        operation.target,
        operation.company_uuid,
        operation.get_state_display(),
        operation.error_code,
        operation.error_text,
        operation.remedy,
        ended,
    ]


def _left_out(batch: Batch) -> Iterator[list[Any]]:
    """Yield the targets that got no operation, each with its reason."""
    left = batch.targets.exclude(left_out=None).order_by("target_id")
    last = 0
    while chunk := list(left.filter(target_id__gt=last).values_list("target_id", "left_out")[:CHUNK]):
        last = chunk[-1][0]
        manager = apps.get_model(batch.selection["model"])._default_manager  # noqa: SLF001  Django's documented name
        found = manager.in_bulk([pk for pk, _place in chunk])
        for pk, place in chunk:
            why = batch.skipped[place]
            yield [
                kinds.label_of(batch.kind),
                found.get(pk, pk),
                "",
                _("Left out"),
                "",
                why["reason"],
                why["remedy"],
                "",
            ]
