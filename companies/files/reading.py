"""From a file to its rows: which column says what, and every row with all its errors."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.files import checks, headers, opening, repairs
from companies.files.errors import FieldError, FileError
from companies.files.fields import BY_NAME, NAMES, OPTIONAL, REQUIRED, STANDS_IN
from companies.files.headers import Mapped
from companies.files.rows import Row
from companies.files.tables import Line, Table
from portal.partners.models import PartnerAccount

Company = tuple[str, str]  # country and identity


@dataclass(frozen=True, slots=True)
class Columns:
    """How the columns of a file are understood."""

    places: Mapped = field(default_factory=dict)
    for_all: Mapping[str, str] = field(default_factory=dict)  # what holds for all rows: {"country": "FI"}

    def missing(self) -> list[str]:
        """Return the required fields that neither a column nor a value for all rows says."""
        said = {*self.places, *(name for name, value in self.for_all.items() if value)}
        return [name for name in REQUIRED if name not in said and STANDS_IN.get(name) not in said]


class Doubles:
    """Companies that are in a file more than once: nobody knows which of the rows is meant."""

    def __init__(self) -> None:
        self._first: dict[Company, int] = {}
        self._more: dict[Company, list[int]] = defaultdict(list)

    def see(self, row: Row) -> None:
        if row.business_id is None:
            return
        company = (row.business_id.country, row.business_id.identity)
        if company in self._first:
            self._more[company].append(row.number)
        else:
            self._first[company] = row.number

    def errors(self) -> dict[int, FieldError]:
        """Return by row number what is said at the business id of each such row."""
        groups = ([self._first[company], *others] for company, others in self._more.items())
        return {number: double_of(group, number) for group in groups for number in group}


def double_of(numbers: Iterable[int], own: int) -> FieldError:
    """Return what is said at the business id of a row that names the same company as others do."""
    others = ", ".join(str(number) for number in numbers if number != own)
    return FieldError("bid", _("The same company is in row %(rows)s too. Keep one of them.") % {"rows": others})


def read(
    stream: BinaryIO,
    account: PartnerAccount,
    *,
    sheet: str = "",
    with_hidden: bool | None = None,
    for_all: Mapping[str, str] | None = None,
) -> list[Row]:
    """
    Return all rows of a file with their errors; its columns must be recognised by their names.

    `with_hidden`: None refuses a file with hidden rows, for it is staff who choose
    :raises FileError: it is no file of companies
    """
    table = opening.table(opening.read_all(stream), sheet, with_hidden=bool(with_hidden))
    if table.hidden_rows and with_hidden is None:
        raise FileError(hidden_rows(table.hidden_rows))
    columns = Columns(headers.recognised(table.columns, without=table.hidden_columns), for_all or {})
    refuse_unmapped(table, columns)
    rows = list(rows_of(table, columns, account))
    doubles = Doubles()
    for row in rows:
        doubles.see(row)
    errors = doubles.errors()
    for row in rows:
        row.errors += [errors[row.number]] if row.number in errors else []
    return rows


def hidden_rows(count: int) -> str:
    """Return what is said of a sheet of which rows are hidden, as long as nobody has chosen."""
    text = ngettext(
        "%(count)d row of the sheet is hidden. Say whether it is to be taken too or left out.",
        "%(count)d rows of the sheet are hidden. Say whether they are to be taken too or left out.",
        count,
    )
    return text % {"count": count}


def refuse_unmapped(table: Table, columns: Columns) -> None:
    """:raises FileError: the header lacks columns, or holds one of them twice"""
    missing = [name for name in columns.missing() if not columns.for_all.get(name)]
    if not missing:
        return
    problems = [_("missing: %(names)s") % {"names": ", ".join(missing)}]
    double = headers.doubled(table.columns)
    if double:
        problems.append(_("more than once: %(names)s") % {"names": ", ".join(double)})
    unknown = [name for index, name in enumerate(table.columns) if index not in columns.places.values()]
    if unknown:
        problems.append(_("not recognised: %(names)s") % {"names": ", ".join(unknown)})
    rule = _("The first line must name the columns %(names)s") % {"names": ", ".join(REQUIRED)}
    raise FileError(f"{rule} ({_('optional')}: {', '.join(OPTIONAL)}). {'; '.join(problems).capitalize()}.")


def rows_of(table: Table, columns: Columns, account: PartnerAccount) -> Iterator[Row]:
    """
    Yield the rows of a table one by one, checked but for companies that are there twice.

    :raises FileError: the file breaks off, or holds no rows
    """
    count = 0
    for count, line in enumerate(table.lines(), 1):  # noqa: B007  # counted for what follows
        yield _row(line, columns, account)
    if not count:
        raise FileError(_("The file has a header but no companies. Add one line for each company."))


def _row(line: Line, columns: Columns, account: PartnerAccount) -> Row:
    values = dict.fromkeys(NAMES, "") | {name: text for name, text in columns.for_all.items() if name in BY_NAME}
    for name, index in columns.places.items():
        text = line.cells[index] if index < len(line.cells) else ""
        values[name] = text or values[name]
    row = Row(line.number, values)
    repairs.faults(row, line, columns.places)
    return row if line.fault else checks.check(row, account)


def checked(values: Mapping[str, str], number: int, account: PartnerAccount) -> Row:
    """Return one row that staff typed, checked as if it had come in a file."""
    return checks.check(Row(number, {name: values.get(name, "") for name in NAMES}), account)
