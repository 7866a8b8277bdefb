"""Rows of a batch as CSV for a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from portal.operations import kinds
from portal.operations.models import Operation

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


class _Echo:
    """A file that gives each written line back."""

    def write(self, line: str) -> str:
        return line


def neutral(value: Any) -> str:
    """Return a cell that a spreadsheet shows as text: what looks like a formula gets an apostrophe before it."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def lines(operations: Iterable[Operation]) -> Iterator[str]:
    """Yield the CSV's lines, with a byte order mark that makes Excel read UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    yield writer.writerow(
        [_("What"), _("About"), _("Company"), _("State"), _("Code"), _("AutoInvoice said"), _("What to do"), _("Ended")]
    )
    for operation in operations:
        yield writer.writerow([neutral(cell) for cell in _cells(operation)])


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
