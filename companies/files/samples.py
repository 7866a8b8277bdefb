"""What the columns of a file say, a few values of each, so that staff see which is which."""

from itertools import islice

from companies.files.tables import Table
from portal.partners import concealed

_LINES, _SHOWN, _LONGEST = 50, 3, 40
_WITH_PERSONAL_IDS = ("SE", "LV", "IT")


def samples(table: Table) -> list[list[str]]:
    """Return some different values of each column, persons' numbers masked."""
    found: list[list[str]] = [[] for _name in table.columns]
    for line in islice(table.lines(), _LINES):
        for values, text in zip(found, line.cells, strict=False):
            shown = masked(text)[:_LONGEST]
            if shown and shown not in values and len(values) < _SHOWN:
                values.append(shown)
    return found


def masked(text: str) -> str:
    """Return a value as it may be shown, whatever it is."""
    country = next((code for code in _WITH_PERSONAL_IDS if concealed.is_personal(code, text)), "")
    return concealed.conceal(country, text).shown if country else text
