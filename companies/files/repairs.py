"""Values that a spreadsheet has changed, put right where that can be proven, and always told."""

import re

from django.utils.translation import gettext as _

from companies import business_ids, policies
from companies.business_ids import BusinessId, InvalidBusinessIdError
from companies.files import headers
from companies.files.rows import Row
from companies.files.tables import Line

# Digits of a national id that has a check digit, and how many zeros in front it can have lost.
_LENGTHS = {"FI": (8, 1), "SE": (10, 3), "BE": (10, 1), "EE": (8, 0)}
_POST_CODES = {"FI": 5, "NO": 4, "DK": 4, "EE": 5, "DE": 5, "IT": 5}
_DECIMALS = re.compile(r"(\d{6,})[.,]0+")
_SCIENTIFIC = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)
_LOCALE = re.compile(r"([A-Za-z]{2})[-_][A-Za-z]{2}")
_HIDDEN = "\u200b\u200c\u200d\u2060\ufeff\u00a0 \t\r\n"


def tidy(row: Row) -> None:
    """Bring what can be written in many ways into one: countries, languages, networks, ways, blanks at the ends."""
    values = row.values
    for name, value in values.items():
        if value:
            values[name] = value.strip(_HIDDEN)
    values["country"] = headers.country_code(values["country"])
    locale = _LOCALE.fullmatch(values["locale"])
    values["locale"] = (locale[1] if locale else values["locale"]).upper()
    values["networks"] = " ".join(row.networks)
    values["method"] = values["method"].lower().replace(" ", "_").replace("-", "_")
    values["city"] = values["city"] or values["post_office"]
    values["post_office"] = values["post_office"] or values["city"]
    if values["locale"] == "" and values["country"] in business_ids.COUNTRIES:
        values["locale"] = policies.default_locale(values["country"])


def business_id(row: Row) -> None:
    """
    Work out the row's business id; one that lost zeros or became a decimal is repaired if its check digit proves it.

    What cannot be is an error at its field.
    """
    country, text = row.values["country"], row.values["bid"]
    if _SCIENTIFIC.fullmatch(text):
        row.refuse(
            "bid",
            _("The spreadsheet shortened this number. Format the column as text and paste the business ids anew."),
        )
        return
    try:
        row.business_id = business_ids.parse(country, text)
        if text.isdigit() and len(text) < len(row.business_id.identity):
            _tell_zeros(row, row.business_id)
    except InvalidBusinessIdError as error:
        row.business_id = _repaired(row, country, text)
        if row.business_id is None:
            row.refuse("bid", error.text + _why_not(country, text))


def _repaired(row: Row, country: str, text: str) -> BusinessId | None:
    decimal = _DECIMALS.fullmatch(text)
    for candidate in _candidates(country, decimal[1] if decimal else text):
        try:
            found = business_ids.parse(country, candidate)
        except InvalidBusinessIdError:
            continue
        row.values["bid"] = found.value
        if len(candidate) > len(text) or not decimal:
            _tell_zeros(row, found)
        else:
            row.note("bid", _("The spreadsheet had made a decimal number of it; the decimals were taken away."))
        return found
    return None


def _candidates(country: str, text: str) -> list[str]:
    found = [text]
    length, most = _LENGTHS.get(country, (0, 0))
    if text.isascii() and text.isdigit() and 0 < length - len(text) <= most:
        found.append(text.zfill(length))
    return found


def _tell_zeros(row: Row, found: BusinessId) -> None:
    row.values["bid"] = found.value
    row.note("bid", _("A zero in front was missing, as spreadsheets drop it; the check digit proves that it fits."))


def _why_not(country: str, text: str) -> str:
    """Return what a Dutch number that is too short has probably lost: it has no digit that could prove it."""
    if country == "NL" and len(text) in (6, 7) and text.isdigit():
        return " " + _(
            "Spreadsheets drop zeros in front; a KVK number has no check digit to prove it. Type it in full."
        )
    return ""


def post_code(row: Row) -> None:
    """Put back the zeros in front that a spreadsheet dropped; the length of a country's post codes proves them."""
    country, text = row.values["country"], row.values["post_code"]
    length = _POST_CODES.get(country, 0)
    if text.isascii() and text.isdigit() and 1 < len(text) < length:
        row.values["post_code"] = text.zfill(length)
        row.note("post_code", _("Zeros in front were missing, as spreadsheets drop them; they were put back."))


def faults(row: Row, line: Line, places: dict[str, int]) -> None:
    """Take over what is wrong with the cells that are mapped."""
    if line.fault:
        row.refuse("", line.fault)
    for field, index in places.items():
        if index in line.faults:
            row.refuse(field, line.faults[index])
