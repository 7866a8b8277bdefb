"""What staff read about an error, in their language: from an entry, or from what a colleague wrote."""

from dataclasses import dataclass

from portal.atlas import catalogue, texts, unknown
from portal.atlas.catalogue import GENERAL, Entry, Severity
from portal.atlas.models import UnknownError


@dataclass(frozen=True, slots=True)
class Advice:
    """Why it happened, what mends it, what staff do next, whose move it is, how bad it is, where it is documented."""

    key: str
    name: str
    cause: str
    remedy: str
    next_step: str
    by: str
    severity: str = Severity.FAILS
    documentation: str = ""

    @property
    def text(self) -> str:
        """Return it in one paragraph."""
        return " ".join(filter(None, (self.cause, self.remedy, self.next_step)))

    @property
    def mover(self) -> str:
        return texts.mover(self.by)

    @property
    def how_bad(self) -> str:
        return texts.severity(self.severity)


def of(area: str, key: str, language: str = "") -> Advice:
    """
    Return the advice of a stored key; the general one for what nobody has explained.

    :param language: one of `texts.LANGUAGES`; "": the viewer's
    """
    if key.startswith(unknown.PREFIX):
        row = unknown.explained().get(int(key.removeprefix(unknown.PREFIX) or 0))
        if row:
            return _of_row(row)
    return of_entry(area, catalogue.entry_of(area, key), language)


def find(area: str, code: str, text: str, more: str = "") -> Advice | None:
    """Return the advice for an error as AutoInvoice words it; None: nobody knows it yet. `more` as for `match`."""
    entry = catalogue.match(area, code, text, more)
    if entry:
        return of_entry(area, entry)
    row = unknown.row_of(area, code, text)
    return _of_row(row) if row and row.is_explained else None


def of_entry(area: str, entry: Entry, language: str = "") -> Advice:
    """Return an entry's texts in a language."""
    known = catalogue.area_of(area)
    if known is None:
        raise LookupError(f"no area {area} in the atlas")
    told = texts.of_area(known.folder, language or texts.language())
    name, cause, remedy = told["entries"][entry.key]
    next_step = told["next"][entry.next] if entry.next else ""
    key = "" if entry.key == GENERAL else entry.key
    return Advice(key, name, cause, remedy, next_step, entry.by, entry.severity, entry.documentation)


def _of_row(row: UnknownError) -> Advice:
    name = row.name or row.text[:60] or row.code
    return Advice(f"{unknown.PREFIX}{row.pk}", name, row.cause, row.remedy, "", row.by)
