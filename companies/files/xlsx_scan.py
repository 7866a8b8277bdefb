"""
What openpyxl does not say of a sheet that it reads row by row: hidden rows and columns, merged cells, and formulas
whose result is not in the file.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, Any
from xml.parsers.expat import ParserCreate

from defusedxml import DTDForbidden
from django.utils.translation import gettext as _
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string, range_boundaries

from companies.files.errors import FileError

Place = tuple[int, int]  # row and column, from 1
_MOST_MERGED = 100_000  # cells


@dataclass(slots=True)
class Findings:
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)  # from 1
    merged: dict[Place, str] = field(default_factory=dict)  # cells that lie under another → the range
    unsolved: set[Place] = field(default_factory=set)  # formulas without a result
    formulas: int = 0
    filled_rows: int = 0


def scan(stream: IO[bytes]) -> Findings:
    """
    Read a sheet's XML once.

    :raises DTDForbidden: it holds a document type
    :raises FileError: merged cells without end
    """
    scanner = _Scanner()
    scanner.parser.ParseFile(stream)
    scanner.settle()
    return scanner.findings


class _Scanner:
    def __init__(self) -> None:
        self.findings = Findings()
        self.parser = ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.handlers: dict[str, Callable[[dict[str, str]], None]] = {
            "row": self._row,
            "c": self._cell,
            "f": self._formula,
            "v": self._value,
            "is": self._value,
            "col": self._columns,
            "mergeCell": self._merge,
        }
        self.row = self.column = 0
        self.reference: str | None = None  # of the cell; some programs leave it out
        self.text_result = False
        self.listens = False  # to texts, which is dear: only within a formula's result
        self.pending: Place | None = None  # a formula whose result has not come yet
        self.filled_row = 0

    def settle(self) -> None:
        """Close the cell before: a formula that got no result stays without one."""
        if self.listens:
            self.parser.CharacterDataHandler, self.listens = None, False
        if self.pending is not None:
            self.findings.unsolved.add(self.pending)
            self.pending = None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        handler = self.handlers.get(name) or self.handlers.get(name.rpartition(":")[2])
        if handler is not None:
            handler(attributes)

    def _row(self, attributes: dict[str, str]) -> None:
        self.settle()
        self.row = int(attributes.get("r", self.row + 1))
        self.column = 0
        if attributes.get("hidden") in ("1", "true"):
            self.findings.hidden_rows.add(self.row)

    def _cell(self, attributes: dict[str, str]) -> None:
        if self.pending is not None or self.listens:
            self.settle()
        self.reference = attributes.get("r")
        self.column += 1
        self.text_result = attributes.get("t") == "str"

    def _formula(self, _attributes: dict[str, str]) -> None:
        self.findings.formulas += 1
        if self.reference:
            self.column = column_index_from_string(coordinate_from_string(self.reference)[0])
        self.pending = (self.row, self.column)

    def _value(self, _attributes: dict[str, str]) -> None:
        if self.filled_row != self.row:
            self.filled_row = self.row
            self.findings.filled_rows += 1
        if self.pending is None:
            return
        if self.text_result:
            self.pending = None
        else:
            self.parser.CharacterDataHandler, self.listens = self._result, True

    def _result(self, text: str) -> None:
        if text.strip():
            self.pending = None

    def _columns(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in ("1", "true"):
            self.findings.hidden_columns.update(range(int(attributes["min"]), min(int(attributes["max"]), 16384) + 1))

    def _merge(self, attributes: dict[str, str]) -> None:
        self.settle()
        area = attributes.get("ref", "")
        left, top, right, bottom = (int(edge or 0) for edge in range_boundaries(area))
        if (right - left + 1) * (bottom - top + 1) + len(self.findings.merged) > _MOST_MERGED:
            raise FileError(_("The sheet has very many merged cells. Unmerge them (Home, Merge & Center) and save."))
        places = ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
        self.findings.merged.update({place: area for place in places if place != (top, left)})

    def _refuse(self, *_names: Any) -> None:
        raise DTDForbidden("sheet", "", "")
