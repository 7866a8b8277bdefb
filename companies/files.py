"""
Reading a file of companies: UTF-8 with or without a mark, comma or semicolon, quoted as spreadsheets do.

A file that cannot be read is refused whole; else every row comes back with all its errors, each at its field.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from companies import business_ids, networks, policies
from companies.business_ids import BusinessId
from companies.models import Onboarding
from portal.partners.models import Method, PartnerAccount

REQUIRED = (
    "name", "bid", "country", "address1", "post_code", "post_office", "city", "email", "auth_email", "locale",
    "networks",
)  # fmt: skip
OPTIONAL = ("method", "authorization_id")
MOST_BYTES = 100 * 2**20
MOST_ROWS = 250_000
_MAY_BE_EMPTY = ("locale", "networks", *OPTIONAL)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .ods, .xls
_WIDE = (b"\xff\xfe", b"\xfe\xff")


class FileError(Exception):
    """The file cannot be read at all; says what to do. `args`: the text."""

    @property
    def text(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class FieldError:
    field: str  # a column, or "" for the whole row
    text: str


@dataclass(slots=True)
class Row:
    """One company of the file; `number` is its line as a spreadsheet counts, the header being 1."""

    number: int
    values: dict[str, str]
    errors: list[FieldError] = field(default_factory=list)
    business_id: BusinessId | None = None

    def refuse(self, column: str, text: str) -> None:
        self.errors.append(FieldError(column, text))

    @property
    def networks(self) -> list[str]:
        return list(dict.fromkeys(self.values["networks"].upper().split()))

    def fill(self, onboarding: Onboarding) -> Onboarding:
        """Write what the row says into an onboarding; nothing is saved."""
        values = self.values
        for name in ("name", "address1", "post_code", "post_office", "city", "email", "auth_email"):
            setattr(onboarding, name, values[name])
        onboarding.country = values["country"].upper()
        onboarding.set_business_id(onboarding.country, values["bid"])
        onboarding.locale = values["locale"].upper() or policies.default_locale(onboarding.country)
        onboarding.method = values.get("method", "").lower()
        onboarding.authorization_id = values.get("authorization_id", "")
        onboarding.networks = networks.in_order(self.networks)
        return onboarding


def read(stream: BinaryIO, account: PartnerAccount) -> list[Row]:
    """
    Return all rows of a file with their errors.

    :raises FileError: it is no CSV file of companies
    """
    lines = _lines(_text(stream))
    columns = _columns(next(lines, (1, []))[1])
    rows = [_row(number, cells, columns, account) for number, cells in lines if any(cell.strip() for cell in cells)]
    if not rows:
        raise FileError(_("The file has a header but no companies. Add one line for each company."))
    _refuse_doubles(rows)
    return rows


def _text(stream: BinaryIO) -> str:
    content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise FileError(_("The file is larger than %(most)d MB. Split it.") % {"most": MOST_BYTES // 2**20})
    if not content.strip():
        raise FileError(_("The file is empty. It needs a header line and one line for each company."))
    if content.startswith(_SPREADSHEETS):
        raise FileError(_("This is a spreadsheet with another ending. Open it and save it as “CSV UTF-8”."))
    if content.startswith(_WIDE):
        raise FileError(_("This file is in UTF-16. Save it as “CSV UTF-8”."))
    if b"\x00" in content:
        raise FileError(_("The file holds NUL bytes, so it is no text. Save the sheet as “CSV UTF-8” again."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = content[: exc.start].count(b"\n") + 1
        raise FileError(
            _("Line %(line)d is not in UTF-8: its letters would come out wrong. Save the file as “CSV UTF-8”.")
            % {"line": line}
        ) from None


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and cells."""
    header = text.lstrip("\r\n").split("\n", 1)[0]
    separator = ";" if header.count(";") > header.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for count, cells in enumerate(reader):
            if count > MOST_ROWS:
                raise FileError(_("The file has more than %(most)d rows. Split it.") % {"most": MOST_ROWS})
            if cells or count == 0:
                yield reader.line_num, cells
    except csv.Error:
        raise FileError(
            _("Line %(line)d breaks the rules of CSV: a quotation mark is missing or one too many.")
            % {"line": reader.line_num}
        ) from None


def _columns(header: list[str]) -> list[str]:
    columns = [name.strip().lower() for name in header]
    known = (*REQUIRED, *OPTIONAL)
    missing = [name for name in REQUIRED if name not in columns]
    double = sorted({name for name in columns if columns.count(name) > 1})
    unknown = [name or _("(without a name)") for name in columns if name not in known and columns.count(name) == 1]
    problems = [
        text % {"names": ", ".join(names)}
        for text, names in (
            (_("missing: %(names)s"), missing),
            (_("more than once: %(names)s"), double),
            (_("unknown: %(names)s"), unknown),
        )
        if names
    ]
    if problems:
        rule = _("The first line must name the columns %(names)s") % {"names": ", ".join(REQUIRED)}
        raise FileError(f"{rule} ({_('optional')}: {', '.join(OPTIONAL)}). {'; '.join(problems).capitalize()}.")
    return columns


def _row(number: int, cells: list[str], columns: list[str], account: PartnerAccount) -> Row:
    values = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
    row = Row(number, {name: values.get(name, "") for name in (*REQUIRED, *OPTIONAL)})
    if len(cells) != len(columns):
        row.refuse(
            "",
            _("The row has %(cells)d cells, the header %(columns)d. Put values that hold the separator into quotes.")
            % {"cells": len(cells), "columns": len(columns)},
        )
        return row
    for name, value in zip(columns, cells, strict=True):
        _check_cell(row, name, value)
    _check_company(row)
    _check_signer(row, account)
    _check_networks(row)
    return row


def _check_cell(row: Row, name: str, value: str) -> None:
    if not value.strip():
        if name not in _MAY_BE_EMPTY:
            row.refuse(name, _("This is empty. Fill it in."))
    elif value.startswith(_FORMULA):
        row.refuse(name, _("It begins with “%(sign)s”, as formulas do. Take that character away.") % {"sign": value[0]})
    elif _CONTROL.search(value):
        row.refuse(name, _("It holds characters that cannot be seen. Type it anew."))
    elif name in _LENGTHS and len(value) > _LENGTHS[name]:
        row.refuse(name, _("It is longer than %(most)d characters. Shorten it.") % {"most": _LENGTHS[name]})


def _length(name: str) -> int:
    column: Any = Onboarding._meta.get_field(name)
    return int(column.max_length)


_LENGTHS = {
    name: _length(name) for name in (*REQUIRED, *OPTIONAL) if name not in ("bid", "networks", "country", "locale")
}


def _check_company(row: Row) -> None:
    values = row.values
    if values["name"] and len(values["name"]) < 3:
        row.refuse("name", _("AutoInvoice wants 3 characters or more. Give the full registered name."))
    country = values["country"].upper()
    if country and country not in business_ids.COUNTRIES:
        known = ", ".join(business_ids.COUNTRIES)
        row.refuse(
            "country", _("AutoInvoice takes no companies of this country. Use one of %(known)s.") % {"known": known}
        )
    elif country and values["bid"]:
        try:
            row.business_id = business_ids.parse(country, values["bid"])
        except business_ids.InvalidBusinessIdError as error:
            row.refuse("bid", error.text)
    _check_email(row, "email")


def _check_signer(row: Row, account: PartnerAccount) -> None:
    values = row.values
    _check_email(row, "auth_email")
    if values["locale"] and values["locale"].upper() not in policies.locales():
        row.refuse("locale", _("Use one of %(known)s.") % {"known": ", ".join(policies.locales())})
    method = values["method"].lower() or account.default_method
    if method not in Method.values:
        row.refuse("method", _("Use one of %(known)s.") % {"known": ", ".join(Method.values)})
    elif method == Method.OWN and not account.own_kyc:
        row.refuse("method", _("This partner account may not verify customers itself. Use visma_sign."))
    elif method == Method.OWN and not values["authorization_id"]:
        row.refuse("authorization_id", _("The own process needs the id under which the proof is kept. Fill it in."))


def _check_networks(row: Row) -> None:
    country = row.values["country"].upper()
    unknown = [name for name in row.networks if name not in networks.activatable()]
    if unknown:
        row.refuse(
            "networks",
            _("There is no network %(names)s to activate. Use %(known)s, parted by blanks.")
            % {"names": ", ".join(unknown), "known": ", ".join(networks.activatable())},
        )
    for name in row.networks:
        countries = networks.countries_of(name)
        if name not in unknown and countries and country not in countries:
            row.refuse(
                "networks",
                _("%(name)s is only for companies of %(countries)s. Take it away.")
                % {"name": name, "countries": ", ".join(countries)},
            )


def _check_email(row: Row, column: str) -> None:
    address = row.values[column]
    if not address or any(error.field == column for error in row.errors):
        return
    try:
        validate_email(address)
    except ValidationError:
        row.refuse(column, _("This is no e-mail address."))


def _refuse_doubles(rows: list[Row]) -> None:
    """Refuse every row of a company that is there more than once: nobody knows which of them is meant."""
    numbers: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row.business_id is not None:
            numbers[row.business_id.country, row.business_id.identity].append(row)
    for same in numbers.values():
        for row in same if len(same) > 1 else ():
            others = ", ".join(str(other.number) for other in same if other is not row)
            row.refuse("bid", _("The same company is in row %(rows)s too. Keep one of them.") % {"rows": others})
