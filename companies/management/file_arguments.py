"""What the command line says of a file of companies: its sheet, hidden rows, and which column says what."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from companies.files import FileError, headers, reading, storing
from companies.files.fields import BY_NAME
from companies.files.reading import Columns
from companies.files.tables import Table
from companies.models import ImportFile

_TAKE, _LEAVE = "take", "leave"


def add(parser: ArgumentParser) -> None:
    """Add the arguments; the columns page asks the same."""
    parser.add_argument("--sheet", default="", help="sheet of the workbook (the first that is not hidden)")
    parser.add_argument("--hidden", choices=(_TAKE, _LEAVE), default="", help="what becomes of hidden rows")
    parser.add_argument("--column", action="append", default=[], metavar="FIELD=COLUMN", help="column of a field")
    parser.add_argument(
        "--all", action="append", default=[], metavar="FIELD=VALUE", help="value of a field in all rows"
    )


def read(file: ImportFile, options: dict[str, Any]) -> None:
    """
    Read the rows of a stored file as the arguments say.

    :raises FileError: something has to be said first, or the file breaks off
    """
    file.sheet, file.takes_hidden = options["sheet"] or file.sheet, options["hidden"] == _TAKE
    table = storing.table_of(file)
    storing.look_at(file, table)
    if table.hidden_rows and not options["hidden"]:
        raise FileError(f"{reading.hidden_rows(table.hidden_rows)} (--hidden {_TAKE}, --hidden {_LEAVE})")
    columns = _columns(file, table, options)
    reading.refuse_unmapped(table, columns)
    if "networks" not in columns.places and "networks" not in columns.for_all:
        raise FileError("No column names the networks. Say which: --all 'networks=VISMA PEPPOL'.")
    storing.decide(file, columns, remember=bool(options["column"] or options["all"]))
    if not storing.read_rows(file):
        raise FileError(file.problem)


def _columns(file: ImportFile, table: Table, options: dict[str, Any]) -> Columns:
    known = storing.columns_of(file)
    for_all = {**known.for_all, **dict(_pairs(options["all"]))}
    given = {field: _place(table, name) for field, name in _pairs(options["column"])}
    places = {field: index for field, index in known.places.items() if index not in given.values()}
    return Columns({**places, **given}, for_all)


def _pairs(texts: Sequence[str]) -> list[tuple[str, str]]:
    pairs = [text.partition("=")[::2] for text in texts]
    for field, _value in pairs:
        if field not in BY_NAME:
            raise FileError(f"There is no field {field}. Use one of {', '.join(BY_NAME)}.")
    return pairs


def _place(table: Table, name: str) -> int:
    names = [headers.simplified(column) for column in table.columns]
    if headers.simplified(name) not in names:
        raise FileError(f"There is no column {name}. Use one of {', '.join(table.columns)}.")
    return names.index(headers.simplified(name))
