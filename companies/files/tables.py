"""A file as lines of text cells, whatever it was: what CSV and workbooks have in common."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

MOST_BYTES = 50 * 2**20
MOST_ROWS = 100_000
MOST_COLUMNS = 100


@dataclass(slots=True)
class Line:
    """One line of a sheet; `number` is as a spreadsheet counts."""

    number: int
    cells: list[str]
    numbers: frozenset[int] = frozenset()  # cells that hold a number, not text: they may have lost zeros in front
    faults: dict[int, str] = field(default_factory=dict)  # cells that cannot be taken as they are, and why
    fault: str = ""  # of the whole line


@dataclass(slots=True)
class Sheet:
    """A sheet of a workbook, as it is offered for choice."""

    name: str
    hidden: bool = False


@dataclass(slots=True)
class Table:
    """The sheet that is read: its header, and its lines as often as they are asked for."""

    kind: str  # "csv", "xlsx"
    columns: list[str]  # each named once
    lines: Callable[[], Iterator[Line]]  # raises FileError where the file breaks off
    sheet: str = ""
    sheets: Sequence[Sheet] = ()
    hidden_rows: int = 0  # of the sheet; among `lines` only when they were asked for
    hidden_columns: frozenset[int] = frozenset()
    notes: list[str] = field(default_factory=list)  # what staff should know, in sentences
